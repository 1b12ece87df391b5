import keras
import numpy as np
import pytest
import tensorflow as tf

from kate_keras.layers import compete
from kate_keras.models import KATEAutoencoder


@pytest.fixture
def autoencoder():
    model = KATEAutoencoder(12, 6, k=3, alpha=0.7, input_dropout=0.4, random_state=3)
    weights = np.random.default_rng(0)
    model.set_weights([weights.normal(size=w.shape) for w in model.get_weights()])
    return model


def counts(rows=5):
    return np.random.default_rng(1).poisson(0.8, (rows, 12)).astype("float32")


def numpy_logits(model, x, alpha):
    kernel, bias, reverse_bias = (
        w.numpy() for w in model.get_layer("tied_dense").trainable_weights
    )
    logs = np.log1p(x) / np.maximum(np.log1p(x).max(axis=1, keepdims=True), 1e-9)
    h = np.tanh(logs @ kernel + bias)
    code = h if alpha is None else compete(tf.constant(h), 3, alpha).numpy()
    return code @ kernel.T + reverse_bias


def test_inference_is_the_plain_tanh_autoencoder(autoencoder):
    expected = numpy_logits(autoencoder, counts(), alpha=None)
    np.testing.assert_allclose(autoencoder(counts()), expected, rtol=1e-4, atol=1e-4)


def test_the_competitive_network_keeps_the_competition_at_inference(autoencoder):
    expected = numpy_logits(autoencoder, counts(), alpha=0.7)
    output = autoencoder.competitive(counts(), training=False)
    np.testing.assert_allclose(output, expected, rtol=1e-4, atol=1e-4)
    assert not np.allclose(output, autoencoder(counts()), atol=0.1)


def test_layers_bear_the_names_that_others_rely_on(autoencoder):
    names = [layer.name for layer in autoencoder.layers]
    expected = "counts log_count input_dropout tied_dense activations competition"
    assert names == expected.split()
    assert autoencoder.encoder.layers[-1].name == "read_out"


def test_encoder_and_competitive_share_the_weights(autoencoder):
    for model in (autoencoder.encoder, autoencoder.competitive):
        kernel = model.get_layer("tied_dense").kernel
        assert kernel is autoencoder.get_layer("tied_dense").kernel


def test_reloads_as_itself_with_all_three_networks(autoencoder, tmp_path):
    autoencoder.encoder.get_layer("read_out").adapt([np.random.rand(40, 6)])
    autoencoder.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert type(again) is KATEAutoencoder
    assert again.get_config() == autoencoder.get_config()
    for one, other in (
        (autoencoder, again),
        (autoencoder.encoder, again.encoder),
        (autoencoder.competitive, again.competitive),
    ):
        np.testing.assert_array_equal(one(counts()), other(counts()))


def test_a_clone_is_still_tied(autoencoder):
    clone = keras.models.clone_model(autoencoder)
    assert len(clone.trainable_weights) == len(autoencoder.trainable_weights) == 3


def test_the_seed_fixes_the_initial_weights():
    def kernel(seed):
        model = KATEAutoencoder(12, 6, k=3, random_state=seed)
        return model.get_layer("tied_dense").kernel.numpy()

    np.testing.assert_array_equal(kernel(1), kernel(1))
    assert not np.array_equal(kernel(1), kernel(2))


def test_any_keras_loss_and_optimizer_train_it(autoencoder):
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(0.05)
    autoencoder.compile(optimizer, loss, jit_compile=False)
    history = autoencoder.fit(counts(40), counts(40) > 0, epochs=20, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
