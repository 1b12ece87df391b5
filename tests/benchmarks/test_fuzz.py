import gzip
import json
import sys
from pathlib import Path
from random import Random

import pytest
from conftest import themed_documents

from benchmarks.reliability import fuzz, judged, mutations
from kate_keras.errors import InputError
from kate_keras.text import Corpus, Document
from kate_keras.text.records import Record


@pytest.fixture
def rows():
    texts, labels = themed_documents(12)
    return [
        {"id": str(i), "text": text, "labels": [label]}
        for i, (text, label) in enumerate(zip(texts, labels, strict=True))
    ]


def test_the_same_seed_gives_the_same_mutation():
    data = bytes(range(256)) * 4
    assert mutations.mutated(data, Random(3)) == mutations.mutated(data, Random(3))
    found = {mutations.mutated(data, Random(seed)) for seed in range(50)}
    assert len(found) > 45


def test_a_reader_that_loses_a_document_is_a_failure(rows, tmp_path, monkeypatch):
    def reader(path, **options):
        records = [Record(1, Document("moon", "1"))]
        return Corpus(str(path), lambda: iter(records))

    assert fuzz.measure_reader("jsonl", rows, tmp_path, 5)["failures"] == []
    monkeypatch.setattr(judged, "read_corpus", reader)
    found = fuzz.measure_reader("jsonl", rows, tmp_path, 5)
    assert len(found["failures"]) == 5
    assert "WrongError" in found["failures"][0]["error"]
    assert found["accepted"] == found["refused"] == 0


def test_a_reader_that_hangs_is_a_failure(rows, tmp_path, monkeypatch):
    def reader(path, **options):
        while True:
            pass

    monkeypatch.setattr(judged, "read_corpus", reader)
    monkeypatch.setattr(fuzz, "SECONDS", 0.1)
    found = fuzz.measure_reader("jsonl", rows, tmp_path, 1)
    assert "HangError" in found["failures"][0]["error"]


@pytest.mark.parametrize(
    ("status", "out", "err", "wrong"),
    [
        (1, "", "", "exit status 1"),
        (2, "", "", "not one line"),
        (2, "", "kate x: a\nkate x: b\n", "not one line"),
        (2, "", "kate x: a\nmore\n", "not the last line"),
        (2, "some", "kate x: a\n", "results of a failure"),
        (0, "", "Traceback (most recent call last)", "Traceback"),
    ],
)
def test_a_command_that_does_not_end_well_is_a_failure(
    status, out, err, wrong, monkeypatch
):
    def main(arguments):
        sys.stdout.write(out)
        sys.stderr.write(err)
        return status

    monkeypatch.setattr(judged, "main", main)
    with pytest.raises(judged.WrongError, match=wrong):
        judged.judge_command(["x"])


def test_counts_that_do_not_add_up_are_a_failure(tmp_path):
    path = tmp_path / "c.jsonl"
    path.write_text('{"text": "a"}\n\n{"text": ""}\nbad\n')
    assert judged.n_records(path) == 3
    judged.check_reading_facts({"documents": 2, "empty": 1, "skipped": 1}, path)
    for wrong in (
        {"documents": 2, "empty": 1, "skipped": 0},
        {"documents": 1, "empty": 2, "skipped": 2},
        {"documents": 2, "empty": None, "skipped": 1},
    ):
        with pytest.raises(judged.WrongError):
            judged.check_reading_facts(wrong, path)


def test_records_are_counted_by_other_means_than_the_readers(rows, tmp_path):
    for number, reader in enumerate(mutations.READERS):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert judged.n_records(mutations.write_source(reader, rows, folder)) == 12
    broken = tmp_path / "c.jsonl.gz"
    broken.write_bytes(gzip.compress(b"{}\n")[:-3])
    assert judged.n_records(broken) is None


def test_messages_are_told_apart_by_what_they_are_about():
    message = str(InputError("/tmp/a/c.jsonl, line 7: no `text`. The keys are: 'a'"))
    other = message.replace("7", "12").replace("/tmp/a", "/tmp/b")
    assert judged.kind(message) == judged.kind(other)
    assert "no `text`" in judged.kind(message)


def test_rows_are_a_table_and_failures_are_named():
    row = {"name": "reader csv", "cases": 1500, "accepted": 1000, "refused": 499,
           "failures": [{"seed": 7, "error": "KeyError at x.py:1: 'a'"}],
           "messages": [("bad | line", 499)]}  # fmt: skip
    lines = fuzz.render_fuzz([row]).splitlines()
    assert lines[0] == "## Fuzz"
    assert lines[2].startswith("1,500 cases, 1 failures.")
    assert "| reader csv | 1,500 | 1,000 | 499 | 1 | bad ∣ line (499) |" in lines
    assert lines[-1] == "reader csv, seed 7: KeyError at x.py:1: 'a'"


def test_the_head_of_a_corpus_is_read_and_another_is_left_out(tmp_path):
    folder = tmp_path / "mrd"
    folder.mkdir()
    line = json.dumps({"id": "1", "text": "x" * 9000}) + "\n"
    (folder / "train.jsonl.gz").write_bytes(gzip.compress(line.encode() * 3))
    found = fuzz.head(folder, 2)
    assert [len(row["text"]) for row in found] == [fuzz.LENGTH] * 2
    assert fuzz.head(Path(tmp_path, "20news"), 2) == []
