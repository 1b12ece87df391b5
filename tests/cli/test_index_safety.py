"""`kate index` with the wrong corpus, and what LanceDB is hindered by."""

import numpy as np
import pytest

pytest.importorskip("lancedb")
from running_kate import fails, run_json, write_corpus

from kate_keras.cli import main
from kate_keras.index import DocumentIndex, index_writer, map_writer


@pytest.fixture
def index(tmp_path, model_folder, capsys, monkeypatch):
    """An index of 8 documents, and the command that made it."""
    # t-SNE takes longer than all the rest.
    monkeypatch.setattr(map_writer, "lay_out", lambda v: np.zeros((len(v), 2), "f4"))
    corpus = write_corpus(tmp_path / "c.jsonl", 8)
    command = ["index", model_folder, corpus, "-o", tmp_path / "index", "--light"]
    run_json(capsys, *command)
    return command


def lines(path, *numbers):
    path.write_text("".join(f'{{"id": "d{n}", "text": "moon"}}\n' for n in numbers))


def test_a_corpus_that_lacks_more_than_half_is_refused_before_it_is_written(
    index, tmp_path, capsys
):
    lines(index[2], 0, 1, 2, 100)
    line = fails(capsys, *index, "--prune")
    assert "5 of the 8 documents" in line and "--most-pruned 1" in line
    found = DocumentIndex(tmp_path / "index")
    assert len(found) == 8
    # The new document of the wrong corpus did not get in either.
    assert found.numbers(["d7"]) == [7]
    with pytest.raises(ValueError, match="no document 'd100'"):
        found.numbers(["d100"])
    facts = run_json(capsys, *index, "--prune", "--most-pruned", "1")
    assert (facts["removed"], facts["documents"]) == (5, 4)


def test_half_may_go_unasked_and_less_if_told(index, capsys):
    lines(index[2], 0, 1, 2, 3)
    assert "4 of the 8" in fails(capsys, *index, "--prune", "--most-pruned", ".49")
    assert run_json(capsys, *index, "--prune")["removed"] == 4


@pytest.mark.parametrize("share", ["-0.1", "1.1", "nan", "half"])
def test_a_share_is_from_0_to_1(share, capsys):
    command = ["index", "model", "c.jsonl", "-o", "index", "--prune"]
    line = fails(capsys, *command, "--most-pruned", share)
    assert "expected a share from 0 to 1" in line or "expected one argument" in line


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("lance error: LanceError(IO): lost, /x/lance-io/src/a.rs:7:9"),
        ValueError("Invalid input, permission denied"),
        OSError("connection reset"),
    ],
)
def test_a_lost_connection_or_permission_is_one_line(
    error, index, tmp_path, capsys, monkeypatch
):
    class Broken:
        def __init__(self, table):
            self.table = table

        def add(self, rows):
            raise error

        def __getattr__(self, name):
            return getattr(self.table, name)

    opened = index_writer.IndexWriter._open

    def open_broken(self):
        opened(self)
        self._documents = Broken(self._documents)

    monkeypatch.setattr(index_writer.IndexWriter, "_open", open_broken)
    lines(index[2], *range(8), 100)
    line = fails(capsys, *index)
    assert f"The index {tmp_path / 'index'} cannot be read or written: " in line
    assert "Check the connection, the permissions" in line
    assert ".rs" not in line
    assert len(DocumentIndex(tmp_path / "index")) == 8


def test_a_damaged_index_is_one_line(index, tmp_path, capsys):
    for path in (tmp_path / "index" / "documents.lance" / "data").iterdir():
        path.write_bytes(b"not what it was")
    for command in (
        index,
        ["search", tmp_path / "index", "moon"],
        ["delete", tmp_path / "index", "d1"],
    ):
        assert "cannot be read or written" in fails(capsys, *command)


def test_as_many_are_found_as_there_are_however_many_are_wanted(
    index, tmp_path, capsys
):
    found = run_json(capsys, "search", tmp_path / "index", "moon", "-n", 2**62)
    assert len(found) == 8


def test_why_nothing_is_found_is_not_guessed(index, tmp_path, capsys):
    place = tmp_path / "index"
    assert main(["search", str(place), "zzblorp"]) == 0
    assert "knows no word of the text, or none of any document\n" in (
        capsys.readouterr().out
    )
    ids = [match["id"] for match in run_json(capsys, "search", place, "moon")]
    run_json(capsys, "delete", place, *ids)
    assert "all were deleted, or" in fails(capsys, "search", place, "moon")


def test_an_id_that_is_no_text_is_that_of_no_document(index, tmp_path, capsys):
    line = fails(capsys, "delete", tmp_path / "index", "caf\udce9")
    assert "The index has no document 'caf\\udce9'" in line


def test_an_index_in_object_storage_lies_in_no_folder(
    tmp_path, model_folder, capsys, monkeypatch
):
    write_corpus(tmp_path / "c.jsonl", 8)
    monkeypatch.chdir(tmp_path)
    line = fails(capsys, "index", model_folder, ".", "-o", "nowhere://bucket/index")
    assert "lies in the corpus" not in line
    assert "The index nowhere://bucket/index cannot be opened" in line
    line = fails(capsys, "index", model_folder, ".", "-o", "index")
    assert "lies in the corpus" in line
