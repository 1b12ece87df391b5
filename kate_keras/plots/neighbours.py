"""Words and their nearest words."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from kate_keras.plots.axes import axes_or_new, clear_frame
from kate_keras.plots.colors import RAISES
from kate_keras.plots.named import require_named


def plot_neighbours(
    neighbours: Mapping[str, Sequence[tuple[str, float]]], *, ax: Axes | None = None
) -> Axes:
    """Draws the nearest words of one or several words, by their cosine.

    Args:
        neighbours: For each word what `KATE.similar_words` returns of it: words and
            cosines, nearest first.
        ax: Axes to draw on; `None`, those of a new figure.

    Returns:
        The axes.

    Raises:
        InputError: If there is no word, or the neighbours are not by word.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from kate_keras.plots import plot_neighbours
        >>> found = {"moon": [("lunar", 0.9), ("orbit", 0.8)]}
        >>> ax = plot_neighbours(found, ax=Figure().subplots())
        >>> [label.get_text() for label in ax.get_yticklabels()]
        ['moon', 'lunar', 'orbit']

    Reference:
        Chen and Zaki 2017, table 3, as a picture.
    """
    require_named("neighbours", neighbours, "words and cosines")
    names: list[str] = []
    headings: list[int] = []
    cosines: dict[int, float] = {}
    for word, nearest in neighbours.items():
        headings.append(len(names))
        names.append(word)
        for name, cosine in nearest:
            cosines[len(names)] = cosine
            names.append(name)
    ax = axes_or_new(ax, 4.5, 1.1 + 0.2 * len(names))
    ax.hlines(list(cosines), 0, list(cosines.values()), color=RAISES, linewidth=1)
    ax.plot(list(cosines.values()), list(cosines), "o", color=RAISES, markersize=5)
    ax.set_yticks(range(len(names)), names, parse_math=False)
    for place in headings:
        ax.get_yticklabels()[place].set_fontweight("bold")
        if place:
            ax.axhline(place - 0.5, color="#cccccc", linewidth=0.8)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlim(min([0.0, *cosines.values()]) * 1.05, 1)
    ax.set(title="nearest words", xlabel="cosine")
    clear_frame(ax)
    return ax
