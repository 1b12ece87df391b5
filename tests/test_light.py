"""The light reader: the same vectors, topics and words, without TensorFlow."""

import hashlib
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import small_kate

from kate_keras import KATE, InputError, load
from kate_keras.artifact.identity import fingerprint
from kate_keras.artifact.manifest import canonical
from kate_keras.layers.read_out import MODES
from kate_keras.light import LightModel
from kate_keras.models import VARIANTS
from kate_keras.text import count_words
from kate_keras.text.characters import _within, characters

TEXTS = ["A rocket, a ROCKET and the moon.", "", "violin?", "unknown wörds", "42"]


@pytest.fixture(scope="module")
def light(model_folder):
    return load(model_folder, light=True)


def test_vectors_are_those_of_the_whole_model(light, model, themed):
    texts = TEXTS + themed[0]
    found = light.transform(texts)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, model.transform(texts), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("read_out", MODES)
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
    if variant in ("deep", "variational"):
        with pytest.raises(InputError, match=f"no vectors.*{variant!r}"):
            light.transform(TEXTS)
    else:
        whole = model.transform(TEXTS)
        np.testing.assert_allclose(light.transform(TEXTS), whole, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("variant", ["kate", "plain", "k-sparse"])
def test_a_text_without_known_words_is_exactly_zero(variant, themed, tmp_path):
    k = 2 if variant != "plain" else None
    model = small_kate(variant=variant, k=k, epochs=2).fit(themed[0][:60])
    model.save(tmp_path / "model")
    vectors = load(tmp_path / "model", light=True).transform(["rocket", "", "zyx"])
    assert vectors[0].all()
    assert not vectors[1:].any()
    assert not model.transform(["", "zyx"]).any()


def test_a_folder_measured_from_the_mean_keeps_its_vectors(themed, tmp_path):
    model = small_kate(epochs=2, read_out="whitened").fit(themed[0])
    counts = count_words(themed[0], model.vocabulary_)
    read_out = model.encoder_.get_layer("read_out")
    read_out.adapt([model.activations(counts)])
    model.fingerprint_ = fingerprint(
        model.autoencoder_, model.vocabulary_, model.options_
    )
    model.save(tmp_path / "model")
    h = model.activations(count_words(TEXTS, model.vocabulary_)).astype(np.float64)
    mean = model.activations(counts).mean(axis=0)
    expected = (h - mean) @ read_out.whitening.numpy()
    for again in (load(tmp_path / "model"), load(tmp_path / "model", light=True)):
        np.testing.assert_allclose(again.transform(TEXTS), expected, atol=1e-5)
    assert np.abs(expected[1]).max() > 0.01  # That of the empty text.


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


def test_an_export_can_be_read_too(model, light, tmp_path):
    folder = model.export(tmp_path / "themes")
    found = LightModel(folder)
    np.testing.assert_array_equal(found.transform(TEXTS), light.transform(TEXTS))
    assert found.fingerprint_ == light.fingerprint_


def test_a_folder_without_arrays_says_what_to_do(model, tmp_path):
    folder = model.export(tmp_path / "themes")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del manifest["files"]["encoder.npz"], manifest["checksum"]
    manifest["checksum"] = hashlib.sha256(canonical(manifest)).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(InputError, match=r"has no encoder.npz.*save it again"):
        LightModel(folder)


def test_words_are_counted_as_in_the_graph(light, model, themed):
    texts = [*TEXTS, "3D 2024 4x4 a1 1a ٣ ४२ क़ e\u0301 \u0301", *themed[0][:20]]
    (whole,) = model.encode_batches(texts)
    np.testing.assert_array_equal(light.describe(texts)["words"], whole["words"])


def test_no_letter_of_python_is_a_number_of_the_graph():
    # So that words of such letters, and those of digits, need no closer look.
    table = characters()
    parts = [c for c in map(chr, range(0x110000)) if table[ord(c)] not in (None, " ")]
    numbers = {c for c in parts if _within(ord(c), table._numbers)}
    assert {"7", "\u0301"} < numbers
    assert not [c for c in numbers if c.isalpha()]
    assert numbers >= {c for c in parts if c.isdecimal()}


def test_counts_give_the_vectors_of_the_whole_model(light, model):
    rng = np.random.default_rng(0)
    counts = rng.poisson(0.3, (7, len(light.vocabulary_))).astype(np.float32)
    counts[2] = 0
    counts[3] *= 0.5
    rows, ids = np.nonzero(counts)
    splits = np.searchsorted(rows, np.arange(8))
    expected = model.transform(counts)
    found = light.encode_sparse(ids, counts[rows, ids], splits)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    # A word in two parts, out of order.
    again, once = (
        light.encode_sparse(np.array(ids), np.array(counts), np.array([0, len(ids)]))
        for ids, counts in (([1, 0, 1], [1, 1, 2]), ([0, 1], [1, 3]))
    )
    np.testing.assert_array_equal(again, once)


@pytest.mark.parametrize(
    ("ids", "counts", "message"),
    [
        ([-1], [1], "word_ids must be from 0 to below"),
        ([10**6], [1], "word_ids must be from 0 to below"),
        ([0], [-1], "counts must be finite"),
        ([0], [np.nan], "counts must be finite"),
    ],
)
def test_counts_out_of_range_are_refused(light, ids, counts, message):
    with pytest.raises(InputError, match=message):
        light.encode_sparse(np.array(ids), np.array(counts), np.array([0, 1]))


def test_shares_are_those_of_the_whole_explanation(light, model):
    text = "A rocket, a ROCKET and the moon, quoth 42 zyxes."
    whole = model.explain(text, n_topics=light.n_components)
    found = light.shares(text)
    words = [light.vocabulary_.words[i] for i in found.word_ids]
    for topic in whole.topics:
        own = dict(zip(words, found.shares[:, topic.index].tolist(), strict=True))
        assert own == pytest.approx(dict(topic.words), abs=1e-6)
        assert found.pre_activation[topic.index] == pytest.approx(
            topic.pre_activation, abs=1e-6
        )
    assert tuple(dict.fromkeys(found.unknown)) == whole.unknown_words
    empty = light.shares("")
    assert empty.shares.shape == (0, light.n_components)
    np.testing.assert_array_equal(empty.pre_activation, light.bias)


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
