import numpy as np
import pytest
import tensorflow as tf

from kate_keras.layers import ContractiveDense

GENERATOR = np.random.default_rng(0)
X = GENERATOR.random((5, 7)).astype("float32")
SCALE = GENERATOR.uniform(0.5, 2.0, 7).astype("float32")


@pytest.fixture
def layer():
    dense = ContractiveDense(4, contraction=0.3)
    dense.build((None, 7))
    dense.set_weights(
        [GENERATOR.normal(size=w.shape).astype("float32") for w in dense.get_weights()]
    )
    dense.adapt(SCALE)
    return dense


def by_double_backpropagation(layer, x):
    """The penalty by a Jacobian inside a tape, and its gradients by W and b."""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            code = tf.sigmoid(
                tf.matmul(x * SCALE, layer.kernel.value) + layer.bias.value
            )
        jacobian = inner.batch_jacobian(code, x)
        squares = tf.reduce_sum(tf.square(jacobian), axis=[1, 2])
        penalty = 0.3 * tf.reduce_mean(squares)
    return penalty, outer.gradient(penalty, [layer.kernel.value, layer.bias.value])


def test_penalty_and_gradients_equal_double_backpropagation(layer):
    x = tf.constant(X)
    expected, expected_gradients = by_double_backpropagation(layer, x)
    with tf.GradientTape() as tape:
        layer(x * SCALE, training=True)
        (penalty,) = layer.losses
    gradients = tape.gradient(penalty, [layer.kernel.value, layer.bias.value])
    assert float(penalty) == pytest.approx(float(expected), rel=1e-5)
    for one, other in zip(gradients, expected_gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
        assert np.abs(other).max() > 1e-3


def test_the_penalty_by_hand():
    # W = [[1, 0], [2, 3]], b = (0, ln 3), x = 0: h = (1/2, 3/4), so the squared slopes
    # are (1/4)^2 = 1/16 and (3/16)^2 = 9/256. Squared lengths of the columns: 1 + 4 = 5
    # and 9. Penalty: 5/16 + 81/256 = 161/256.
    dense = ContractiveDense(2, contraction=1.0)
    dense.build((None, 2))
    dense.kernel.assign([[1.0, 0.0], [2.0, 3.0]])
    dense.bias.assign([0.0, np.log(3)])
    dense(np.zeros((3, 2), "float32"), training=True)
    assert float(dense.losses[0]) == pytest.approx(161 / 256, rel=1e-6)
    # Input weights (1, 2): lengths 1 + 16 = 17 and 36; 17/16 + 324/256 = 596/256.
    dense.adapt([1.0, 2.0])
    dense(np.zeros((3, 2), "float32"), training=True)
    assert float(dense.losses[0]) == pytest.approx(596 / 256, rel=1e-6)


def test_it_is_the_mean_over_the_documents(layer):
    def penalty(x):
        layer(x, training=True)
        return float(layer.losses[0])

    parts = [penalty(X[i : i + 1]) for i in range(5)]
    assert penalty(X) == pytest.approx(np.mean(parts), rel=1e-5)


@pytest.mark.parametrize("training", [False, None])
def test_there_is_no_penalty_outside_training(layer, training):
    layer(X, training=training)
    assert layer.losses == []


def test_decoding_has_no_penalty(layer):
    layer(np.ones((2, 4), "float32"), reverse=True, training=True)
    assert layer.losses == []


def test_the_output_stays_that_of_a_tied_dense_layer(layer):
    expected = X @ layer.kernel.numpy() + layer.bias.numpy()
    np.testing.assert_allclose(layer(X, training=True), expected, rtol=1e-5)


@pytest.mark.parametrize("contraction", [-1e-4, float("nan"), float("inf")])
def test_a_weight_out_of_range_is_refused(contraction):
    with pytest.raises(ValueError, match="`contraction` must be finite and at least 0"):
        ContractiveDense(2, contraction)
