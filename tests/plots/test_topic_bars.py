from itertools import pairwise

from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from kate_keras.analysis import Topic
from kate_keras.plots import plot_topic
from kate_keras.plots.colors import LOWERS, RAISES


def words(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_bars_have_the_influences_strongest_at_the_ends(ax):
    positive = (("moon", 0.5), ("orbit", 0.25))
    negative = (("cheese", -0.4), ("bread", -0.1))
    plot_topic(Topic(7, positive, negative), ax=ax)
    assert words(ax) == ["moon", "orbit", "bread", "cheese"]
    assert [bar.get_width() for bar in ax.patches] == [0.5, 0.25, -0.1, -0.4]
    # The first is the uppermost, as the axis points down.
    assert [bar.get_y() + bar.get_height() / 2 for bar in ax.patches] == [0, 1, 2, 3]
    assert ax.get_ylim() == (3.5, -0.5)
    assert ax.get_title() == "topic 7"
    assert "influence" in ax.get_xlabel()


def test_signs_have_colours_of_their_own(ax, topic):
    plot_topic(topic, ax=ax)
    colors = [to_hex(bar.get_facecolor()).upper() for bar in ax.patches]
    assert colors == [RAISES, RAISES, LOWERS]


def test_a_topic_may_have_one_word_or_none(ax):
    plot_topic(Topic(0, (("moon", 0.5),), ()), ax=ax)
    assert words(ax) == ["moon"]
    ax.clear()
    plot_topic(Topic(0, (), ()), ax=ax)
    assert not ax.patches
    assert ax.get_title() == "topic 0"


def test_a_models_topic_is_drawn(ax, model):
    topic = model.topics(n_words=3)[0]
    plot_topic(topic, ax=ax)
    assert words(ax)[0] == topic.positive[0][0]
    assert words(ax)[-1] == topic.negative[0][0]
    assert len(ax.patches) == 6


def test_small_influences_stay_readable_on_small_axes():
    words = tuple((f"word{i}", 0.0068 - 0.0004 * i) for i in range(7))
    topic = Topic(7, words, tuple((word, -influence) for word, influence in words))
    figure = Figure(figsize=(3.2, 3.2), layout="constrained")
    ax = plot_topic(topic, ax=figure.subplots())
    figure.draw_without_rendering()
    left, right = ax.get_xlim()
    boxes = [
        label.get_window_extent()
        for label in ax.get_xticklabels()
        if left <= label.get_position()[0] <= right
    ]
    assert len(boxes) >= 3
    assert all(a.x1 < b.x0 for a, b in pairwise(boxes))
