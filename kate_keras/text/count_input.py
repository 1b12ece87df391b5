"""Counts that a caller brings along."""

from typing import Any

import numpy as np
from scipy import sparse

from kate_keras.errors import InputError

PART = 2**20


def is_counts(documents: Any) -> bool:
    """Whether the documents are a matrix of counts rather than texts."""
    if sparse.issparse(documents) or hasattr(documents, "columns"):
        return True
    values = np.asarray(documents) if hasattr(documents, "__array__") else None
    return values is not None and values.ndim == 2 and values.dtype.kind in "biuf"


def as_counts(documents: Any, n_words: int | None = None) -> sparse.csr_array:
    """Converts a matrix of counts to canonical float32 CSR.

    Args:
        documents: SciPy sparse matrix, array or data frame,
            `(n_documents, n_words)`, finite and not negative.
        n_words: Number of columns expected; `None`, any.

    Returns:
        CSR with sorted indices and no explicit zeros; `documents` itself if it is that.

    Raises:
        InputError: If a value is not a number, negative or not finite, or the columns
            are others.
    """
    if hasattr(documents, "columns"):
        documents = _frame_values(documents)
    counts = sparse.csr_array(documents, dtype=np.float32)
    if counts.nnz:
        least, most = counts.data.min(), counts.data.max()
        # Both are NaN if any value is.
        if not (least >= 0 and most < np.inf):
            raise InputError(
                "Counts must be finite and not negative. "
                f"Received values from {least} to {most}."
            )
    if n_words is not None and counts.shape[1] != n_words:
        raise InputError(
            f"Counts must have one column per word of the model, {n_words}. "
            f"Received: {counts.shape[1]} columns"
        )
    if counts.has_canonical_format and counts.count_nonzero() == counts.nnz:
        return counts
    # The arrays may be the caller's own.
    counts = counts.copy()
    counts.sum_duplicates()
    counts.eliminate_zeros()
    return counts


def document_frequency(counts: sparse.csr_array) -> np.ndarray:
    """Returns in how many documents each word is, int64 `(n_words,)`.

    Args:
        counts: Canonical counts, `(n_documents, n_words)`.
    """
    frequency = np.zeros(counts.shape[1], np.int64)
    # NumPy widens what it counts: a part at a time.
    for start in range(0, counts.nnz, PART):
        part = counts.indices[start : start + PART]
        frequency += np.bincount(part, minlength=len(frequency))
    return frequency


def _frame_values(frame: Any) -> np.ndarray:
    try:
        return np.asarray(frame, dtype=np.float32)
    except (TypeError, ValueError):
        raise InputError(
            "A data frame must hold counts, a column per word. For texts pass the "
            f"column that holds them, as in frame['text']. Received the columns: "
            f"{', '.join(column_names(frame))!s:.80}"
        ) from None


def column_names(documents: Any) -> list[str]:
    """Names the columns of a matrix of counts: a data frame's, or x0, x1 and so on."""
    columns = getattr(documents, "columns", None)
    if columns is not None:
        return [str(name) for name in columns]
    return [f"x{j}" for j in range(documents.shape[1])]
