"""Measures of document vectors and topics."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

# The fractions of the paper's figure 4.
FRACTIONS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def mscd(kernel: np.ndarray) -> float:
    """Mean squared cosine deviation among topics; lower is more distinct.

        sqrt(2 / (m (m - 1)) * sum over i < j of cos^2(v_i, v_j))

    Args:
        kernel: `W`, shape `(vocabulary_size, n_components)`, a topic per column.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import mscd
        >>> mscd(np.eye(3)), round(mscd(np.ones((3, 2))), 6)
        (0.0, 1.0)

    Reference:
        Chen and Zaki 2017, section 4.3, table 4.
    """
    directions = kernel / np.maximum(np.linalg.norm(kernel, axis=0), 1e-30)
    cosines = directions.T @ directions
    pairs = cosines[np.triu_indices(len(cosines), k=1)]
    return float(np.sqrt(np.mean(np.square(pairs, dtype=np.float64))))


def label_matrix(
    labels: Sequence[Sequence[str]], names: Sequence[str]
) -> sparse.csr_array:
    """Returns which document has which label, `(n_documents, n_labels)`, 0 or 1."""
    column = {name: j for j, name in enumerate(names)}
    pairs = [
        (i, column[name])
        for i, row in enumerate(labels)
        for name in row
        if name in column
    ]
    rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
    shape = (len(labels), len(names))
    return sparse.csr_array((np.ones(len(pairs), np.float32), (rows, columns)), shape)


def retrieval_precision(
    queries: np.ndarray,
    query_labels: Sequence[Sequence[str]],
    database: np.ndarray,
    database_labels: Sequence[Sequence[str]],
    fractions: Sequence[float] = FRACTIONS,
) -> dict[float, float]:
    """Share of documents with a common label among the nearest by cosine.

    Every query ranks the whole database; precision is the share of its nearest
    `fraction` that has a label in common with it, averaged over the queries. A zero
    vector has cosine 0 with everything.

    Args:
        queries: Vectors, shape `(n_queries, d)`.
        query_labels: Labels of each query.
        database: Vectors, shape `(n_documents, d)`.
        database_labels: Labels of each document.
        fractions: Parts of the database, each above 0 and at most 1.

    Returns:
        Precision per fraction.

    Reference:
        Chen and Zaki 2017, section 4.5, figure 4.
    """
    names = sorted({name for row in database_labels for name in row})
    theirs = label_matrix(database_labels, names)
    ours = label_matrix(query_labels, names)
    places = [max(1, round(fraction * len(database))) for fraction in fractions]
    totals = np.zeros(len(places))
    unit_database = _unit_rows(database)
    for start in range(0, len(queries), 500):
        rows = slice(start, start + 500)
        cosines = _unit_rows(queries[rows]) @ unit_database.T
        relevant = (ours[rows] @ theirs.T).toarray() > 0
        order = np.argsort(-cosines, axis=1, kind="stable")
        hits = np.cumsum(np.take_along_axis(relevant, order, axis=1), axis=1)
        totals += [(hits[:, n - 1] / n).sum() for n in places]
    return dict(zip(fractions, (totals / len(queries)).tolist(), strict=True))


def _unit_rows(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.zeros_like(vectors)
    np.divide(vectors, lengths, out=unit, where=lengths > 0)
    return unit
