"""How alike topics are, similar ones side by side."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from kate_keras.analysis import mscd
from kate_keras.errors import require
from kate_keras.plots.axes import axes_or_new
from kate_keras.plots.heat_map import draw_signed, name_cells


def plot_topic_similarity(
    kernel: np.ndarray,
    names: Sequence[str] | None = None,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draws the cosine of every two topics, ordered so that similar ones are close.

    The order is that of the leaves of an average-linkage clustering; the title has the
    mean squared cosine deviation, `kate_keras.analysis.mscd`.

    Args:
        kernel: `W`, shape `(vocabulary_size, n_components)`, a topic per column;
            `model.autoencoder_.kernel`.
        names: Names of the topics; `None`, their numbers.
        ax: Axes to draw on; `None`, those of a new figure.

    Returns:
        The axes; the array of the image has shape `(n_components, n_components)`.

    Raises:
        InputError: If the kernel has no topics or is not finite, or `names` are not as
            many.

    Example:
        >>> import numpy as np
        >>> from matplotlib.figure import Figure
        >>> from kate_keras.plots import plot_topic_similarity
        >>> kernel = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.1]])
        >>> ax = plot_topic_similarity(kernel, ax=Figure().subplots())
        >>> [label.get_text() for label in ax.get_xticklabels()]
        ['1', '2', '0']
    """
    shape = np.shape(kernel)
    require(
        len(shape) == 2 and shape[1] > 0,
        "kernel",
        "of shape (vocabulary_size, n_components)",
        shape,
    )
    require(bool(np.isfinite(kernel).all()), "kernel", "finite", "NaN or infinite")
    names = [str(i) for i in range(shape[1])] if names is None else list(names)
    require(len(names) == shape[1], "names", f"{shape[1]} names", names)
    cosines = _cosines(kernel)
    order = _by_similarity(cosines)
    side = min(2 + 0.11 * len(order), 11)
    ax = axes_or_new(ax, max(side, 4) + 0.8, max(side, 4))
    draw_signed(ax, cosines[np.ix_(order, order)], 1, "cosine")
    ordered = [names[i] for i in order]
    name_cells(ax, ordered, ordered)
    ax.tick_params(axis="x", labelrotation=90)
    ax.set(
        title=f"similarity of topics (MSCD {mscd(kernel):.3f})",
        xlabel="topic",
        ylabel="topic",
    )
    return ax


def _cosines(kernel: np.ndarray) -> np.ndarray:
    columns = np.asarray(kernel, np.float64)
    directions = columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-30)
    cosines: np.ndarray = np.clip(directions.T @ directions, -1, 1)
    return cosines


def _by_similarity(cosines: np.ndarray) -> np.ndarray:
    if len(cosines) == 1:
        return np.zeros(1, int)
    distances = squareform(1 - cosines, checks=False)
    return np.asarray(leaves_list(linkage(distances, "average", optimal_ordering=True)))
