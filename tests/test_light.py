"""The light reader: the same vectors, topics and words, without TensorFlow."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import small_kate

from kate_keras import KATE, InputError, load
from kate_keras.light import LightModel
from kate_keras.models import VARIANTS

TEXTS = ["A rocket, a ROCKET and the moon.", "", "violin?", "unknown wörds", "42"]


@pytest.fixture(scope="module")
def light(model_folder):
    return load(model_folder, light=True)


def test_vectors_are_those_of_the_whole_model(light, model, themed):
    texts = TEXTS + themed[0]
    found = light.transform(texts)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, model.transform(texts), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("read_out", ["activations", "centered", "whitened"])
@pytest.mark.parametrize("weighting", ["log", "log-idf"])
def test_every_read_out_and_weighting(read_out, weighting, themed, tmp_path):
    model = small_kate(read_out=read_out, weighting=weighting, epochs=2)
    model.fit(themed[0]).save(tmp_path / "model")
    found = LightModel(tmp_path / "model").transform(TEXTS)
    np.testing.assert_allclose(found, model.transform(TEXTS), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_has_topics_and_one_layer_has_vectors(variant, themed, tmp_path):
    k = 2 if "k" in VARIANTS[variant].options else None
    model = small_kate(variant=variant, k=k, epochs=2).fit(themed[0][:60])
    model.save(tmp_path / "model")
    light = load(tmp_path / "model", light=True)
    assert light.topics(3) == model.topics(3)
    if variant == "variational":
        with pytest.raises(InputError, match="no vectors.*variant='variational'"):
            light.transform(TEXTS)
    else:
        whole = model.transform(TEXTS)
        np.testing.assert_allclose(light.transform(TEXTS), whole, rtol=1e-4, atol=1e-5)


def test_topics_and_neighbours_are_those_of_the_whole_model(light, model):
    assert light.topics(4) == model.topics(4)
    assert light.similar_words("moon", 3) == model.similar_words("moon", 3)
    assert light.fingerprint_ == model.fingerprint_
    assert light.vocabulary_ == model.vocabulary_
    assert light.n_components == 6


def test_a_vector_does_not_depend_on_its_neighbours(light, themed):
    together = light.transform(themed[0])
    for index in (0, 100, 239):
        np.testing.assert_array_equal(
            light.transform([themed[0][index]])[0], together[index]
        )
    assert light.transform([]).shape == (0, 6)
    generator = (text for text in themed[0])
    np.testing.assert_array_equal(light.transform(generator), together)


def test_known_words_are_those_of_the_whole_model(light, model, themed):
    texts = TEXTS + themed[0]
    for one, other in zip(
        _known(light.encode_batches(texts)), _known(model.encode_batches(texts)),
        strict=True,
    ):  # fmt: skip
        assert one == other


def _known(batches):
    return np.concatenate([batch["known_words"] for batch in batches]).tolist()


def test_competition_outside_training_is_refused(themed, tmp_path):
    small_kate(inference="sparse", epochs=2).fit(themed[0]).save(tmp_path / "model")
    light = load(tmp_path / "model", light=True)
    assert light.topics(2)
    with pytest.raises(InputError, match="inference='sparse'.*Load it whole"):
        light.transform(TEXTS)


def test_a_model_of_counts_is_refused_for_texts(tmp_path):
    counts = np.random.default_rng(0).poisson(1.0, (30, 8))
    small_kate(n_components=4, epochs=2).fit(counts).save(tmp_path / "model")
    with pytest.raises(InputError, match="fitted on counts"):
        load(tmp_path / "model", light=True).transform(TEXTS)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("one text", "For one document pass a list of one"),
        (["fine", 3], "Document 1 must be a string.*int"),
        (["fine", "\ud800"], "Document 1 is not valid Unicode"),
        (["fine", "ΟΔΟΣ2"], "Document 1: It is not certain.*sigma"),
        (None, "must be a list"),
    ],
)
def test_bad_texts_are_refused(light, texts, message):
    with pytest.raises(InputError, match=message):
        light.transform(texts)


def test_the_number_of_a_bad_document_counts_earlier_batches(light, monkeypatch):
    monkeypatch.setattr("kate_keras.light.BATCH", 2)
    with pytest.raises(InputError, match="Document 4 must"):
        light.transform(["a", "b", "c", "d", 5])


def test_a_damaged_or_older_folder_is_refused(model_folder, tmp_path):
    with pytest.raises(InputError, match="not a model folder"):
        LightModel(tmp_path)
    damaged = tmp_path / "damaged"
    shutil.copytree(model_folder, damaged)
    with (damaged / "encoder.npz").open("r+b") as file:
        file.seek(-30, 2)
        file.write(b"x")
    with pytest.raises(InputError, match=r"encoder.npz is damaged"):
        LightModel(damaged)
    with pytest.raises(InputError, match=r"encoder.npz is damaged"):
        load(damaged)


def test_an_export_has_nothing_for_the_light_reader(model, tmp_path):
    folder = model.export(tmp_path / "themes")
    with pytest.raises(InputError, match=r"has no encoder.npz.*save it again"):
        LightModel(folder)


SCRIPT = """
import json, sys
import kate_keras
light = kate_keras.load(sys.argv[1], light=True)
vectors = light.transform(["a rocket to the moon"])
light.topics(2), light.similar_words("moon")
heavy = {"tensorflow", "keras", "sklearn", "scipy", "snowballstemmer"}
print(json.dumps([vectors.tolist(), sorted(heavy & set(sys.modules))]))
"""


def test_nothing_heavy_is_imported(model_folder, model):
    command = [sys.executable, "-c", SCRIPT, str(model_folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    vectors, heavy = json.loads(done.stdout)
    assert heavy == []
    expected = model.transform(["a rocket to the moon"])
    np.testing.assert_allclose(vectors, expected, rtol=1e-5, atol=1e-5)


def test_a_whole_model_is_what_load_gives_without_light(model_folder):
    assert isinstance(load(model_folder), KATE)
