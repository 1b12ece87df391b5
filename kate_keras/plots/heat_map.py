"""What heat maps share: colours, and what is written in and beside cells."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from kate_keras.plots.axes import add_color_bar
from kate_keras.plots.colors import LOWERS, RAISES

DARKEST = "#00304D"
# Above 0 it becomes darker than it ever is below: nothing dark is negative in grey.
SIGNED = LinearSegmentedColormap.from_list(
    "signed", [(0, LOWERS), (0.5, "white"), (0.82, RAISES), (1, DARKEST)]
)
RISING = LinearSegmentedColormap.from_list(
    "rising", [(0, "white"), (0.64, RAISES), (1, DARKEST)]
)
# What is above this part of the range is too dark for black text.
DARK = 0.5
# Font sizes in points: the usual one, and the smallest that can be read.
USUAL, SMALLEST = 8.0, 4.5
# Negative cells of less than this part of the limit are as good as white.
FAINT = 0.25


def draw_signed(ax: Axes, values: np.ndarray, limit: float, label: str) -> None:
    """Draws numbers of both signs, white at 0; the negative ones carry a minus.

    Args:
        ax: Axes.
        values: Numbers, shape `(n_rows, n_columns)`; NaN stays blank.
        limit: Size of the numbers at the ends of the colour bar.
        label: What the numbers are.
    """
    image = ax.imshow(
        values, cmap=SIGNED, vmin=-limit, vmax=limit, aspect="auto", rasterized=True
    )
    for row, column in np.argwhere(values < -FAINT * limit):
        write_in_cell(ax, row, column, "−")
    add_color_bar(ax, image, label)


def write_in_cell(
    ax: Axes, row: int, column: int, text: str, *, dark: bool = False
) -> None:
    """Writes in the middle of a cell, unless it is too small.

    Args:
        ax: Axes that show an image.
        row: Row of the cell.
        column: Its column.
        text: A few characters.
        dark: Whether the cell is too dark for black.
    """
    n_rows, n_columns = ax.images[-1].get_size()
    width, height = _cell(ax, n_rows, n_columns)
    size = min(USUAL - 1, width / max(1, 0.7 * len(text)), 0.8 * height)
    if size >= SMALLEST:
        color = "white" if dark else "black"
        ax.text(column, row, text, color=color, ha="center", va="center", fontsize=size)


def name_cells(ax: Axes, rows: Sequence[str], columns: Sequence[str]) -> None:
    """Names rows at the left and columns below, unless they are too many to read.

    Args:
        ax: Axes with the cells.
        rows: Names of the rows.
        columns: Names of the columns; upright where they do not fit side by side.
    """
    width, height = _cell(ax, len(rows), len(columns))
    upright = max(map(len, columns)) * USUAL * 0.7 > width
    for axis, names, room in (
        (ax.yaxis, rows, height),
        (ax.xaxis, columns, width if upright else np.inf),
    ):
        size = min(USUAL, 0.85 * room)
        if size >= SMALLEST:
            axis.set_ticks(
                range(len(names)), list(names), fontsize=size, parse_math=False
            )
        else:
            axis.set_ticks([])
    if upright:
        ax.tick_params(axis="x", labelrotation=90)
    ax.tick_params(length=0)


def _cell(ax: Axes, n_rows: int, n_columns: int) -> tuple[float, float]:
    """Width and height of a cell in points, before names take their room."""
    inches = ax.get_window_extent().transformed(ax.figure.dpi_scale_trans.inverted())
    return 72 * inches.width / n_columns, 72 * inches.height / n_rows
