"""Saving, loading, and refusing what is not whole."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from conftest import small_kate

from kate_keras import InputError, load
from kate_keras.artifact import folders
from kate_keras.artifact.folders import file_written_aside, written_aside
from kate_keras.artifact.identity import fingerprint
from kate_keras.artifact.manifest import canonical
from kate_keras.artifact.warm_up import read_warm_up

FILES = [
    "vocabulary.json", "encoder.npz", "model.keras", "saved_model/saved_model.pb",
    "saved_model/variables/variables.index",
    "saved_model/variables/variables.data-00000-of-00001",
    "saved_model/assets.extra/tf_serving_warmup_requests",
]  # fmt: skip


@pytest.fixture
def folder(model_folder, tmp_path):
    return shutil.copytree(model_folder, tmp_path / "copy")


def test_loaded_it_is_the_same_model(model, model_folder, themed):
    again = load(model_folder)
    np.testing.assert_array_equal(
        again.transform(themed[0]), model.transform(themed[0])
    )
    assert again.get_params() == {**model.get_params(), "verbose": True}
    assert again.fingerprint_ == model.fingerprint_
    assert again.history_ == model.history_
    assert again.corpus_ == model.corpus_
    assert again.vocabulary_ == model.vocabulary_
    assert again.topics(3) == model.topics(3)
    assert again.similar_words("moon", 3) == model.similar_words("moon", 3)
    assert again.explain("rocket moon") == model.explain("rocket moon")


def test_a_fresh_process_gives_bit_equal_vectors(model, model_folder, themed):
    program = (
        "import json, sys; from kate_keras import load;"
        "texts = json.load(sys.stdin);"
        "sys.stdout.buffer.write(load(sys.argv[1]).transform(texts).tobytes())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(model_folder)],
        input=json.dumps(themed[0]).encode(),
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr[-2000:].decode()
    assert done.stdout == model.transform(themed[0]).tobytes()


def test_it_can_be_saved_again_after_loading(model_folder, tmp_path, themed):
    load(model_folder).save(tmp_path / "second")
    first, second = load(model_folder), load(tmp_path / "second")
    assert first.fingerprint_ == second.fingerprint_
    np.testing.assert_array_equal(
        first.transform(themed[0]), second.transform(themed[0])
    )


def test_the_manifest_says_what_the_model_is(model, model_folder):
    manifest = json.loads((model_folder / "manifest.json").read_text())
    assert manifest["format_version"] == 3
    assert manifest["fingerprint"] == model.fingerprint_
    assert len(manifest["fingerprint"]) == 64
    assert manifest["dimensions"] == 6
    assert manifest["vocabulary_size"] == len(model.vocabulary_)
    assert manifest["options"]["n_components"] == 6
    assert manifest["corpus"]["documents"] == 240
    assert manifest["metrics"]["val_competition_loss"] > 0
    assert {"kate_keras", "keras", "tensorflow", "numpy"} <= set(manifest["versions"])
    assert sorted(manifest["files"]) == sorted(FILES + ["saved_model/fingerprint.pb"])


def test_no_pickle_anywhere(model_folder):
    for path in model_folder.rglob("*"):
        if path.is_file():
            start = path.read_bytes()[:2]
            assert start not in (b"\x80\x03", b"\x80\x04", b"\x80\x05"), path


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_refused(folder, name):
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(InputError, match="is damaged: its content has changed"):
        load(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_or_cut_file_is_refused(folder, name):
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[:-1])
    with pytest.raises(InputError, match=f"expected {len(data)} bytes, found"):
        load(folder)
    (folder / name).unlink()
    with pytest.raises(InputError, match="not complete: .* is missing"):
        load(folder)


def test_every_changed_character_of_the_manifest_is_refused(folder):
    text = (folder / "manifest.json").read_text()
    for place in range(5, len(text) - 5, 97):
        if text[place].isalnum():
            changed = (
                text[:place] + ("7" if text[place] != "7" else "8") + text[place + 1 :]
            )
            (folder / "manifest.json").write_text(changed)
            with pytest.raises(InputError, match=r"damaged|Upgrade|not describe"):
                load(folder)


def rewrite_manifest(folder, **changes):
    manifest = json.loads((folder / "manifest.json").read_text()) | changes
    del manifest["checksum"]
    manifest["checksum"] = hashlib.sha256(canonical(manifest)).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_a_newer_format_is_refused_and_the_remedy_named(folder):
    rewrite_manifest(folder, format_version=4)
    with pytest.raises(InputError, match="format version 4.*reads up to 3.*Upgrade"):
        load(folder)


def test_weights_of_another_model_are_refused_by_the_fingerprint(folder):
    rewrite_manifest(folder, fingerprint="0" * 64)
    with pytest.raises(InputError, match="expected fingerprint 000000000000"):
        load(folder)


def test_options_of_another_version_are_refused_and_named(folder, model):
    options = {**model.options_, "warm_up": None, "anneal": 2}
    changed = fingerprint(model.autoencoder_, model.vocabulary_, options)
    rewrite_manifest(folder, options=options, fingerprint=changed)
    with pytest.raises(InputError, match="does not have: anneal, warm_up. Train it"):
        load(folder)


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    with pytest.raises(InputError, match="it has no manifest.json"):
        load(tmp_path)
    (tmp_path / "manifest.json").write_text("[1]")
    with pytest.raises(InputError, match="not a manifest"):
        load(tmp_path)


def test_the_fingerprint_depends_on_seed_and_options_and_on_nothing_else(model, themed):
    texts = themed[0]
    assert small_kate().fit(texts).fingerprint_ == model.fingerprint_
    assert small_kate(verbose=True).fit(texts).fingerprint_ == model.fingerprint_
    assert small_kate(random_state=1).fit(texts).fingerprint_ != model.fingerprint_
    assert small_kate(alpha=1.0).fit(texts).fingerprint_ != model.fingerprint_


def test_saving_replaces_an_earlier_model_and_nothing_else(model, tmp_path):
    model.save(tmp_path / "model")
    model.save(tmp_path / "model")
    assert load(tmp_path / "model").fingerprint_ == model.fingerprint_
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
    mine = tmp_path / "letters"
    mine.mkdir()
    (mine / "to_a_friend.txt").write_text("dear")
    with pytest.raises(InputError, match="is not a model folder; it is left as it is"):
        model.save(mine)
    assert (mine / "to_a_friend.txt").read_text() == "dear"


def test_an_interrupted_save_leaves_the_earlier_folder(folder):
    before = load(folder).fingerprint_
    with pytest.raises(KeyboardInterrupt):
        with written_aside(folder) as aside:
            (aside / "half").write_text("written")
            raise KeyboardInterrupt
    assert load(folder).fingerprint_ == before
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


def test_a_failure_between_the_renames_leaves_the_earlier_folder(folder, monkeypatch):
    before = load(folder).fingerprint_
    rename = Path.rename

    def fail_on_new(self, target):
        if self.name == "new":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(folders, "exchange", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", fail_on_new)
    with pytest.raises(KeyboardInterrupt):
        with written_aside(folder) as aside:
            (aside / "file").write_text("whole")
    assert load(folder).fingerprint_ == before
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


def test_saving_keeps_what_others_put_there(model, folder, tmp_path):
    app = tmp_path / "app"
    app.mkdir()
    (app / "manifest.json").write_text('{"name": "my web app"}')
    with pytest.raises(InputError, match="is not a model folder"):
        model.save(app)
    (folder / "vectors.npz").write_text("mine")
    with pytest.raises(InputError, match="no part of the model, vectors.npz"):
        model.save(folder)
    assert (folder / "vectors.npz").read_text() == "mine"


def test_an_export_is_not_a_model_folder(model, tmp_path):
    with pytest.raises(InputError, match="is an export for TF Serving"):
        load(model.export(tmp_path / "kate"))


@pytest.mark.parametrize(
    "facts", [{"format_version": 1}, {"format": "kate_keras", "format_version": "1"}]
)
def test_a_manifest_of_something_else_is_refused(facts, tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps({**facts, "checksum": ""}))
    with pytest.raises(InputError, match="does not describe a kate_keras model"):
        load(tmp_path)


def test_an_interrupted_file_leaves_the_earlier_one(tmp_path):
    target = tmp_path / "vectors.npy"
    target.write_text("good")
    with pytest.raises(RuntimeError):
        with file_written_aside(target) as path:
            path.write_text("half")
            raise RuntimeError
    assert target.read_text() == "good"
    assert [p.name for p in tmp_path.iterdir()] == ["vectors.npy"]


def test_export_numbers_versions_as_tf_serving_expects(model, tmp_path):
    directory = tmp_path / "export" / "kate"
    assert model.export(directory) == directory / "1"
    assert (directory / "1" / "saved_model.pb").is_file()
    assert model.export(directory) == directory / "2"
    assert model.export(directory, version=7) == directory / "7"
    with pytest.raises(InputError, match=r"`version` must be .* there are \[1, 2, 7\]"):
        model.export(directory, version=7)
    manifest = json.loads((directory / "1" / "manifest.json").read_text())
    assert manifest["name"] == "kate"
    assert manifest["fingerprint"] == model.fingerprint_


def test_the_warm_up_file_replays_every_signature(model, tmp_path):
    folder = model.export(tmp_path / "kate")
    requests = read_warm_up(folder)
    assert list(requests) == list(model.signatures_.functions)
    for name, inputs in requests.items():
        for output in model.signatures_.functions[name](**inputs).values():
            assert output.dtype == tf.string or np.isfinite(output.numpy()).all()
