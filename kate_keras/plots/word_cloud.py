"""A topic as a cloud: the stronger a word, the larger."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from kate_keras.analysis import Topic
from kate_keras.plots.axes import axes_or_new
from kate_keras.plots.colors import LOWERS, RAISES
from kate_keras.plots.lettering import Extent, draw_text, extent

# The size of the weakest word as a part of that of the strongest.
SMALLEST = 0.25
# Between words, and between lines.
GAP, LEADING = 0.35, 0.05
# Width by height of the whole.
SHAPE = 1.7


class Word(NamedTuple):
    """A word of the cloud, of which the strongest has size 1."""

    text: str
    size: float
    lowers: bool

    @property
    def extent(self) -> Extent:
        """The room it takes."""
        return Extent(*(self.size * part for part in extent(self.text, self.lowers)))


def plot_word_cloud(topic: Topic, *, ax: Axes | None = None) -> Axes:
    """Draws a topic's words in lines, the largest in the middle, none over another.

    A word is as large as its influence, but not below a quarter of the strongest. What
    raises the unit is dark and upright, what lowers it light and in italics.

    Args:
        topic: One of what `KATE.topics` returns; some 15 words a sign fill a cloud. A
            topic without words gives empty axes.
        ax: Axes to draw on; `None`, those of a new figure.

    Returns:
        The axes.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from kate_keras.analysis import Topic
        >>> from kate_keras.plots import plot_word_cloud
        >>> topic = Topic(7, (("moon", 0.5), ("orbit", 0.25)), (("cheese", -0.5),))
        >>> len(plot_word_cloud(topic, ax=Figure().subplots()).patches)
        3
    """
    ax = axes_or_new(ax, 6, 4)
    lines = _from_the_middle(_lines(_words(topic)))
    y, widest = 0.0, 1.0
    for line in lines:
        y -= max(word.extent.ascent for word in line)
        width = sum(word.extent.width for word in line) + GAP * (len(line) - 1)
        x = -width / 2
        for word in line:
            color = LOWERS if word.lowers else RAISES
            draw_text(ax, word.text, x, y, word.size, word.lowers, color=color)
            x += word.extent.width + GAP
        y -= max(word.extent.descent for word in line) + LEADING
        widest = max(widest, width)
    ax.set(xlim=(-widest / 2, widest / 2), ylim=(min(y, -1.0), 0), aspect="equal")
    ax.set_axis_off()
    ax.set_title(f"topic {topic.index} (upright raises it, italics lower it)")
    return ax


def _words(topic: Topic) -> list[Word]:
    """The words of both signs, the strongest first."""
    weights = sorted((*topic.positive, *topic.negative), key=lambda w: -abs(w[1]))
    strongest = abs(weights[0][1]) if weights else 1.0
    return [
        Word(word, max(abs(weight) / strongest, SMALLEST), weight < 0)
        for word, weight in weights
    ]


def _lines(words: list[Word]) -> list[list[Word]]:
    """Fills lines with words in their order, to a whole of the wanted shape."""
    area = sum((word.extent.width + GAP) * word.size for word in words)
    full = max([np.sqrt(SHAPE * area), *(word.extent.width for word in words)])
    lines: list[list[Word]] = []
    room = 0.0
    for word in words:
        if word.extent.width > room:
            lines.append([])
            room = full
        lines[-1].append(word)
        room -= word.extent.width + GAP
    return lines


def _from_the_middle(lines: list[list[Word]]) -> list[list[Word]]:
    """Puts the first line in the middle, the others above and below in turns."""
    return [*reversed(lines[1::2]), *lines[0::2]]
