import json

import pytest
from benchmark_samples import small_corpus

from benchmarks.quality import run as run_module
from benchmarks.quality.cells import Cell
from benchmarks.quality.run import Bench

LSA = {"sublinear": True, "read_out": "activations"}
CELLS = [
    Cell("20news", 20, None, "tf-idf", 0),
    Cell("20news", 20, 3, "lsa", 0),
    Cell("20news", 20, 3, "lsa", 1),
]


@pytest.fixture
def bench(tmp_path):
    (tmp_path / "20news").mkdir()
    (tmp_path / "20news" / "train.jsonl.gz").touch()
    corpus = small_corpus()
    return Bench(tmp_path, tmp_path / "work", {"lsa": LSA}, lambda *_: corpus)


def test_a_cell_file_holds_its_settings_and_figures(bench):
    assert bench.run(CELLS) == []
    lsa = json.loads(bench.path(CELLS[1]).read_text())
    assert lsa["settings"] == {"corpus": small_corpus().digest, **LSA}
    assert lsa["figures"]["accuracy"] > 0.9
    assert lsa["figures"]["topics"]["n_topics"] == 6
    assert lsa["fit_seconds"] > 0
    assert len(lsa["topics"]) == 6
    ceiling = json.loads(bench.path(CELLS[0]).read_text())
    assert ceiling["figures"]["accuracy"] > 0.9
    assert ceiling["n_components"] is None


def test_a_second_run_does_what_is_missing_and_no_more(bench, monkeypatch):
    bench.run(CELLS[:2])
    measured = []
    monkeypatch.setattr(Bench, "measure", lambda self, c: measured.append(c) or {})
    bench.run(CELLS)
    assert measured == CELLS[2:]
    other = Bench(
        bench.data, bench.work, {"lsa": {**LSA, "sublinear": False}}, bench.corpus
    )
    other.run(CELLS)
    assert measured == [*CELLS[2:], *CELLS[1:]]


def test_a_cell_that_fails_does_not_stop_the_others(bench, monkeypatch, capsys):
    whole = Bench.measure

    def measure(self, cell):
        if cell == CELLS[1]:
            raise ValueError("a fault")
        return whole(self, cell)

    monkeypatch.setattr(Bench, "measure", measure)
    assert bench.run(CELLS) == [CELLS[1]]
    fault = bench.path(CELLS[1]).with_suffix(".error.txt")
    assert "ValueError: a fault" in fault.read_text()
    assert "20news-V20-d3-lsa-seed0 failed" in capsys.readouterr().err
    assert bench.path(CELLS[2]).is_file()
    monkeypatch.undo()
    assert bench.run(CELLS) == []
    assert not fault.exists()
    assert not list(bench.work.rglob("aside-*"))


def test_what_cannot_run_is_left_out_and_said(bench, capsys):
    cells = [Cell("mrd", 20, 3, "lsa", 0), Cell("20news", 20, None, "minilm", 0)]
    assert bench.run(cells) == []
    told = capsys.readouterr().err
    assert "1 cells are left out: the folder of mrd is not in DATA" in told
    assert "minilm on 20news needs the vectors" in told


def test_the_work_folder_stays_out_of_version_control(bench):
    assert (bench.work / ".gitignore").read_text() == "*\n"


def test_versions_name_what_was_used():
    versions = dict(run_module._versions())
    assert {"python", "keras", "numpy", "scikit-learn"} <= set(versions)
