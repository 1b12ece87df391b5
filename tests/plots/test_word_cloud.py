from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from kate_keras.analysis import Topic
from kate_keras.plots import plot_word_cloud
from kate_keras.plots.colors import LOWERS, RAISES


def boxes(ax):
    return [patch.get_path().get_extents() for patch in ax.patches]


def overlap(a, b):
    return min(a.x1, b.x1) > max(a.x0, b.x0) and min(a.y1, b.y1) > max(a.y0, b.y0)


def a_topic(n_words, seed=0):
    generator = np.random.default_rng(seed)

    def words(sign):
        sizes = sorted(generator.exponential(size=n_words), reverse=True)
        letters = ["".join(generator.choice(list("abgjpqyÅ"), 5)) for _ in sizes]
        pairs = zip(letters, sizes, strict=True)
        return tuple((word, float(sign * size)) for word, size in pairs)

    return Topic(3, words(1), words(-1))


@pytest.mark.parametrize("n_words", [1, 2, 20])
@pytest.mark.parametrize("seed", range(3))
def test_no_word_is_over_another_or_outside(n_words, seed, ax):
    plot_word_cloud(a_topic(n_words, seed), ax=ax)
    assert len(ax.patches) == 2 * n_words
    assert not any(overlap(a, b) for a, b in combinations(boxes(ax), 2))
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    # Letters of italics lean a little over their width.
    assert min(box.x0 for box in boxes(ax)) > left - 0.2
    assert max(box.x1 for box in boxes(ax)) < right + 0.2
    assert min(box.y0 for box in boxes(ax)) > bottom
    assert max(box.y1 for box in boxes(ax)) < top + 0.25


def test_words_are_as_large_as_their_influence_down_to_a_quarter(ax):
    topic = Topic(0, (("x", 1.0), ("x", 0.5)), (("x", -0.1),))
    plot_word_cloud(topic, ax=ax)
    heights = [box.height for box in boxes(ax)]
    largest = max(heights)
    assert sorted(h / largest for h in heights) == pytest.approx([0.25, 0.5, 1])


def test_signs_have_colours_of_their_own(ax, topic):
    plot_word_cloud(topic, ax=ax)
    colors = sorted(to_hex(patch.get_facecolor()).upper() for patch in ax.patches)
    assert colors == sorted([RAISES, RAISES, LOWERS])


def test_the_strongest_is_in_the_middle(ax):
    plot_word_cloud(a_topic(20), ax=ax)
    largest = max(boxes(ax), key=lambda box: box.height)
    bottom, top = ax.get_ylim()
    assert bottom + (top - bottom) / 4 < (largest.y0 + largest.y1) / 2
    assert (largest.y0 + largest.y1) / 2 < top - (top - bottom) / 4


def test_a_topic_without_words_gives_empty_axes(ax):
    plot_word_cloud(Topic(4, (), ()), ax=ax)
    assert not ax.patches
    assert "topic 4" in ax.get_title()
