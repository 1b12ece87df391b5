from dataclasses import replace

import keras
import numpy as np
import pytest
from benchmark_samples import small_corpus
from scipy import sparse

from benchmarks.quality import tune_read_out
from benchmarks.quality.activations import (
    Activations,
    Texts,
    activations_of,
    short_texts,
)
from benchmarks.quality.tune_read_out import (
    CASES,
    READ_OUTS,
    measure,
    render,
    same_label_auc,
)
from kate_keras import KATE
from kate_keras.layers import ReadOut


def texts(activations, known_words):
    return Texts(
        np.asarray(activations), np.array(known_words), np.arange(len(activations))
    )


@pytest.fixture
def held():
    # A common way, longer for more words, and a part of its own for each.
    generator = np.random.default_rng(0)
    zero, way = np.full(4, 0.1), np.array([0.5, 0.2, 0.0, -0.1])
    n = np.append(generator.integers(5, 400, 200), 0)
    rows = zero + (n / (n + 80))[:, None] * (way + generator.normal(size=(201, 4)) / 9)
    parts = texts(rows, n), texts(rows[:20], n[:20])
    return Activations(zero, *parts, {}, np.diag([4.0, 1.0, 1.0, 0.25]), True)


def test_short_texts_are_words_of_their_documents_and_none_twice():
    counts = sparse.csr_array(
        np.array([[3, 0, 2, 0], [1, 1, 0, 0], [0, 0, 0, 4]], "float32")
    )
    found, rows = short_texts(counts, 3, random_state=0)
    assert rows.tolist() == [0, 2]
    assert found.sum(axis=1).tolist() == [3, 3]
    assert (found.toarray() <= counts.toarray()[rows]).all()
    assert found.toarray()[1].tolist() == [0, 0, 0, 3]
    none, rows = short_texts(counts, 9, random_state=0)
    assert none.shape == (0, 4) and len(rows) == 0


@pytest.mark.parametrize("variant", ["kate", "plain"])
def test_what_the_read_out_reads_is_kept(tmp_path, variant):
    corpus = small_corpus()
    model = KATE(3, variant=variant, epochs=1, verbose=False).fit(corpus.train.counts)
    activations_of(model, corpus).save(tmp_path / "a" / "kept.npz")
    kept = Activations.load(tmp_path / "a" / "kept.npz")
    network, counts = model.autoencoder_, corpus.test.counts.toarray()
    read = "tied_dense" if variant == "kate" else "activations"
    outputs = keras.Model(network.input, network.get_layer(read).output)(counts)
    np.testing.assert_allclose(kept.test.activations, outputs, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(kept.train.known_words, corpus.train.lengths)
    assert set(kept.short) == {1, 3, 8, 20}
    assert set(kept.short[3].known_words) == {3}
    assert kept.reads_logits is (variant == "kate")
    vectors = READ_OUTS["default"](kept)(kept.test)
    np.testing.assert_array_equal(vectors, model.transform(corpus.test.counts))


def test_what_each_read_out_makes_zero(held):
    mean = held.train.activations[:-1].mean(axis=0)
    points = texts(np.array([held.zero, mean, mean + 0.1]), [0, 50, 50])
    zero = {
        name: np.abs(make(held)(points)).max(axis=1) < 1e-6
        for name, make in READ_OUTS.items()
    }
    assert zero["default"].tolist() == [True, False, False]
    assert zero["from the mean"].tolist() == [False, True, False]
    assert zero["way to the mean out"].tolist() == [True, True, False]
    assert zero["mean of the length, half 50"].tolist() == [True, False, False]
    halfway = texts((held.zero + mean)[None] / 2, [50])
    assert np.abs(READ_OUTS["mean of the length, half 50"](held)(halfway)).max() < 1e-6


def test_the_gram_matrix_stretches_what_has_more_of_the_kernel(held):
    # Each unit is scaled by the length of its column, 2, 1, 1 and 1/2, to a power.
    scales = np.array([2.0, 1.0, 1.0, 0.5])
    powers = {"Gram matrix to the 0": 0.0, "Gram matrix to the 1/2": 0.5}
    powers |= {"default": 1.0, "Gram matrix to the 1": 1.0}
    for name, power in powers.items():
        factors = scales ** (2 * power)
        layer = ReadOut(shrinkage=(4 / 32) ** 0.5 if name == "default" else 8.0)
        known = held.train.known_words > 0
        rows = (held.train.activations[known] - held.zero) * factors
        layer.adapt([rows], np.zeros(4))
        expected = layer((held.test.activations - held.zero) * factors)
        found = READ_OUTS[name](held)(held.test)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_shrinkage_is_that_of_the_layer(held):
    layer = ReadOut(shrinkage=4.0)
    layer.adapt([held.train.activations[:-1]], held.zero, held.gram)
    expected = layer(held.test.activations)
    found = READ_OUTS["shrinkage 4"](held)(held.test)
    np.testing.assert_array_equal(found, expected)
    assert not np.allclose(found, READ_OUTS["default"](held)(held.test))


def test_the_default_leaves_the_gram_matrix_out_where_the_model_does(held):
    without = replace(held, reads_logits=False)
    found = READ_OUTS["default"](without)(held.test)
    expected = READ_OUTS["Gram matrix to the 0"](held)(held.test)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_least_squares_finds_the_length(held):
    n = held.train.known_words[:-1]
    way = np.array([0.5, 0.2, 0.0, -0.1])
    points = texts(held.zero + (n / (n + 80))[:, None] * way, n)
    vectors = READ_OUTS["mean of the length, fitted"](held)(points)
    whole = READ_OUTS["mean of the length, fitted"](held)(held.train)
    assert np.linalg.norm(vectors, axis=1).max() < 0.2 * np.abs(whole).max()


def test_pairs_of_a_label_by_hand():
    # Cosines: 1 for the pair of label a; 0, 0 for the others, one of which shares b.
    vectors = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 3.0]])
    labels = [("a", "b"), ("a",), ("b",)]
    assert same_label_auc(vectors, labels) == 0.75
    assert same_label_auc(np.zeros((3, 2)), labels) == 0.5


