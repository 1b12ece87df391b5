"""Topics and their words as a heat map: whether topics share words."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from kate_keras.analysis import Topic
from kate_keras.errors import require
from kate_keras.plots.axes import axes_or_new
from kate_keras.plots.heat_map import draw_signed, name_cells


def plot_topic_words(
    topics: Sequence[Topic], n_words: int = 4, *, ax: Axes | None = None
) -> Axes:
    """Draws how much each topic's strongest words move every topic.

    A row is a word, a column a topic; words stand in the order of the topics that they
    are strongest in. Distinct topics show a diagonal of blocks; a row with many colours
    is a word that topics share.

    Args:
        topics: Some of what `KATE.topics` returns. A cell is blank where the topic does
            not list the word: with `n_words=len(model.vocabulary_)` a topic lists all.
        n_words: Words of each topic, the strongest of either sign.
        ax: Axes to draw on; `None`, those of a new figure.

    Returns:
        The axes; the array of the image has shape `(n_rows, n_topics)`.

    Raises:
        InputError: If there is no topic, no topic lists a word, or `n_words` is below
            1.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from kate_keras.analysis import Topic
        >>> from kate_keras.plots import plot_topic_words
        >>> space = Topic(0, (("moon", 0.5),), (("cheese", -0.25),))
        >>> food = Topic(1, (("cheese", 1.0),), ())
        >>> ax = plot_topic_words([space, food], ax=Figure().subplots())
        >>> [label.get_text() for label in ax.get_yticklabels()]
        ['moon', 'cheese']

    Reference:
        Chen and Zaki 2017 show the weights of KATE beside those of LDA so, normalised;
        here they are the influences of `kate_keras.analysis.topics`.
    """
    require(n_words >= 1, "n_words", "at least 1", n_words)
    weights = [dict((*topic.positive, *topic.negative)) for topic in topics]
    words = _strongest_words(weights, n_words)
    require(bool(words), "topics", "topics that list a word", list(topics))
    influence = np.array([[own.get(word, np.nan) for own in weights] for word in words])
    width = 2.8 + 0.28 * len(topics)
    ax = axes_or_new(ax, min(width, 14), min(1.2 + 0.17 * len(words), 16))
    limit = float(np.nanmax(np.abs(influence))) or 1.0
    draw_signed(ax, influence, limit, "influence of the word")
    name_cells(ax, words, [str(topic.index) for topic in topics])
    ax.set(title="topics and their words", xlabel="topic")
    return ax


def _strongest_words(weights: Sequence[dict[str, float]], n_words: int) -> list[str]:
    """The strongest words of each topic, each once, in the order of topics."""
    return list(
        dict.fromkeys(
            word
            for own in weights
            for word in sorted(own, key=lambda word: -abs(own[word]))[:n_words]
        )
    )
