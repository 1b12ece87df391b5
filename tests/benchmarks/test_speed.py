"""The speed benchmark: its corpus, its processes and its page."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.speed import __main__ as program, sections
from benchmarks.speed.measure import STATUS, measure
from benchmarks.speed.synthetic import write_texts, zipf_counts
from benchmarks.speed.tables import render
from kate_keras.text import count_forms


def test_synthetic_counts_have_the_shape_of_the_corpus():
    counts = zipf_counts(3_000, 20_000, seed=1)
    assert counts.shape == (3_000, 20_000)
    assert counts.has_canonical_format
    assert (counts.data >= 1).all()
    lengths = np.diff(counts.indptr)
    assert 85 < lengths.mean() < 100
    union = [len(np.unique(counts[i : i + 100].indices)) for i in range(0, 3_000, 100)]
    assert 3_700 < np.mean(union) < 4_200
    frequency = np.bincount(counts.indices, minlength=20_000)
    assert frequency[:10].mean() > 20 * frequency[1000:1010].mean()


def test_synthetic_counts_come_again_with_the_seed(monkeypatch):
    first = zipf_counts(50, 1_000, seed=2)
    assert (first != zipf_counts(50, 1_000, seed=2)).nnz == 0
    assert (first != zipf_counts(50, 1_000, seed=3)).nnz > 0
    monkeypatch.setattr("benchmarks.speed.synthetic.BLOCK", 20)
    assert zipf_counts(50, 1_000, seed=2).shape == first.shape


def test_texts_hold_the_words_that_were_drawn(tmp_path):
    path = tmp_path / "texts"
    write_texts(30, 500, str(path))
    counts = zipf_counts(30, 500)
    rows = [Counter(text.split()) for text in path.read_text().splitlines()]
    assert [sorted(row.values()) for row in rows] == [
        sorted(counts[i : i + 1].data) for i in range(30)
    ]
    total = sum(rows, Counter())
    assert len(total) == (counts.sum(axis=0) > 0).sum()
    assert total["aaaaa"] == counts[:, [0]].sum()
    assert total["zsaaa"] == counts[:, [25 + 18 * 26]].sum()
    # To the tokeniser they are words.
    with path.open() as lines:
        forms, again = count_forms(lines)
    assert set(forms) == set(total)
    assert again.nnz == counts.nnz


def test_a_measurement_runs_in_a_process_of_its_own():
    found = measure("competition.compete", 16)
    assert found["seconds"] > 0
    assert found["peak_mib"] > 100
    if STATUS.exists():
        assert 50 < found["peak_anonymous_mib"] < found["peak_mib"]
    assert found["process_seconds"] > found["seconds"]


def test_a_measurement_that_fails_is_no_figure(capfd):
    assert measure("competition.compete", 0) is None
    assert "failed: competition.compete (0,)" in capfd.readouterr().err


def test_a_step_is_told_by_operations():
    found = measure("step.operations", 2_000, 16, "sampled")
    # Of a step: two products of the decoder's way back, a top_k for each sign.
    assert {"MatMul", "TopKV2", "ResourceGather"} <= set(found["operations"])
    assert all(ms > 0 for ms in found["operations"].values())
    assert 1_000 < found["slice"] <= 2_000


RESULTS = {
    "machine": "2 cores",
    "training": [
        {"name": "sampled", "n_words": 20_000, "n_components": 128,
         "seconds": 0.5, "peak_mib": 1234.5},
        {"name": "exact", "n_words": 20_000, "n_components": 128, "seconds": 1.5},
        {"name": "floor", "n_words": 20_000, "n_components": 128, "seconds": 0.75},
        {"name": "sampled", "n_words": 1_000_000, "n_components": 32,
         "seconds": 12.3},
    ],
    "ratios": [
        {"pair": [["exact", 2_000], ["floor", 2_000]],
         "seconds": [[3.0, 1.0], [2.0, 0.5], [3.0, 2.0]]},
        {"pair": [["exact", 20_000], ["sampled", 20_000]], "seconds": []},
    ],
    "race": [
        {"name": "default", "passes": 2, "seconds": 4.5, "accuracy": 0.8125,
         "precision": 0.5},
        {"name": "gensim-lda", "passes": 1},
    ],
    "growth": [
        {"n_documents": 10_000, "seconds": 2.0, "other_seconds": 7.5,
         "peak_mib": 900.0, "peak_anonymous_mib": 800.0},
        {"n_documents": 100_000},
    ],
    "competition": [{"units": 128, "seconds": 0.0005, "tanh_seconds": 0.0001}],
    "step": [
        {"name": "exact", "n_words": 2_000, "slice": 2_000,
         "operations": {"MatMul": 1.25, "Exp": 0.5}},
        {"name": "sampled", "n_words": 20_000, "slice": 5_512.4,
         "operations": {"MatMul": 2.5, "ResourceGather": 1.0}},
        {"name": "exact", "n_words": 20_000},
    ],
    "encoding": [
        {"name": "kate", "batch": 1, "documents": 500.4, "megabytes": 1.0},
        {"name": "kate", "batch": 256, "documents": 9000.0, "megabytes": 16.25},
        {"name": "light", "batch": 1},
    ],
    "start": [{"name": "light", "seconds": 0.25, "peak_mib": 70.0}],
}  # fmt: skip


def test_the_page_shows_every_figure():
    page = render(RESULTS)
    assert "2 cores" in page
    assert "| 20,000 | 128 | 0.50 | 1.50 | 3.0 | 0.75 | 2.0 | 1,234 |" in page
    assert "| 1,000,000 | 32 | 12 |" in page
    assert (
        "| exact, V = 2,000 | floor, V = 2,000 | 3.00 | 1.00 | 3.00 | 1.50 to 4.00 |"
    ) in page
    assert "exact, V = 20,000" not in page
    assert "| KATE | 2 | 4.50 | 0.812 | 0.500 |" in page
    assert "LDA of gensim | 1 |" not in page
    assert "| 10,000 | 2.00 | 20 | 7.50 | 900 | 800 |" in page
    assert "| 128 | 0.50 | 0.10 |" in page
    assert "| all | 1.75 | 3.50 |" in page
    assert "| MatMul | 1.25 | 2.50 |\n| ResourceGather | 0.00 | 1.00 |" in page
    assert "words of the sampled step: 5,512." in page
    assert "| KATE, TensorFlow | 500 | 9,000 | 16.2 |" in page
    assert "| KATE, light reader | 0.25 | 70 |" in page
    assert "## Start" not in render({"machine": "", "growth": RESULTS["growth"]})


def test_ratios_take_turns_and_leave_out_those_that_failed(monkeypatch):
    asked = []

    def fake(name, n_words, d, *more):
        asked.append((name, n_words, d, *more))
        failed = len(asked) == 3
        return None if failed else {"seconds": float(len(asked))}

    monkeypatch.setattr(sections, "measure", fake)
    monkeypatch.setattr(sections, "TURNS", 2)
    rows = sections.ratios(sections.Choices(Path()))
    assert asked[:2] == [
        ("training.kate", 20_000, 128, "exact"),
        ("training.kate", 20_000, 128, "sampled"),
    ]
    assert asked[-1] == ("training.floor", 2_000, 128)
    assert [r["seconds"] for r in rows] == [
        [[1.0, 2.0]], [[5.0, 6.0], [7.0, 8.0]], [[9.0, 10.0], [11.0, 12.0]]
    ]  # fmt: skip


def test_sections_are_run_kept_and_rendered(tmp_path, monkeypatch):
    def fake(name):
        return lambda choices: RESULTS[name]

    monkeypatch.setattr(
        program, "SECTIONS", {name: fake(name) for name in sections.SECTIONS}
    )
    command = [str(tmp_path), "-o", str(tmp_path / "out")]
    assert program.main([*command, "--only", "growth"]) == 0
    assert program.main([*command, "--only", "start"]) == 0
    kept = json.loads((tmp_path / "out" / "speed.json").read_text())
    assert kept["growth"] == RESULTS["growth"]
    page = (tmp_path / "out" / "speed.md").read_text()
    assert "## Growth" in page
    assert "## Start" in page
    assert not list((tmp_path / "out").glob("*.png"))
    assert program.main([*command, "--only", "training", "race", "encoding"]) == 0
    plots = sorted(path.name for path in (tmp_path / "out").glob("*.png"))
    assert plots == ["encoding.png", "race.png", "training.png"]
    with pytest.raises(SystemExit):
        program.main([*command, "--only", "nothing"])
