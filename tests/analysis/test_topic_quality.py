import numpy as np
import pytest
from conftest import THEMES

from kate_keras import InputError
from kate_keras.analysis import (
    TopicQuality,
    c_v,
    inverted_rbo,
    mscd,
    npmi,
    topic_quality,
    topic_word_ids,
)
from kate_keras.text import count_words

REFERENCE = np.array([[1, 2, 0, 0], [1, 1, 1, 0], [0, 0, 1, 1], [0, 1, 0, 3]])


def test_quality_is_the_mean_of_the_topics_and_their_diversity():
    topics = [[0, 1], [2, 3], [1, 3]]
    kernel = np.random.default_rng(0).normal(size=(4, 2))
    assert topic_quality(topics, REFERENCE, kernel) == TopicQuality(
        npmi=pytest.approx(npmi(topics, REFERENCE).mean()),
        c_v=pytest.approx(c_v(topics, REFERENCE).mean()),
        diversity=4 / 6,
        inverted_rbo=pytest.approx(inverted_rbo(topics)),
        mscd=mscd(kernel),
        n_topics=3,
    )
    assert topic_quality(topics, REFERENCE).mscd is None


def test_topics_of_themes_are_better_than_topics_across_them(model, themed):
    vocabulary = model.vocabulary_
    counts = count_words(themed[0], vocabulary)
    themes = [[vocabulary[word] for word in words[:3]] for words in THEMES.values()]
    across = np.array(themes).T
    good, bad = topic_quality(themes, counts), topic_quality(across, counts)
    assert good.npmi > bad.npmi + 0.2
    assert good.c_v > bad.c_v
    assert good.diversity == bad.diversity == 1


def test_a_trained_models_topics_can_be_measured(model, themed):
    kernel, spread = model.autoencoder_.kernel, model.vocabulary_.spread()
    ids = topic_word_ids(kernel, spread, 3)
    quality = topic_quality(ids, count_words(themed[0], model.vocabulary_), kernel)
    assert quality.n_topics == 12
    assert quality.npmi > 0
    assert all(np.isfinite(list(quality.to_json().values())))


def test_no_topics_are_refused():
    with pytest.raises(InputError, match="fewer words per topic"):
        topic_quality(np.zeros((0, 10), int), REFERENCE)
