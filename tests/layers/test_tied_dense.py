import keras
import numpy as np
import pytest

from kate_keras.layers import TiedDense


def autoencoder(layer):
    inputs = keras.Input((3,))
    return keras.Model(
        inputs, layer(keras.layers.Activation("tanh")(layer(inputs)), reverse=True)
    )


def test_forward_and_reverse_use_one_kernel_and_two_biases():
    layer = TiedDense(2)
    layer.build((None, 3))
    layer.kernel.assign([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    layer.bias.assign([0.5, -0.5])
    layer.reverse_bias.assign([0.1, 0.2, 0.3])
    np.testing.assert_allclose(layer(np.ones((1, 3), "float32")), [[9.5, 11.5]])
    decoded = layer(np.array([[1.0, -1.0]], "float32"), reverse=True)
    np.testing.assert_allclose(decoded, [[-0.9, -0.8, -0.7]], rtol=1e-5)


def test_a_clone_is_still_tied():
    clone = keras.models.clone_model(autoencoder(TiedDense(2)))
    assert len(clone.trainable_weights) == 3
    kernel = clone.layers[1].kernel
    kernel.assign(np.zeros((3, 2)))
    np.testing.assert_array_equal(clone(np.ones((1, 3))), np.zeros((1, 3)))


def test_both_uses_send_gradient_to_the_kernel():
    model = autoencoder(
        TiedDense(2, kernel_initializer=keras.initializers.RandomNormal(seed=1))
    )
    model.compile("sgd", "mse", jit_compile=False)
    before = [w.numpy() for w in model.trainable_weights]
    model.fit(np.ones((4, 3)), np.zeros((4, 3)), verbose=0)
    after = [w.numpy() for w in model.trainable_weights]
    assert all(not np.array_equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("units", [0, -2, 1.5, True, None, "2"])
def test_units_that_are_no_positive_number_are_refused(units):
    with pytest.raises(ValueError, match="`units` must be a whole number"):
        TiedDense(units)
