"""What is watched of the competition, against plain loops and backpropagation."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import small_kate
from scipy import sparse

from kate_keras.layers import KCompetitive, KSparse
from kate_keras.models import KATEAutoencoder
from kate_keras.training import CompetitionMonitor, WordCrossentropy
from kate_keras.training.competition_monitor import MOST_LOGITS

H = np.array([[0.8, 0.2, 0.0, -0.1, -0.6], [0.5, 0.9, 0.0, 0.1, -0.2]], "float32")
G = np.array([[1.0, 2.0, 3.0, 4.0, -1.0], [1.0, -2.0, 1.0, 1.0, 0.5]], "float32")


def watch(layer, h=H, g=G):
    logs = {}
    monitor = CompetitionMonitor(layer, lambda: (tf.constant(h), tf.constant(g)))
    monitor.on_epoch_end(0, logs)
    return logs


def test_a_sample_by_hand():
    logs = watch(KCompetitive(2, alpha=0.5))
    # First document: units 0 and 4 win; second: 1 and 4. Units 2 and 3 never do.
    assert logs["winners"] == 2
    assert logs["units_without_wins"] == 2
    # Direct: 1, -1, -2, .5. Losers: .2 by .5 * 1, -.1 by .5 * -1; .5 and .1 by .5 * -2.
    assert logs["share_through_alpha"] == pytest.approx(3 / (4.5 + 3))


@pytest.mark.parametrize("layer", [KSparse(2), KCompetitive(2, alpha=0.0)])
def test_without_amplification_nothing_comes_by_way_of_the_energy(layer):
    assert watch(layer)["share_through_alpha"] == 0


def test_the_largest_by_value_are_the_winners_of_k_sparse_units():
    h = np.array([[0.9, 0.8, 0.7, 0.6], [-0.1, -0.2, -0.3, 0.4]], "float32")
    logs = watch(KSparse(2), h, np.ones_like(h))
    # Units 0 and 1; 3 and 0.
    assert logs["winners"] == 2
    assert logs["units_without_wins"] == 1


def test_a_sample_without_gradient_or_winners_has_no_share():
    logs = watch(KCompetitive(2), np.zeros_like(H))
    assert logs == {"winners": 0, "units_without_wins": 5, "share_through_alpha": 0}


def test_half_precision_and_further_axes_are_watched_too():
    h, g = H[:, None, :].astype("float16"), G[:, None, :].astype("float16")
    found, expected = (
        watch(KCompetitive(2, alpha=0.5), h, g),
        watch(KCompetitive(2, 0.5)),
    )
    assert found["winners"] == expected["winners"]
    assert found["share_through_alpha"] == pytest.approx(
        expected["share_through_alpha"], rel=1e-3
    )


def test_the_gradient_of_an_autoencoder_is_that_of_its_training_network():
    rng = np.random.default_rng(0)
    counts = rng.poisson(0.5, (9, 12)).astype("float32")
    model = KATEAutoencoder(12, n_components=6, k=3, alpha=0.7)
    loss = WordCrossentropy()
    monitor = CompetitionMonitor.of_autoencoder(
        model, loss, sparse.csr_array(counts), np.array([4, 0, 7])
    )
    h, upstream = monitor.measure()
    sample = tf.constant(counts[[4, 0, 7]])
    np.testing.assert_allclose(h, model.code(sample), atol=1e-6)
    x = model.get_layer("log_count")(sample)
    with tf.GradientTape() as tape:
        z = tf.constant(model.competition()(h, training=True))
        tape.watch(z)
        total = tf.reduce_sum(loss.call(x, model.decode(z)))
    np.testing.assert_allclose(upstream, tape.gradient(total, z), atol=1e-5)


def test_the_sample_is_small_where_there_are_many_words():
    counts = sparse.csr_array(np.ones((5, 8), "float32"))
    wide = sparse.csr_array((5, MOST_LOGITS // 2))
    for matrix, expected in ((counts, 5), (wide, 2)):
        wide_model = KATEAutoencoder(matrix.shape[1], n_components=2, k=1)
        monitor = CompetitionMonitor.of_autoencoder(
            wide_model, WordCrossentropy(), matrix, np.arange(5)
        )
        assert len(monitor.measure()[0]) == expected


@pytest.mark.parametrize("inference", ["dense", "sparse"])
def test_a_trained_model_remembers_its_competition(themed, inference):
    model = small_kate(epochs=3, inference=inference).fit(themed[0])
    assert len(model.history_["winners"]) == 3
    assert all(0 < count <= 2 for count in model.history_["winners"])
    assert all(0 <= count < 6 for count in model.history_["units_without_wins"])
    assert all(0 < share < 1 for share in model.history_["share_through_alpha"])


def test_a_model_without_competition_has_none_to_remember(themed):
    model = small_kate(epochs=2, variant="plain", k=None).fit(themed[0])
    assert "winners" not in model.history_


def test_a_layer_of_ones_own_model_is_watched():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 5)).astype("float32")
    compete = KCompetitive(2, alpha=1.0)
    inputs = keras.Input((5,))
    code = compete(keras.layers.Dense(6, activation="tanh")(inputs))
    outputs = keras.layers.Dense(5)(code)
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse")
    monitor = CompetitionMonitor.of_layer(model, compete, x, x)
    history = model.fit(x, x, epochs=2, verbose=0, callbacks=[monitor]).history
    assert len(history["winners"]) == 2
    h, upstream = monitor.measure()
    with tf.GradientTape() as tape:
        z = tf.constant(compete(h, training=True))
        tape.watch(z)
        loss = tf.reduce_mean(tf.square(model.layers[-1](z) - x))
    np.testing.assert_allclose(upstream, tape.gradient(loss, z), atol=1e-6)
