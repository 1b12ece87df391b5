"""Whether two models find the same documents alike."""

import numpy as np

from kate_keras.analysis.retrieval import unit_rows

QUERIES_AT_A_TIME = 500


def neighbour_overlap(vectors: np.ndarray, others: np.ndarray, n: int = 10) -> float:
    """Returns the share of a document's nearest that two models have in common.

    Each document is compared with all others by the cosine, once by the vectors of
    either model; the spaces need not be comparable.

    Args:
        vectors: Vectors of documents, shape `(n_documents, d)`.
        others: Vectors of the same documents by another model; `d` may differ.
        n: Nearest documents, at most all others.

    Returns:
        Mean share, from 0 to 1; by chance, about `n / (n_documents - 1)`. With fewer
        than two documents there are no others, and it is 1.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import neighbour_overlap
        >>> before = np.array([[1.0, 0.0], [0.9, 0.1], [0.1, 0.9], [0.0, 1.0]])
        >>> neighbour_overlap(before, 2 * before, n=1)
        1.0
        >>> neighbour_overlap(before, before[[0, 3, 2, 1]], n=1)
        0.0
    """
    n = min(n, len(vectors) - 1)
    if n < 1:
        return 1.0
    ours, theirs = unit_rows(vectors), unit_rows(others)
    common = 0
    for start in range(0, len(ours), QUERIES_AT_A_TIME):
        rows = slice(start, start + QUERIES_AT_A_TIME)
        nearest = [_nearest(unit, rows, n) for unit in (ours, theirs)]
        pairs = zip(*nearest, strict=True)
        common += sum(len(np.intersect1d(a, b)) for a, b in pairs)
    return common / (len(ours) * n)


def _nearest(unit: np.ndarray, rows: slice, n: int) -> np.ndarray:
    """Places of the nearest of each query, itself left out, `(queries, n)`."""
    cosines = unit[rows] @ unit.T
    own = np.arange(len(cosines))
    cosines[own, own + rows.start] = -np.inf
    return np.argpartition(-cosines, n - 1, axis=1)[:, :n]
