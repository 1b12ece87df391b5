"""Folders that earlier releases wrote keep loading, and answer as they did."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from kate_keras import load
from kate_keras.analysis import topics
from kate_keras.artifact.manifest import FORMAT_VERSION
from serving.model_folder import open_model_folder
from serving.saved_model import SavedModelRunner

FORMATS = Path(__file__).parent / "formats"
VERSIONS = sorted((f.name for f in FORMATS.iterdir() if f.name.isdigit()), key=int)


def expected(version):
    content = json.loads((FORMATS / version / "vectors.json").read_text())
    return content["texts"], np.array(content["vectors"], np.float32)


def test_there_is_a_folder_of_every_version():
    assert [int(name) for name in VERSIONS] == list(range(1, FORMAT_VERSION + 1)), (
        "see tests/artifact/formats/write.py"
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_it_says_its_version(version):
    manifest = json.loads((FORMATS / version / "model/manifest.json").read_text())
    assert manifest["format_version"] == int(version)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("light", [False, True])
def test_it_is_loaded_and_gives_its_vectors(version, light):
    texts, vectors = expected(version)
    model = load(FORMATS / version / "model", light=light)
    np.testing.assert_allclose(model.transform(texts), vectors, rtol=0, atol=1e-6)


@pytest.mark.parametrize("version", VERSIONS)
def test_its_saved_model_is_served(version):
    texts, vectors = expected(version)
    runner = SavedModelRunner(open_model_folder(FORMATS / version / "model"))
    found = runner.describe([text.encode() for text in texts])
    np.testing.assert_allclose(found.embeddings, vectors, rtol=0, atol=1e-6)
    assert found.known_words.tolist() == [3, 2, 0, 0, 3]


@pytest.mark.parametrize("version", VERSIONS)
def test_it_can_be_read_explained_and_saved_again(version, tmp_path):
    model = load(FORMATS / version / "model")
    assert len(model.topics(3)) == model.n_components
    assert model.explain("rocket moon").unknown_words == ()
    model.save(tmp_path / "again")
    assert load(tmp_path / "again").fingerprint_ == model.fingerprint_


def test_before_format_2_words_of_topics_were_chosen_by_weights():
    old, new = (load(FORMATS / version / "model") for version in ("1", "2"))
    kernel, vocabulary = old.autoencoder_.kernel, old.vocabulary_
    assert old.topics(3) == topics(kernel, vocabulary, 3)
    assert load(FORMATS / "1" / "model", light=True).topics(3) == old.topics(3)
    assert new.topics(3) != topics(new.autoencoder_.kernel, new.vocabulary_, 3)


def test_a_folder_whose_owner_may_only_read_it_is_loaded(tmp_path):
    folder = shutil.copytree(FORMATS / VERSIONS[-1] / "model", tmp_path / "model")
    for path in [*folder.rglob("*"), folder]:
        os.chmod(path, 0o500 if path.is_dir() else 0o400)
    before = sorted(folder.rglob("*"))
    load(folder)
    load(folder, light=True)
    assert sorted(folder.rglob("*")) == before
    for path in [folder, *folder.rglob("*")]:
        os.chmod(path, 0o700)