def test_the_table_has_the_figures_that_there_are():
    case = CASES[0]
    records = [
        {
            "case": list(case[:4]),
            "seed": seed,
            "read_out": "default",
            "accuracy": accuracy,
            "short_precision": {"3": 0.25},
        }
        for seed, accuracy in enumerate((0.7, 0.8))
    ]
    rows = render(records).splitlines()
    assert "## 20news, kate, V = 20,000, d = 128" in rows
    assert "| | accuracy | P@10, 3 | seeds |" in rows
    assert "| default | 0.750 ± 0.071 | 0.250 ± 0.000 | 2 |" in rows
    assert not [row for row in rows if row.startswith("| from the mean")]


def test_documents_and_short_texts_are_measured():
    corpus = small_corpus()
    model = KATE(3, epochs=1, verbose=False).fit(corpus.train.counts)
    held = activations_of(model, corpus)
    assert not len(held.short[20].rows)  # All have ten words.
    found = measure(
        corpus, replace(held, short={n: held.short[n] for n in (1, 3, 8)}), "default"
    )
    assert set(found) == {"accuracy", "precision", "short_precision", "short_auc"}
    assert list(found["short_precision"]) == ["1", "3", "8"]
    assert list(found["short_auc"]) == ["3", "8"]


def test_kept_activations_are_not_made_again(tmp_path, monkeypatch, held):
    case, done = tune_read_out.Case("20news", 9, 4, "kate", 1), []
    monkeypatch.setattr(tune_read_out, "held_out", lambda *_: done.append(1))
    full = Activations(
        held.zero,
        held.train,
        held.test,
        dict.fromkeys((1, 3, 8, 20), held.test),
        held.gram,
        held.reads_logits,
    )
    full.save(tmp_path / "activations" / "20news-9-4-kate-0.npz")
    kept = tune_read_out.kept(case, 0, tmp_path, tmp_path)
    np.testing.assert_array_equal(kept.zero, held.zero)
    assert done == []
