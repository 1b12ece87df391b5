"""What is measured on the corpus before training: the start of the decoder's bias."""

import keras
import numpy as np
import pytest
from scipy import sparse

from kate_keras import KATE
from kate_keras.models import (
    KATEAutoencoder,
    KSparseAutoencoder,
    PlainAutoencoder,
    VariationalAutoencoder,
)
from kate_keras.training import adapt_output

MODELS = {
    "kate": lambda: KATEAutoencoder(4, 3, k=2, weighting="log-idf"),
    "k-sparse": lambda: KSparseAutoencoder(4, 3, k=2),
    "plain": lambda: PlainAutoencoder(4, 3),
    "variational": lambda: VariationalAutoencoder(4, 3),
}
# log(1 + n) over its largest: (1, 0, 0, 0), none, (1, .5, 0, 0), (0, 1, 1, 0).
COUNTS = sparse.csr_array(
    np.array([[5, 0, 0, 0], [0, 0, 0, 0], [3, 1, 0, 0], [0, 1, 1, 0]], "float32")
)
# Sums 2, 1.5, 1, 0, each plus .05, over three documents with words plus .1.
MEAN = np.array([2.05, 1.55, 1.05, 0.05]) / 3.1


@pytest.mark.parametrize("name", MODELS)
def test_an_empty_code_gives_the_mean_document(name):
    model = MODELS[name]()
    bias = model.get_layer("tied_dense").reverse_bias
    assert not bias.numpy().any()
    others = [w.numpy() for w in model.weights if w is not bias]
    adapt_output(model, COUNTS, "words")
    softmax = keras.ops.softmax(bias).numpy()
    np.testing.assert_allclose(softmax, MEAN / MEAN.sum(), rtol=1e-5)
    adapt_output(model, COUNTS, "binary")
    np.testing.assert_allclose(keras.ops.sigmoid(bias), MEAN, rtol=1e-5)
    same = [w.numpy() for w in model.weights if w is not bias]
    for before, after in zip(others, same, strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_word_of_every_document_has_a_finite_logit():
    model = PlainAutoencoder(2, 1)
    adapt_output(model, sparse.csr_array(np.array([[1.0, 0], [2.0, 0]])), "binary")
    # log(2.05 / .05) and its negative.
    bias = model.get_layer("tied_dense").reverse_bias
    np.testing.assert_allclose(bias, [3.713572, -3.713572], rtol=1e-5)


@pytest.mark.parametrize("variant", ["kate", "variational"])
@pytest.mark.parametrize(
    ("choice", "start"),
    [
        ({}, "frequencies"),
        ({"output_bias": "zeros"}, "zeros"),
        ({"recipe": "paper", "learning_rate": 1e-9}, "zeros"),
        (
            {"recipe": "paper", "learning_rate": 1e-9, "output_bias": "frequencies"},
            "frequencies",
        ),
    ],
)
def test_training_starts_where_the_recipe_says(variant, choice, start):
    options = {"learning_rate": 1e-9, "epochs": 1, "verbose": False, "random_state": 0}
    counts = np.repeat(COUNTS.toarray(), 3, axis=0)
    model = KATE(3, variant=variant, **{**options, **choice}).fit(counts)
    bias = model.autoencoder_.get_layer("tied_dense").reverse_bias.numpy()
    # Each document three times: sums 6, 4.5, 3, 0 over nine with words.
    mean = np.array([6.05, 4.55, 3.05, 0.05]) / 9.1
    logits = np.log(mean) - (np.log1p(-mean) if "recipe" in choice else 0)
    expected = logits if start == "frequencies" else np.zeros(4)
    np.testing.assert_allclose(bias, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("d", "options", "start"),
    [
        (3, {}, 0.5),
        (130, {"variant": "no-amplification"}, 0.5),
        (3, {"variant": "k-sparse"}, 0.0),
        (3, {"variant": "deep"}, 0.0),
        (3, {"recipe": "paper"}, 0.0),
    ],
)
def test_units_start_where_the_recipe_says(d, options, start):
    counts = np.random.default_rng(0).poisson(0.2, (30, 150)).astype("float32")
    common = {"learning_rate": 1e-9, "epochs": 1, "verbose": False}
    model = KATE(d, **{**common, **options}).fit(counts)
    bias = model.autoencoder_.get_layer("tied_dense").bias.numpy()
    np.testing.assert_allclose(bias, start, atol=1e-5)
