"""What an option does to a score."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from kate_keras.errors import require
from kate_keras.plots.axes import add_legend, axes_or_new, clear_frame
from kate_keras.plots.colors import line_style
from kate_keras.plots.named import require_named


def plot_effect(
    option: str,
    curves: Mapping[str, Mapping[float, Sequence[float]]],
    score: str = "accuracy",
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draws a score against an option such as `k`, `alpha` or `d`.

    A point is the mean of the seeds, its bar their standard deviation. The option's
    scale is logarithmic where all values are above 0.

    Args:
        option: Name of the option.
        curves: For each model the scores of every value of the option, one per seed:
            `{"KATE": {8: [0.70, 0.72], 16: [0.74, 0.73]}}`.
        score: Name of the score.
        ax: Axes to draw on; `None`, those of a new figure.

    Returns:
        The axes.

    Raises:
        InputError: If there is no curve, one has no name or no points, or a value has
            no score.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from kate_keras.plots import plot_effect
        >>> scores = {"KATE": {8: [0.5, 1.0], 16: [0.25]}}
        >>> ax = plot_effect("k", scores, ax=Figure().subplots())
        >>> ax.lines[0].get_ydata().tolist()
        [0.75, 0.25]

    Reference:
        Chen and Zaki 2017, figure 5.
    """
    require_named("curves", curves, "scores by value of the option")
    ax = axes_or_new(ax, 5, 3.8)
    drawn = {}
    for index, (name, curve) in enumerate(curves.items()):
        require_named(f"curves[{name!r}]", curve, "scores")
        require(
            all(len(scores) for scores in curve.values()),
            f"curves[{name!r}]",
            "at least one score for each value",
            dict(curve),
        )
        values = sorted(curve)
        bars = ax.errorbar(
            values,
            [float(np.mean(curve[value])) for value in values],
            [_deviation(curve[value]) for value in values],
            **line_style(index),
            capsize=2,
        )
        drawn[name] = bars.lines[0]
    values = sorted({value for curve in curves.values() for value in curve})
    if values[0] > 0:
        ax.set_xscale("log", base=2)
        ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticks(values, [f"{value:g}" for value in values])
    ax.set(title=f"effect of {option}", xlabel=option, ylabel=score)
    ax.grid(alpha=0.25)
    add_legend(ax, drawn, frameon=False)
    clear_frame(ax)
    return ax


def _deviation(scores: Sequence[float]) -> float:
    """The standard deviation of a sample; of one score, no bar."""
    return float(np.std(scores, ddof=1)) if len(scores) > 1 else 0.0
