"""`kate update`, in process: what it writes, what it tells, what it refuses."""

import json
import os
import shutil
import signal
from contextlib import suppress

import numpy as np
import pytest
from conftest import THEMES, themed_documents
from running_kate import fails

from kate_keras import KATE, load
from kate_keras.cli import main
from kate_keras.cli.update_text import update_text
from kate_keras.text import Vocabulary

# Every theme speaks of another's things, and of zebras that nobody has heard of.
NEIGHBOUR = {"space": "food", "food": "music", "music": "space"}


def write(path, texts, labels):
    with path.open("w", encoding="utf-8") as file:
        for text, label in zip(texts, labels, strict=True):
            line = {"text": text, "labels": [label] if label else []}
            file.write(json.dumps(line) + "\n")
    return path


@pytest.fixture
def new(tmp_path):
    texts, labels = themed_documents(120, seed=3)
    mixed = [
        f"{text} {THEMES[NEIGHBOUR[label]][i % 8]} the {'zebras' if i % 2 else 'x'}"
        for i, (text, label) in enumerate(zip(texts, labels, strict=True))
    ]
    return write(tmp_path / "new.jsonl", mixed, labels)


@pytest.fixture
def old(tmp_path):
    return write(tmp_path / "old.jsonl", *themed_documents())


def test_the_copy_has_learned_and_the_report_says_what(
    model_folder, model, new, old, tmp_path, capsys
):
    test = write(tmp_path / "test.jsonl", *themed_documents(60, seed=4))
    output = tmp_path / "updated"
    command = ["update", model_folder, new, "-o", output, "--with", old, "--quiet"]
    command += ["--test", test, "--epochs", "2", "--json"]
    assert main([*map(str, command)]) == 0
    found = json.loads(capsys.readouterr().out)
    updated = load(output)
    assert load(model_folder).fingerprint_ == model.fingerprint_ == found["parent"]
    assert updated.fingerprint_ == found["fingerprint"] != model.fingerprint_
    # A fifth of each is held out.
    assert (found["learned"], found["learned_again"]) == (96, 192)
    assert updated.updates_[0]["documents"] == 96
    assert found["epochs"] == 2

    unknown = found["unknown_words"]
    assert unknown["share_when_fitted"] == 0
    assert (unknown["words"], unknown["unknown"]) == (120 * 12, 120)
    assert unknown["most_frequent"][0] == {
        "word": "x", "count": 60, "documents": 60
    }  # fmt: skip
    assert unknown["distinct"] == 2
    words = found["drift"]["words"]
    assert 0 < words["by_chance"] < 0.1
    assert words["divergence"] > 0
    topics = found["drift"]["topics"]
    assert topics["documents"] == 240
    assert len(topics["shifts"]) == 6

    names = [part["name"] for part in found["comparisons"]]
    assert names == [f"held out of {new}", f"held out of {old}", str(test)]
    assert [part["documents"] for part in found["comparisons"]] == [24, 48, 60]
    by_heart = [part["learned_before"] for part in found["comparisons"]]
    assert by_heart == [False, True, False]
    part = found["comparisons"][2]
    texts = themed_documents(60, seed=4)[0]
    expected = [
        own.reconstruction_loss(texts, competition=True) for own in (model, updated)
    ]
    assert part["loss"] == pytest.approx(expected)
    assert part["loss_change"] == pytest.approx(expected[1] - expected[0])
    assert part["labels"]["learned_from"] == 288
    assert min(part["labels"]["accuracy"]) > 0.9
    assert 0.5 < part["same_neighbours"] <= 1
    matches = found["topics"]["matches"]
    assert sorted(match["index"] for match in matches) == list(range(6))

    text = " ".join(update_text(found).split())
    for said in (
        "Learned from 96 of 120 new documents and 192 old ones again; 2 epochs",
        f"{100 * 120 / 1440:.1f} % of the new documents' words are unknown",
        "x 60 60",
        f"Divergence from the learned documents {words['divergence']:.4f} bits",
        "of the 240 earlier documents",
        f"reconstruction loss, nats {expected[0]:.2f} {expected[1]:.2f}",
        "topics keep at least three quarters",
        f"held out of {old} (which the old model had learned from): 48 documents",
    ):
        assert said in text


