import numpy as np
import pytest
import tensorflow as tf

from kate_keras.layers import sigmoid

A = np.random.default_rng(0).normal(scale=4, size=1003).astype("float32")


def test_it_equals_its_definition():
    expected = 1 / (1 + np.exp(-A.astype("float64")))
    np.testing.assert_allclose(sigmoid(tf.constant(A)), expected, atol=2e-7)


def test_extremes_stay_finite_in_value_and_gradient():
    with tf.GradientTape() as tape:
        inputs = tf.constant([-1e30, -200.0, 0.0, 200.0, 1e30])
        tape.watch(inputs)
        outputs = sigmoid(inputs)
    np.testing.assert_array_equal(outputs, [0, 0, 0.5, 1, 1])
    np.testing.assert_array_equal(tape.gradient(outputs, inputs), [0, 0, 0.25, 0, 0])


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 13])
def test_an_element_does_not_depend_on_its_place(size):
    together = sigmoid(tf.constant(A)).numpy()
    parts = [sigmoid(tf.constant(A[i : i + size])) for i in range(0, len(A), size)]
    np.testing.assert_array_equal(np.concatenate(parts), together)
