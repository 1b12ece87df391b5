"""Counts that a caller brings along."""

from typing import Any

import numpy as np
from scipy import sparse

from kate_keras.errors import InputError


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
        CSR with sorted indices and no explicit zeros.

    Raises:
        InputError: If a value is not a number, negative or not finite, or the columns
            are others.
    """
    if hasattr(documents, "columns"):
        documents = _frame_values(documents)
    counts = sparse.csr_array(documents, dtype=np.float32, copy=True)
    if not np.isfinite(counts.data).all() or (counts.data < 0).any():
        raise InputError(
            "Counts must be finite and not negative. "
            f"Received values from {counts.data.min()} to {counts.data.max()}."
        )
    if n_words is not None and counts.shape[1] != n_words:
        raise InputError(
            f"Counts must have one column per word of the model, {n_words}. "
            f"Received: {counts.shape[1]} columns"
        )
    counts.sum_duplicates()
    counts.eliminate_zeros()
    return counts


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
