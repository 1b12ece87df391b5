"""How activations are spread between the ends of their range."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from kate_keras.errors import require
from kate_keras.plots.axes import add_legend, axes_or_new, clear_frame
from kate_keras.plots.colors import line_style
from kate_keras.plots.named import require_named

N_BINS = 50


def plot_activations(
    activations: Mapping[str, np.ndarray], *, ax: Axes | None = None
) -> Axes:
    """Draws histograms of the activations of all units, one line each.

    Args:
        activations: Name and activations, shape `(n_documents, d)`, such as
            `{"KATE": model.transform(texts)}`; several, to compare them.
        ax: Axes to draw on; `None`, those of a new figure.

    Returns:
        The axes.

    Raises:
        InputError: If there are no activations, they have no name, or some are not
            finite.

    Example:
        >>> import numpy as np
        >>> from matplotlib.figure import Figure
        >>> from kate_keras.plots import plot_activations
        >>> ax = plot_activations({"KATE": np.eye(2)}, ax=Figure().subplots())
        >>> float(ax.patches[0].get_data().values.sum())
        1.0
    """
    require_named("activations", activations, "arrays")
    for name, values in activations.items():
        require(
            np.size(values) > 0 and bool(np.isfinite(values).all()),
            "activations",
            "finite numbers, at least one each",
            f"{name!r}: shape {np.shape(values)}",
        )
    ax = axes_or_new(ax, 5.5, 3.6)
    lowest = min(float(np.min(values)) for values in activations.values())
    highest = max(float(np.max(values)) for values in activations.values())
    edges = np.histogram_bin_edges([lowest, highest], N_BINS)
    drawn = {}
    for index, (name, values) in enumerate(activations.items()):
        counts, _ = np.histogram(values, edges)
        style = line_style(index)
        drawn[name] = ax.stairs(
            counts / counts.sum(),
            edges,
            color=style["color"],
            linestyle=style["linestyle"],
            linewidth=1.6,
        )
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.set(
        title="activations",
        xlabel="activation of a unit on a document",
        ylabel=f"share of the activations ({N_BINS} bins)",
    )
    if len(activations) > 1:
        add_legend(ax, drawn, frameon=False)
    clear_frame(ax)
    return ax
