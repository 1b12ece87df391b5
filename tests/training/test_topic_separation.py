"""How topics are kept apart in training."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from kate_keras.analysis import mscd
from kate_keras.models import KATEAutoencoder
from kate_keras.training import RECIPES, topic_separation, train
from kate_keras.training.topic_separation import (
    TopicSeparation,
    separated_words,
    separation,
)


def cosines(kernel):
    lengths = np.linalg.norm(kernel, axis=0)
    return kernel.T @ kernel / np.outer(lengths, lengths)


def moved(kernel, share):
    return kernel @ separation(kernel.T @ kernel, share)


@pytest.mark.parametrize(
    ("share", "cosine"),
    # The eigenvalues of the cosines are 1.6 and .4; to the power of 1/2 their ratio is
    # 2, and (2 - 1) / (2 + 1) a third.
    [(0.0, 0.6), (0.5, 1 / 3), (1.0, 0.0)],
)
def test_two_topics_by_hand(share, cosine):
    kernel = np.array([[2.0, 3.0], [0.0, 4.0]])
    found = moved(kernel, share)
    assert cosines(found)[0, 1] == pytest.approx(cosine, abs=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=0), [2, 5], rtol=1e-6)


def test_all_of_the_way_leads_to_the_nearest_orthonormal_columns():
    kernel = np.random.default_rng(0).normal(size=(40, 6)) + 0.5
    lengths = np.linalg.norm(kernel, axis=0)
    # The orthogonal Procrustes problem has them by singular values.
    left, _, right = np.linalg.svd(kernel / lengths, full_matrices=False)
    np.testing.assert_allclose(moved(kernel, 1.0), left @ right * lengths, atol=1e-5)


def test_shares_follow_each_other_like_powers():
    kernel = np.random.default_rng(1).normal(size=(40, 2)) + 0.5
    # Of two columns alone all lengths stay: 1 - .75 = (1 - .5) (1 - .5).
    np.testing.assert_allclose(
        moved(moved(kernel, 0.5), 0.5), moved(kernel, 0.75), atol=1e-5
    )


@pytest.mark.parametrize("share", [0.1, 1.0])
def test_more_topics_than_words_and_a_topic_of_none(share):
    kernel = np.random.default_rng(2).normal(size=(4, 7))
    kernel[:, 3] = 0.0
    found = moved(kernel, share)
    assert np.isfinite(found).all()
    assert not found[:, 3].any()
    expected = np.linalg.norm(kernel, axis=0)
    np.testing.assert_allclose(np.linalg.norm(found, axis=0), expected, rtol=1e-4)


def test_training_with_it_makes_topics_more_distinct(counts):
    found = []
    for share in (0.0, 0.5):
        autoencoder = KATEAutoencoder(15, 6, k=2, alpha=1.0)
        recipe = dataclasses.replace(
            RECIPES["default"], epochs=3, min_steps=1, separation=share
        )
        train(autoencoder, counts, recipe, verbose=False)
        found.append(mscd(autoencoder.kernel))
    assert found[1] < 0.7 * found[0]


def test_the_weights_of_an_epoch_are_measured_after_they_were_moved(counts):
    autoencoder = KATEAutoencoder(15, 6, k=2, alpha=1.0)
    recipe = dataclasses.replace(RECIPES["default"], epochs=1, separation=1.0)
    train(autoencoder, counts, recipe, verbose=False)
    np.testing.assert_allclose(cosines(autoencoder.kernel), np.eye(6), atol=1e-5)


def test_of_many_words_those_of_the_most_documents_are_moved(counts, monkeypatch):
    assert separated_words(counts).tolist() == list(range(15))
    monkeypatch.setattr(topic_separation, "MOST_WORDS", 10)
    words = separated_words(counts)
    frequency = np.asarray((counts > 0).sum(axis=0)).ravel()
    others = np.setdiff1d(np.arange(15), words)
    assert len(words) == 10
    assert (np.diff(words) > 0).all()
    assert frequency[words].min() >= frequency[others].max()
    autoencoder = KATEAutoencoder(15, 6, k=2, alpha=1.0)
    before = autoencoder.kernel
    callback = TopicSeparation(1.0, words)
    callback.set_model(SimpleNamespace(autoencoder=autoencoder))
    callback.on_test_begin()
    np.testing.assert_array_equal(autoencoder.kernel[others], before[others])
    moved = cosines(autoencoder.kernel[words])
    np.testing.assert_allclose(moved, np.eye(6), atol=1e-5)


# The last one's square is not finite.
@pytest.mark.parametrize("weight", [np.nan, np.inf, 1e20])
def test_weights_that_diverged_are_left_to_the_message_about_them(weight):
    autoencoder = KATEAutoencoder(15, 6, k=2, alpha=1.0)
    kernel = autoencoder.get_layer("tied_dense").kernel
    kernel.assign(np.full((15, 6), weight))
    callback = TopicSeparation(0.1, np.arange(15))
    callback.set_model(SimpleNamespace(autoencoder=autoencoder))
    callback.on_test_begin()
    np.testing.assert_array_equal(kernel.numpy(), np.full((15, 6), weight, "float32"))
