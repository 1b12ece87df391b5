"""What commands tell of their corpus, and what they refuse to overwrite."""

import json
import os

import pytest
from conftest import small_kate
from running_kate import SMALL, fails, run_json, write_corpus

from kate_keras import load
from kate_keras.cli import main
from kate_keras.cli.standard_streams import printable

LINES = ['{"text": "moon rocket"}', "", '{"text": " "}', "bad", '{"text": "zebra"}']


@pytest.fixture
def corpus(tmp_path):
    """Three documents, one of them empty and one of unknown words; one bad line."""
    path = tmp_path / "c.jsonl"
    path.write_text("\n".join(LINES) + "\n")
    return path


def test_read_empty_and_skipped_are_told_alike(corpus, tmp_path, model_folder, capsys):
    pytest.importorskip("lancedb")
    skip = ["--skip-bad-lines"]
    command = ["encode", model_folder, corpus, "-o", tmp_path / "v.npz", *skip]
    told = {"encode": run_json(capsys, *command, "--light")}
    command = ["report", model_folder, "-o", tmp_path / "r.html", "--corpus", corpus]
    told["report"] = run_json(capsys, *command, *skip)
    for name, facts in told.items():
        counts = (facts["documents"], facts["empty"], facts["skipped"])
        assert counts == (3, 1, 1), name
    assert told["encode"]["documents_without_known_words"] == 2
    command = ["index", model_folder, corpus, "-o", tmp_path / "i", "--light", *skip]
    facts = run_json(capsys, *command)
    assert (facts["read"], facts["empty"], facts["skipped"]) == (3, 1, 1)
    assert facts["added"] + facts["changed"] + facts["unchanged"] == facts["read"]
    corpora = ["--train", corpus, "--test", corpus]
    figures = run_json(capsys, "evaluate", model_folder, *corpora, *skip)
    expected = {"documents": 3, "empty": 1, "skipped": 1}
    assert figures["read"] == {"train": expected, "test": expected}


def test_train_tells_them_and_the_model_remembers(tmp_path, capsys):
    path = write_corpus(tmp_path / "c.jsonl", 40)
    with path.open("a") as file:
        file.write('{"text": ""}\n{"text": "the"}\nbad\n')
    command = ["train", path, "-o", tmp_path / "m", *SMALL, "--skip-bad-lines"]
    facts = run_json(capsys, *command)
    assert (facts["documents"], facts["empty"], facts["skipped"]) == (42, 1, 1)
    assert facts["documents_without_words"] == 2
    remembered = load(tmp_path / "m", light=True).facts["corpus"]
    assert remembered["documents"] == 42
    assert (remembered["empty"], remembered["skipped"]) == (1, 1)


@pytest.mark.parametrize("command", ["encode", "report"])
def test_a_corpus_is_not_overwritten(command, tmp_path, model_folder, capsys):
    path = write_corpus(tmp_path / "c.jsonl", 4)
    before = path.read_text()
    (tmp_path / "link.jsonl").symlink_to(path)
    os.link(path, tmp_path / "second.jsonl")
    for target in (path, tmp_path / "link.jsonl", tmp_path / "second.jsonl"):
        source = [path] if command == "encode" else ["--corpus", path]
        line = fails(capsys, command, model_folder, *source, "-o", target)
        assert "is the corpus itself, which would be lost" in line
    assert path.read_text() == before


@pytest.mark.parametrize("command", ["train", "encode", "index"])
def test_a_folder_is_not_written_into(command, tmp_path, model_folder, capsys):
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a").write_text("moon")
    model = [] if command == "train" else [model_folder]
    line = fails(capsys, command, *model, folder, "-o", folder / "new.npz")
    assert "lies in the corpus" in line
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_a_hidden_place_in_a_folder_is_fine(tmp_path, model_folder, capsys):
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a").write_text("moon")
    target = folder / ".vectors" / "v.npy"
    facts = run_json(capsys, "encode", model_folder, folder, "-o", target, "--light")
    assert facts["documents"] == 1
    assert main(["encode", str(model_folder), str(folder), "-o", str(target)]) == 0
    assert "not looked at: 1 × hidden" in capsys.readouterr().err


def test_a_model_folder_is_not_written_into(tmp_path, themed, capsys):
    model = tmp_path / "model"
    small_kate(epochs=1).fit(themed[0]).save(model)
    corpus = write_corpus(tmp_path / "c.jsonl", 4)
    for command in (
        ["encode", model, corpus, "-o", model / "encoder.npz"],
        ["report", model, "-o", model / "manifest.json"],
        ["export", model, model],
        ["train", corpus, "-o", model / "saved_model" / "m", *SMALL],
    ):
        assert "lies in the model folder" in fails(capsys, *command)
    load(model)


def test_a_name_that_tensorflow_cannot_write_is_refused_before_the_work(
    tmp_path, capsys
):
    corpus = write_corpus(tmp_path / "c.jsonl", 4)
    line = fails(capsys, "train", corpus, "-o", tmp_path / "caf\udce9", *SMALL)
    assert "is not valid UTF-8" in line


def test_a_loss_that_is_not_finite_leaves_nothing_on_stdout(tmp_path, capsys):
    corpus = write_corpus(tmp_path / "c.jsonl", 40)
    command = ["train", corpus, "-o", tmp_path / "m", *SMALL]
    line = fails(capsys, *command, "--alpha", "3e38")
    assert "did not reach a finite loss" in line
    line = fails(capsys, *command, "--alpha", "1e308")
    assert "`alpha` must be finite and at least 0, in float32 too" in line


@pytest.mark.parametrize("number", ["\u00b2", "\u0663", "9" * 30, "9" * 5000, "+1"])
def test_whole_numbers_are_plain_digits_of_64_bits(number, model_folder, capsys):
    line = fails(capsys, "topics", model_folder, "--n-words", number)
    assert "expected a whole number above 0" in line


def test_versions_are_those_that_serving_can_read(tmp_path, model, capsys):
    (tmp_path / "\u00b2").mkdir()
    (tmp_path / ("9" * 30)).mkdir()
    assert model.export(tmp_path).name == "1"


def test_nothing_that_a_terminal_acts_on_is_printed(tmp_path, capsys, model_folder):
    pytest.importorskip("lancedb")
    path = tmp_path / "c.jsonl"
    evil = {"id": "\x1b]0;x\x07", "text": "moon \x1b[2J\u202e", "labels": ["\x9b"]}
    path.write_text(json.dumps(evil) + "\n")
    index = str(tmp_path / "index")
    run_json(capsys, "index", model_folder, path, "-o", index, "--light")
    assert main(["search", index, "moon"]) == 0
    printed = capsys.readouterr().out
    assert "\\x1b]0;x\\x07" in printed
    assert all(line.isprintable() for line in printed.splitlines())
    (found,) = run_json(capsys, "search", index, "moon")
    assert found["id"] == evil["id"]
    assert printable("plain caf\u00e9") == "plain caf\u00e9"


def test_links_in_a_circle_are_one_line(tmp_path, model_folder, capsys):
    circle = tmp_path / "c.jsonl"
    circle.symlink_to(circle)
    corpus = write_corpus(tmp_path / "d.jsonl", 4)
    target = tmp_path / "v.npz"
    line = fails(capsys, "encode", model_folder, circle, "-o", target, "--light")
    assert "There is no corpus" in line
    line = fails(capsys, "encode", model_folder, corpus, "-o", circle, "--light")
    assert "leads nowhere" in line
