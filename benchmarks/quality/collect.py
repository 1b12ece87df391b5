"""From the cells' files to one compact file per table."""

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality.cells import GROUPS
from benchmarks.quality.files import read_json, write_lines
from benchmarks.quality.records import grouped, order
from benchmarks.quality.run import Bench
from kate_keras.analysis import stability


def collect(bench: Bench, results: Path) -> None:
    """Keeps the cells that are there, a file per group in `results`.

    A group of which no cell is there keeps the file that it had.

    Args:
        bench: Finds the cells' files.
        results: Folder of the kept files.
    """
    for group, cells in GROUPS.items():
        records = [
            read_json(path)
            for cell in cells
            if not bench.missing(cell) and (path := bench.path(cell)).is_file()
        ]
        if records:
            write_lines(results / f"{group}.jsonl", compact(records))


def compact(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sorts cells and puts the stability of their topics in the topics' place.

    A cell's `stability` is the mean over the other seeds of the same model; a model
    of one seed has none. Figures keep six decimals.
    """
    overlaps: dict[int, list[float]] = {id(record): [] for record in records}
    for alike in grouped(records).values():
        for a, b in combinations(alike, 2):
            if a.get("topics") and b.get("topics"):
                overlap = float(stability(a["topics"], b["topics"]))
                overlaps[id(a)].append(overlap)
                overlaps[id(b)].append(overlap)
    rows = []
    for record in sorted(records, key=order):
        row = {name: value for name, value in record.items() if name != "topics"}
        if overlaps[id(record)]:
            row["stability"] = float(np.mean(overlaps[id(record)]))
        rows.append(_rounded(row))
    return rows


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value