def test_ctrl_c_writes_nothing(model_folder, new, tmp_path, monkeypatch, capsys):
    learn = KATE.partial_fit

    def interrupted(model, *args, **options):
        learn(model, *args, **options)
        # As a training does, which then has the best weights so far.
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(KATE, "partial_fit", interrupted)
    command = ["update", model_folder, new, "-o", tmp_path / "updated", "--quiet"]
    assert main([*map(str, command), "--epochs", "1"]) == 130
    assert not (tmp_path / "updated").exists()
    assert "nothing is written" in capsys.readouterr().err


def test_bare_documents_and_a_model_without_records_are_told_plainly(
    new, tmp_path, capsys
):
    texts, _ = themed_documents(100)
    bare = write(tmp_path / "bare.jsonl", texts[:40], [None] * 40)
    model = KATE(4, epochs=1, verbose=False, batch_size=50).fit(texts)
    del model.corpus_["known_share"]
    model.activation_statistics_ = None
    model.vocabulary_ = Vocabulary(model.vocabulary_.words, model.vocabulary_.forms)
    from kate_keras.artifact import fingerprint

    model.fingerprint_ = fingerprint(
        model.autoencoder_, model.vocabulary_, model.options_
    )
    model.save(tmp_path / "model")
    command = ["update", tmp_path / "model", bare, "-o", tmp_path / "model", "--quiet"]
    line = fails(capsys, *command)
    assert "does not replace a model unless told to" in line
    assert load(tmp_path / "model").fingerprint_ == model.fingerprint_
    assert main([*map(str, command), "--force", "--random-state", "7"]) == 0
    assert load(tmp_path / "model").updates_[0]["parent"] == model.fingerprint_
    out = capsys.readouterr().out
    assert "does not record how frequent its words were" in out
    assert "Give old documents with --with" in out
    assert "does not record what it was" in out
    assert "accuracy" not in out


def test_mistakes_are_one_line_and_write_nothing(
    model_folder, new, old, tmp_path, capsys
):
    output = tmp_path / "updated"

    def refuse(corpus, *options, model=model_folder):
        return fails(capsys, "update", model, corpus, "-o", output, *options)

    texts = ["moon", "rocket", "zebra"]
    few = write(tmp_path / "few.jsonl", texts, ["a"] * 3)
    assert "at least 4 documents" in refuse(few)
    assert "at least 4 documents" in refuse(new, "--with", few)
    foreign = write(tmp_path / "foreign.jsonl", ["zebra lion"] * 9, ["a"] * 9)
    assert "no word that the model knows" in refuse(foreign)
    assert "nowhere.jsonl" in refuse(tmp_path / "nowhere.jsonl")
    assert "nowhere.jsonl" in refuse(new, "--test", tmp_path / "nowhere.jsonl")
    assert "is not a model folder" in refuse(new, model=tmp_path / "nowhere")
    assert "expected a whole number above 0" in refuse(new, "--epochs", "0")
    KATE(3, epochs=1, verbose=False).fit(np.eye(8)).save(tmp_path / "counts")
    assert "fitted on counts" in refuse(new, model=tmp_path / "counts")
    assert not output.exists()
    output.mkdir()
    (output / "letter").write_text("dear")
    assert "not a model folder" in refuse(new, "--force")
    assert (output / "letter").read_text() == "dear"


def test_an_index_of_the_old_model_refuses_the_new(model_folder, old, tmp_path, capsys):
    index, output = tmp_path / "index", tmp_path / "updated"
    command = ["index", model_folder, old, "-o", index, "--light", "--json"]
    assert main([*map(str, command)]) == 0
    model = load(model_folder).set_params(verbose=False)
    model.partial_fit(themed_documents(40, seed=5)[0], epochs=1).save(output)
    capsys.readouterr()
    before = shutil.copytree(index, tmp_path / "before")
    line = fails(capsys, "index", output, old, "-o", index, "--light")
    assert "Vectors of two models are not comparable" in line
    assert "index the corpus with this model, in another folder" in line
    assert model.fingerprint_ in line
    files = [
        sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())
        for root in (before, index)
    ]
    assert files[0] == files[1]
    assert main(["search", str(index), "moon", "--model", str(output)]) == 2
    assert "not comparable" in capsys.readouterr().err


def test_an_update_does_not_become_a_document_of_its_corpus(
    model_folder, new, tmp_path, capsys
):
    folder = tmp_path / "folder"
    folder.mkdir()
    command = ("update", model_folder, new, "-o", folder / "in")
    for option in ("--with", "--test"):
        assert "lies in the corpus" in fails(capsys, *command, option, folder)
    assert not (folder / "in").exists()
