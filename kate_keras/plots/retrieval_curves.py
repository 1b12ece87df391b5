"""Retrieval precision by how much is retrieved."""

from collections.abc import Mapping

from matplotlib.axes import Axes

from kate_keras.errors import require
from kate_keras.plots.axes import add_legend, axes_or_new, clear_frame
from kate_keras.plots.colors import line_style
from kate_keras.plots.named import require_named


def plot_retrieval(
    curves: Mapping[str, Mapping[float, float]], *, ax: Axes | None = None
) -> Axes:
    """Draws precision against the part of the database that is retrieved.

    Args:
        curves: Name and precision per fraction, such as
            `{"KATE": measure_retrieval(...).precision}`; keys of JSON, `"0.02"`, work
            too.
        ax: Axes to draw on; `None`, those of a new figure.

    Returns:
        The axes.

    Raises:
        InputError: If there is no curve, one has no name or no points, or a fraction is
            not above 0 and at most 1.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from kate_keras.plots import plot_retrieval
        >>> ax = plot_retrieval({"KATE": {0.02: 0.5, 1.0: 0.1}}, ax=Figure().subplots())
        >>> ax.lines[0].get_ydata()
        array([0.5, 0.1])

    Reference:
        Chen and Zaki 2017, figure 4.
    """
    require_named("curves", curves, "precision by fraction")
    ax = axes_or_new(ax, 5.5, 3.8)
    drawn = {}
    for index, (name, curve) in enumerate(curves.items()):
        require_named(f"curves[{name!r}]", curve, "precision")
        points = sorted((float(part), precision) for part, precision in curve.items())
        require(
            0 < points[0][0] and points[-1][0] <= 1,
            f"curves[{name!r}]",
            "precision by fractions above 0 and at most 1",
            [part for part, _ in points],
        )
        (drawn[name],) = ax.plot(*zip(*points, strict=True), **line_style(index))
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_ylim(bottom=0)
    ax.set(
        title="retrieval",
        xlabel="fraction of the documents retrieved",
        ylabel="precision",
    )
    ax.grid(alpha=0.25)
    add_legend(ax, drawn, frameon=False)
    clear_frame(ax)
    return ax
