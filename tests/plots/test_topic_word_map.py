import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.analysis import Topic
from kate_keras.plots import plot_topic_words

SPACE = Topic(0, (("moon", 0.5), ("orbit", 0.3)), (("cheese", -0.4),))
FOOD = Topic(3, (("cheese", 0.9), ("bread", 0.6)), (("orbit", -0.1), ("moon", -0.05)))


def rows(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_cells_are_the_influences_words_in_the_order_of_topics(ax):
    plot_topic_words([SPACE, FOOD], n_words=2, ax=ax)
    assert rows(ax) == ["moon", "cheese", "bread"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "3"]
    expected = [[0.5, -0.05], [-0.4, 0.9], [np.nan, 0.6]]
    array = ax.images[0].get_array()
    np.testing.assert_array_equal(array.filled(np.nan), expected)
    assert ax.images[0].get_clim() == (-0.9, 0.9)


def test_only_what_is_clearly_negative_carries_a_minus(ax):
    topic = Topic(0, (("a", 1.0),), (("b", -0.26), ("c", -0.24)))
    plot_topic_words([topic], ax=ax)
    assert [(t.get_text(), t.get_position()) for t in ax.texts] == [("−", (0, 1))]


def test_a_models_heat_map_is_made_of_its_influences(ax, model):
    n_words = len(model.vocabulary_)
    plot_topic_words(model.topics(n_words), n_words=2, ax=ax)
    ids = [model.vocabulary_[word] for word in rows(ax)]
    kernel, ends = model.autoencoder_.kernel, model.autoencoder_.topic_ends
    scale = model.vocabulary_.spread()[:, None] ** 0.5
    influence = np.zeros_like(kernel)
    for sign, end in zip((1, -1), ends, strict=True):
        pull, lift = np.maximum(sign * kernel, 0), np.maximum(kernel @ end, 0)
        influence += sign * scale * np.cbrt(pull * lift**2)
    array = ax.images[0].get_array()
    assert array.shape == (len(ids), 6)
    # `topics` lists no word of influence 0, so that only such a cell may be blank.
    np.testing.assert_allclose(array.filled(0), np.asarray(influence)[ids], rtol=1e-5)
    for index, topic in enumerate(model.topics(1)):
        words = {topic.positive[0][0], topic.negative[0][0]}
        strongest = int(np.argmax(np.abs(influence[:, index])))
        assert model.vocabulary_.words[strongest] in words & set(rows(ax))


def test_one_topic_of_one_word_is_one_cell(ax):
    plot_topic_words([Topic(0, (("moon", 0.5),), ())], n_words=1, ax=ax)
    assert ax.images[0].get_array().tolist() == [[0.5]]


@pytest.mark.parametrize("topics", [[], [Topic(0, (), ())]])
def test_topics_without_words_are_refused(topics, ax):
    with pytest.raises(InputError, match="`topics` must be topics that list a word"):
        plot_topic_words(topics, ax=ax)


def test_n_words_is_at_least_one(ax):
    with pytest.raises(InputError, match="`n_words` must be at least 1"):
        plot_topic_words([SPACE], n_words=0, ax=ax)


def test_names_that_cannot_be_read_are_left_out(ax):
    ax.figure.set_size_inches(6, 5)
    many = [Topic(0, tuple((f"w{i}", 1.0) for i in range(200)), ())]
    plot_topic_words(many, n_words=200, ax=ax)
    assert not rows(ax)
    ax.clear()
    plot_topic_words(many, n_words=40, ax=ax)
    assert len(rows(ax)) == 40
    assert min(label.get_fontsize() for label in ax.get_yticklabels()) >= 4.5
