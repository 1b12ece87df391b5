import numpy as np
import pytest
import tensorflow as tf

from kate_keras.layers import KSparse


def loop(h, k):
    out = np.zeros_like(h)
    for i, row in enumerate(h):
        for j in np.argsort(-row, kind="stable")[:k]:
            out[i, j] = row[j]
    return out


def test_keeps_the_largest_by_value():
    h = np.array([[0.5, -0.75, 0.25, 0.0], [-1.0, -2.0, -3.0, -4.0]], "float32")
    expected = [[0.5, 0, 0.25, 0], [-1, -2, 0, 0]]
    np.testing.assert_array_equal(KSparse(2)(h, training=True), expected)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("k", [1, 3, 9])
def test_equals_the_plain_loop_ties_included(k, jit_compile):
    h = np.round(np.random.default_rng(k).normal(size=(30, 9)), 1).astype("float32")
    layer = KSparse(k)
    call = tf.function(lambda x: layer(x, training=True), jit_compile=jit_compile)
    np.testing.assert_array_equal(call(h), loop(h, k))


def test_the_gradient_passes_through_survivors_alone():
    with tf.GradientTape() as tape:
        x = tf.constant([[3.0, 1.0, 2.0]])
        tape.watch(x)
        value = tf.reduce_sum(KSparse(2)(x, training=True) * [[5.0, 7.0, 11.0]])
    np.testing.assert_array_equal(tape.gradient(value, x), [[5.0, 0.0, 11.0]])


def test_dense_at_inference_unless_told_otherwise():
    h = np.array([[1.0, 2.0]], "float32")
    np.testing.assert_array_equal(KSparse(1)(h), h)
    np.testing.assert_array_equal(KSparse(1, inference="sparse")(h), [[0.0, 2.0]])


@pytest.mark.parametrize(
    ("k", "message"),
    [
        (0, "at least 1"),
        (3, "must not exceed"),
        (None, "must be a whole number.*k=None"),
        ("2", "must be a whole number.*k='2'"),
        (float("inf"), "must be a whole number.*k=inf"),
    ],
)
def test_k_out_of_range_is_refused(k, message):
    with pytest.raises(ValueError, match=message):
        KSparse(k)(np.zeros((1, 2), "float32"), training=True)
