"""Documents as points, coloured by label or by a topic."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection

from kate_keras.errors import InputError, require
from kate_keras.plots.axes import add_color_bar, add_legend, axes_or_new
from kate_keras.plots.colors import ABSENT, MARKERS
from kate_keras.plots.heat_map import SIGNED
from kate_keras.plots.label_marks import label_marks
from kate_keras.plots.points import as_points, require_one_each


def plot_documents(
    points: np.ndarray,
    labels: Sequence[str] | None = None,
    *,
    activations: np.ndarray | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draws documents as points.

    Args:
        points: Places, shape `(n_documents, 2)`, such as of `project`.
        labels: Label of each document; a label has a colour and a marker of its own,
            up to 20 of them. Of more, the rarest share grey.
        activations: Activation of one topic on each document, such as
            `vectors[:, 7]`, shape `(n_documents,)`, to colour by instead. Negative
            ones are drawn as triangles that point down.
        ax: Axes to draw on; `None`, those of a new figure. The legend stands at their
            right: a figure with `layout="constrained"` leaves room for it.

    Returns:
        The axes.

    Raises:
        InputError: If points have another shape, labels or activations are not one per
            document, or both are given.

    Example:
        >>> import numpy as np
        >>> from matplotlib.figure import Figure
        >>> from kate_keras.plots import plot_documents
        >>> ax = plot_documents(np.eye(2), ["cat", "dog"], ax=Figure().subplots())
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['cat', 'dog']
    """
    points = as_points(points)
    if labels is not None and activations is not None:
        raise InputError(
            "`labels` and `activations` are two ways to colour the same points. "
            "Received: both. Draw them on axes of their own."
        )
    ax = axes_or_new(ax, 7.5, 5)
    # Many points are small and see-through, so that crowds show.
    size = float(np.clip(30_000 / len(points), 5, 40))
    if activations is not None:
        _by_activation(ax, points, np.asarray(activations), size)
    elif labels is not None:
        _by_label(ax, points, labels, size)
    else:
        _scatter(ax, points, size, color="black", alpha=0.75)
    ax.set(xticks=[], yticks=[], xlabel="first axis", ylabel="second axis")
    ax.set_aspect("equal", adjustable="datalim")
    plural = "" if len(points) == 1 else "s"
    ax.set_title(f"{len(points):,} document{plural}")
    return ax


def _by_label(ax: Axes, points: np.ndarray, labels: Sequence[str], size: float) -> None:
    require_one_each(points, "labels", labels)
    drawn = {}
    for mark in label_marks(labels):
        drawn[mark.name] = _scatter(
            ax,
            points[mark.rows],
            size,
            color=mark.color,
            marker=MARKERS[mark.marker],
            alpha=0.75,
        )
    legend = add_legend(
        ax,
        drawn,
        loc="upper left",
        bbox_to_anchor=(1.01, 1),
        borderaxespad=0,
        frameon=False,
        fontsize=8,
    )
    for handle in legend.legend_handles:
        if handle is not None:
            handle.set_alpha(1)
            handle.set(sizes=[30])


def _by_activation(
    ax: Axes, points: np.ndarray, activations: np.ndarray, size: float
) -> None:
    require(
        activations.ndim == 1,
        "activations",
        "of one topic",
        f"shape {activations.shape}",
    )
    require(
        bool(np.isfinite(activations).all()),
        "activations",
        "finite",
        "NaN or infinite",
    )
    require_one_each(points, "activations", activations)
    # A few very active documents would leave all others nearly white.
    limit = float(np.quantile(np.abs(activations), 0.99)) or 1.0
    # The most active last, so that they lie on top.
    for sign, marker in ((-1, "v"), (1, "o")):
        own = np.flatnonzero((activations < 0) == (sign < 0))
        own = own[np.argsort(np.abs(activations[own]), kind="stable")]
        _scatter(
            ax,
            points[own],
            size,
            c=activations[own],
            cmap=SIGNED,
            vmin=-limit,
            vmax=limit,
            marker=marker,
            edgecolors=ABSENT,
            linewidths=0.3,
        )
    add_color_bar(ax, ax.collections[-1], "activation (stronger ones as the ends)")


def _scatter(ax: Axes, points: np.ndarray, size: float, **style: Any) -> PathCollection:
    x, y = points.T
    # Thousands of points make a vector file that no printer likes.
    return ax.scatter(x, y, s=size, rasterized=True, **{"linewidths": 0, **style})
