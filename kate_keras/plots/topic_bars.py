"""A topic as bars: the words that raise it, and those that lower it."""

from matplotlib.axes import Axes

from kate_keras.analysis import Topic
from kate_keras.plots.axes import axes_or_new, clear_frame
from kate_keras.plots.colors import LOWERS, RAISES


def plot_topic(topic: Topic, *, ax: Axes | None = None) -> Axes:
    """Draws the influence of a topic's words as bars, of both signs.

    Words are in the order of their influence: the first of the upper end is at the top,
    the first of the lower end at the bottom. A topic without words gives empty axes.

    Args:
        topic: One of what `KATE.topics` returns, with as many words as are to be drawn.
        ax: Axes to draw on; `None`, those of a new figure.

    Returns:
        The axes.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from kate_keras.analysis import Topic
        >>> from kate_keras.plots import plot_topic
        >>> topic = Topic(7, (("moon", 0.5), ("orbit", 0.25)), (("cheese", -0.5),))
        >>> ax = plot_topic(topic, ax=Figure().subplots())
        >>> [float(bar.get_width()) for bar in ax.patches]
        [0.5, 0.25, -0.5]
    """
    words = [*topic.positive, *reversed(topic.negative)]
    ax = axes_or_new(ax, 4.5, 1.1 + 0.2 * len(words))
    places = range(len(words))
    influences = [influence for _, influence in words]
    colors = [RAISES if influence > 0 else LOWERS for influence in influences]
    ax.barh(places, influences, color=colors, height=0.75)
    ax.axvline(0, color="black", linewidth=0.8)
    ax.set_yticks(places, [word for word, _ in words], parse_math=False)
    ax.locator_params(axis="x", nbins=4)
    ax.set_ylim(max(len(words), 1) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.set_title(f"topic {topic.index}")
    ax.set_xlabel("influence of the word")
    clear_frame(ax)
    return ax
