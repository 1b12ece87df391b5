from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import small_kate, themed_documents
from scipy import sparse

from benchmarks.quality import other_trainings
from benchmarks.quality.other_trainings import (
    OTHER_TRAININGS,
    AveragedWeights,
    MassPowered,
    amplified_late,
    let_go,
    smoothed_kernel,
)
from kate_keras.layers.competition import compete
from kate_keras.training import WordCrossentropy, train


def trained(trainer=train):
    texts = themed_documents(120)[0]
    return small_kate(epochs=4).fit(texts, trainer=trainer).autoencoder_.kernel


@pytest.fixture(scope="module")
def default():
    return trained()


@pytest.mark.parametrize("name", OTHER_TRAININGS)
def test_each_trains_in_another_way_and_leaves_nothing_changed(name, default):
    other = trained(OTHER_TRAININGS[name])
    assert np.isfinite(other).all()
    # Several times what one rounding moves.
    assert np.abs(other - default).max() > 1e-4
    np.testing.assert_array_equal(trained(), default)


@pytest.mark.parametrize(
    ("elapsed", "share"), [(0.0, 1.0), (0.5, 1.0), (0.75, 0.5), (1.0, 0.0)]
)
def test_the_competition_is_let_go_in_the_second_half(elapsed, share):
    h = tf.constant([[0.8, 0.2, 0.1, -0.1, -0.3, -0.6]])
    expected = share * compete(h, 2, 1.0) + (1 - share) * h
    found = let_go(h, 2, 1.0, tf.constant(elapsed))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("elapsed", "alpha"), [(0.0, 0.0), (0.25, 0.5), (0.5, 1.0), (1.0, 1.0)]
)
def test_the_amplification_grows_over_the_first_half(elapsed, alpha):
    h = tf.constant([[0.8, 0.2, 0.1, -0.1, -0.3, -0.6]])
    found = amplified_late(h, 2, 1.0, tf.constant(elapsed))
    np.testing.assert_allclose(found, compete(h, 2, alpha), rtol=1e-6)


@pytest.mark.parametrize(
    ("power", "weights"), [(-1.0, [0.25, 1.0]), (-0.5, [0.5, 1.0]), (1.0, [4.0, 1.0])]
)
def test_documents_count_by_their_mass(power, weights):
    # Of mass 4 and 1, and one without words.
    x = tf.sparse.from_dense([[1.0, 3.0], [0.0, 1.0], [0.0, 0.0]])
    logits = tf.constant([[0.0, 1.0], [2.0, 0.0], [1.0, 1.0]])
    usual = WordCrossentropy().sparse(x, logits)
    found = MassPowered(power).sparse(x, logits)
    np.testing.assert_allclose(found, usual * [*weights, 1.0], rtol=1e-6)
    assert found[2] == 0


def test_a_smoothed_kernel_is_shrunk_where_documents_hardly_differ():
    # Words 0 and 1 come together, word 2 alone: 8 + .3 mean and 2 + .3 mean.
    x = sparse.csr_array([[2.0, 2.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    kernel = np.array([[3.0, 1.0], [1.0, -1.0], [1.0, 2.0]])
    penalty = 0.3 * (4 + 4 + 2) / 3
    # What tells the first two words apart, no document has: both get their mean.
    together, alone = 8 / (8 + penalty), 2 / (2 + penalty)
    expected = [
        [2 * together, 0.0],
        [2 * together, 0.0],
        [1 * alone, 2 * alone],
    ]
    np.testing.assert_allclose(smoothed_kernel(x, kernel), expected, atol=1e-12)


def test_the_share_that_has_elapsed_ends_with_one():
    seen = []

    class Look(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(float(elapsed.share))

    elapsed = other_trainings.Elapsed()
    trainer = partial(train, callbacks=[elapsed, Look()])
    small_kate(epochs=3).fit(themed_documents(60)[0], trainer=trainer)
    assert seen == [0.0, 0.5, 1.0]


def test_the_mean_is_that_of_the_last_five_epochs():
    inputs = keras.Input((1,))
    dense = keras.layers.Dense(1, use_bias=False)
    model = keras.Model(inputs, dense(inputs))
    averaged = AveragedWeights()
    averaged.set_model(model)
    for epoch in range(7):
        model.set_weights([np.array([[float(epoch)]])])
        averaged.on_epoch_end(epoch, {"val_competition_loss": 1.0})
    averaged.restore()
    # Of 2, 3, 4, 5 and 6.
    assert dense.kernel.numpy().item() == 4.0
