import re

import pytest
from conftest import SHARED

from benchmarks.quality import paper


def test_curves_fall_and_agree_with_the_tables():
    for curves in paper.PRECISION.values():
        for name, curve in curves.items():
            values = list(curve.values())
            if name != "NVDM":
                assert values == sorted(values, reverse=True), name
    assert paper.PRECISION[128]["KATE"]["0.02"] == 0.387
    for d in (20, 128, 512):
        assert paper.ACCURACY["KATE"][d] == paper.EFFECTS["d"][d]
    assert paper.EFFECTS["k"][32] == paper.ACCURACY["KATE"][128]


def figures_of(line):
    return [float(x) for x in re.findall(r"(?<![\w.])-?\d*\.\d+", line)]


def test_every_figure_stands_in_the_reference_text():
    reference = SHARED.parent / "anchors" / "paper.md"
    if not reference.is_file():
        pytest.skip("needs shared/anchors/paper.md beside the project")
    rows = [figures_of(line) for line in reference.read_text().splitlines()]
    for curves in paper.PRECISION.values():
        for curve in curves.values():
            assert list(curve.values()) in rows
    for effect in paper.EFFECTS.values():
        assert list(effect.values()) in [row[-len(effect) :] for row in rows]
    for values in (*paper.BY_LENGTH.values(),):
        assert list(values) in rows
    for values in paper.MSCD.values():
        assert list(values.values()) in rows
    for name in paper.MRD:
        row = [
            *([paper.ACCURACY[name][d] for d in (128, 512)]),
            *(f for d in (128, 512) for f in paper.REUTERS.get(name, {}).get(d, ())),
        ]
        end = list(paper.MRD[name].values())
        assert any(r[: len(row)] == row and r[-2:] == end for r in rows), name
