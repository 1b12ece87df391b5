"""Axes to draw on: those that were given, or new ones."""

from collections.abc import Mapping
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.legend import Legend


def axes_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """Returns the given axes, or those of a new figure.

    Args:
        ax: Axes of the caller, or `None`.
        width: Width of a new figure in inches.
        height: Its height.
    """
    if ax is not None:
        return ax
    # A figure of pyplot is what notebooks display; whoever passes axes needs no pyplot.
    from matplotlib import pyplot

    return pyplot.subplots(figsize=(width, height), layout="constrained")[1]


def add_color_bar(ax: Axes, drawn: ScalarMappable, label: str) -> Colorbar:
    """Adds the scale of the colours beside the axes."""
    bar = ax.figure.colorbar(drawn, ax=ax, fraction=0.05, pad=0.02, aspect=35)
    bar.set_label(label)
    return bar


def add_legend(ax: Axes, drawn: Mapping[str, Artist], **options: Any) -> Legend:
    """Adds a legend in which names are shown as they are, dollars included.

    Args:
        ax: Axes.
        drawn: What stands for each name.
        **options: Options of the legend.

    Returns:
        The legend.
    """
    # Of what it finds by itself, a legend leaves out names that begin with "_".
    legend = ax.legend(list(drawn.values()), list(drawn), **options)
    for text in legend.get_texts():
        text.set_parse_math(False)
    return legend


def clear_frame(ax: Axes) -> None:
    """Leaves out the frame's upper and right line, which carry no scale."""
    ax.spines[["top", "right"]].set_visible(False)
