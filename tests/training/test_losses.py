import keras
import numpy as np
import pytest
import tensorflow as tf

from kate_keras.training import BinaryCrossentropy, WordCrossentropy

GENERATOR = np.random.default_rng(0)
X = GENERATOR.random((4, 7)).astype("float32")
LOGITS = GENERATOR.normal(size=(4, 7), scale=5).astype("float32")


def test_word_crossentropy_equals_its_definition():
    softmax = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
    expected = -(X * np.log(softmax)).sum(axis=1).mean()
    assert float(WordCrossentropy()(X, LOGITS)) == pytest.approx(expected, rel=1e-5)


def test_binary_crossentropy_is_keras_own_summed_over_words():
    stock = keras.losses.BinaryCrossentropy(from_logits=True)(X, LOGITS)
    expected = float(stock) * X.shape[1]
    assert float(BinaryCrossentropy()(X, LOGITS)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("loss", [WordCrossentropy(), BinaryCrossentropy()])
def test_extreme_logits_stay_finite_in_value_and_gradient(loss):
    with tf.GradientTape() as tape:
        logits = tf.constant([[1e4, -1e4, 0.0]])
        tape.watch(logits)
        value = loss(tf.constant([[0.0, 1.0, 0.5]]), logits)
    assert np.isfinite(value)
    assert np.isfinite(tape.gradient(value, logits)).all()


@pytest.mark.parametrize(
    ("loss", "best"),
    [
        (WordCrossentropy(), np.log([[0.25, 0.75]])),
        (BinaryCrossentropy(), np.log([[1 / 3, 3.0]])),
    ],
)
def test_the_reconstruction_that_equals_the_target_is_best(loss, best):
    x = np.array([[0.25, 0.75]])
    for other in (best + [[0.5, 0.0]], best - [[0.5, 0.0]], best - [[0.0, 0.5]]):
        assert loss(x, best) < loss(x, other)
