"""Text as shapes in the units of the axes, so that its size is known before drawing."""

from functools import lru_cache
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.textpath import TextPath, TextToPath

# Capitals, and the tails of letters such as g, as parts of the font's size.
ASCENT, DESCENT = 0.76, 0.24


class Extent(NamedTuple):
    """Room that a text of size 1 takes.

    Attributes:
        width: From its left end to its right.
        ascent: Above the base line, not less than that of usual letters.
        descent: Below it, likewise.
    """

    width: float
    ascent: float
    descent: float


@lru_cache(maxsize=4096)
def extent(text: str, italic: bool = False) -> Extent:
    """Measures a text of size 1."""
    width, height, descent = TextToPath().get_text_width_height_descent(
        text, _font(italic), False
    )
    return Extent(width, max(ASCENT, height - descent), max(DESCENT, descent))


def draw_text(
    ax: Axes,
    text: str,
    x: float,
    y: float,
    size: float,
    italic: bool = False,
    **style: Any,
) -> PathPatch:
    """Draws a text with the left end of its base line at a place.

    Args:
        ax: Axes.
        text: Text of one line; dollars are dollars.
        x: Place.
        y: Place.
        size: Size in the units of the axes.
        italic: Whether letters lean.
        **style: Options of the patch.

    Returns:
        The patch.
    """
    path = TextPath((x, y), text.replace("$", r"\$"), size, _font(italic))
    patch = PathPatch(path, linewidth=0, **style)
    ax.add_patch(patch)
    return patch


@lru_cache(maxsize=2)
def _font(italic: bool) -> FontProperties:
    return FontProperties(size=1, style="italic" if italic else "normal")
