"""Places of documents on a map, checked."""

from collections.abc import Sequence, Sized

import numpy as np

from kate_keras.errors import require


def as_points(points: np.ndarray | Sequence[Sequence[float]]) -> np.ndarray:
    """Checks places on a map.

    Args:
        points: Places, shape `(n_documents, 2)`.

    Returns:
        The same as float64.

    Raises:
        InputError: If they have another shape, are none, or are not finite.
    """
    array = np.asarray(points, np.float64)
    require(
        array.ndim == 2 and array.shape[1] == 2 and len(array) > 0,
        "points",
        "of shape (n_documents, 2) with at least one document, as `project` returns",
        array.shape,
    )
    require(bool(np.isfinite(array).all()), "points", "finite", "NaN or infinite")
    return array


def require_one_each(points: np.ndarray, name: str, facts: Sized) -> None:
    """Refuses facts that are not one per document.

    Raises:
        InputError: If so.
    """
    expected = f"one per document ({len(points)})"
    require(len(facts) == len(points), name, expected, f"{len(facts)} entries")
