"""Which labels are taken for which."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from kate_keras.errors import require
from kate_keras.plots.axes import add_color_bar, axes_or_new
from kate_keras.plots.heat_map import DARK, RISING, name_cells, write_in_cell
from kate_keras.plots.label_marks import require_labels


def plot_confusion(
    truth: Sequence[str], predicted: Sequence[str], *, ax: Axes | None = None
) -> Axes:
    """Draws what share of each label's documents is given which label.

    Rows sum to 100 %; the diagonal is the recall of each label. A label that no
    document has has an empty row.

    Args:
        truth: Label of each document.
        predicted: Label that it was given, such as by a classifier of its vector.
        ax: Axes to draw on; `None`, those of a new figure.

    Returns:
        The axes; the array of the image has shape `(n_labels, n_labels)`, rows are
        true labels, in alphabetical order.

    Raises:
        InputError: If there are no documents, the labels are not as many, or one is not
            a string.

    Example:
        >>> from matplotlib.figure import Figure
        >>> from kate_keras.plots import plot_confusion
        >>> truth, predicted = ["cat", "cat", "dog"], ["cat", "dog", "dog"]
        >>> ax = plot_confusion(truth, predicted, ax=Figure().subplots())
        >>> ax.images[0].get_array().data
        array([[0.5, 0.5],
               [0. , 1. ]])
    """
    require(len(truth) > 0, "truth", "labels of at least one document", list(truth))
    require(
        len(predicted) == len(truth),
        "predicted",
        f"one label per document ({len(truth)})",
        f"{len(predicted)} labels",
    )
    require_labels("truth", truth)
    require_labels("predicted", predicted)
    names = sorted({*truth, *predicted})
    shares = _shares(truth, predicted, names)
    side = min(2.4 + 0.3 * len(names), 12)
    ax = axes_or_new(ax, side + 1, side)
    image = ax.imshow(shares, cmap=RISING, vmin=0, vmax=1, aspect="auto")
    for row, column in np.argwhere(shares >= 0.005):
        share = shares[row, column]
        write_in_cell(ax, row, column, f"{100 * share:.0f}", dark=share > DARK)
    bar = add_color_bar(ax, image, "share of the documents of a true label")
    bar.ax.yaxis.set_major_formatter(PercentFormatter(1))
    name_cells(ax, names, names)
    right = np.mean([a == b for a, b in zip(truth, predicted, strict=True)])
    ax.set(
        title=f"confusion (accuracy {right:.3f}, {len(truth):,} documents)",
        xlabel="predicted label",
        ylabel="true label",
    )
    return ax


def _shares(
    truth: Sequence[str], predicted: Sequence[str], names: Sequence[str]
) -> np.ndarray:
    number = {name: index for index, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)))
    rows = [number[name] for name in truth]
    columns = [number[name] for name in predicted]
    np.add.at(counts, (rows, columns), 1)
    shares: np.ndarray = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return shares
