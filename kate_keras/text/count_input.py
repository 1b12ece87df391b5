"""Counts that a caller brings along."""

from typing import Any

import numpy as np
from scipy import sparse

from kate_keras.errors import InputError
from kate_keras.text.stored_counts import Counts, blocks

PART = 2**20
# The network takes the logarithm of 1 + n, which in float32 is 1 for less.
LEAST_COUNT = float(np.finfo(np.float32).eps)


def is_counts(documents: Any) -> bool:
    """Whether the documents are a matrix of counts rather than texts."""
    if sparse.issparse(documents) or hasattr(documents, "columns"):
        return True
    is_array = hasattr(documents, "__array__") and hasattr(documents, "shape")
    values = np.asarray(documents) if is_array else None
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
        InputError: If a value is not a number, negative, not finite or above 0 by less
            than float32 can add to 1, or the columns are others; or a sparse matrix has
            places outside of itself.
    """
    if hasattr(documents, "columns"):
        documents = _frame_values(documents)
    _check_matrix(documents)
    # What float32 cannot hold becomes infinite, and is refused below.
    with np.errstate(over="ignore"):
        counts = sparse.csr_array(documents, dtype=np.float32)
    _check_values(counts)
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
    # Two counts of a word in a document may add up to more than float32 holds.
    _check_values(counts)
    return counts


def _check_values(counts: sparse.csr_array) -> None:
    if not counts.nnz:
        return
    least, most = counts.data.min(), counts.data.max()
    # Both are NaN if any value is.
    if not (least >= 0 and most < np.inf):
        raise InputError(
            "Counts must be finite and not negative. "
            f"Received values from {least} to {most}."
        )
    if least < LEAST_COUNT:
        positive = counts.data[counts.data > 0]
        if len(positive) and positive.min() < LEAST_COUNT:
            raise InputError(
                f"Counts above 0 must be at least {LEAST_COUNT:.2g}: beside 1, smaller "
                f"ones are nothing. Received: {positive.min():.2g}. Multiply them all."
            )


def _check_matrix(documents: Any) -> None:
    """Refuses a matrix that is none, before SciPy's compiled code relies on it.

    Nothing there looks at the places of entries: one outside the matrix is read and
    written all the same, which may end the process.
    """
    if isinstance(documents, np.ma.MaskedArray):
        raise InputError(
            "Counts must not be masked. Say what is behind the mask: counts.filled(0)"
        )
    if sparse.issparse(documents):
        _check_sparse(documents)


def _check_sparse(documents: Any) -> None:
    if documents.ndim != 2 or documents.dtype.kind not in "biuf":
        raise InputError(
            "Counts must be a matrix of real numbers, (n_documents, n_words). "
            f"Received: shape {documents.shape}, dtype {documents.dtype}"
        )
    try:
        _check_places(documents)
    except (ValueError, IndexError) as error:
        raise InputError(
            f"The sparse matrix of counts is not sound: {error}. Make it anew from its "
            "rows, columns and counts."
        ) from None


def _check_places(matrix: Any) -> None:
    if matrix.format in ("csr", "csc", "bsr"):
        arrays = (matrix.data, matrix.indices, matrix.indptr)
        lengths = np.diff(matrix.indptr)
        if len(lengths) and lengths.min() < 0:
            raise ValueError("index pointers must not fall")
        if len(matrix.indptr) and matrix.indptr[-1] > len(matrix.indices):
            raise ValueError("index pointers end beyond the entries")
        # A new one around the same arrays, as the check shortens what it looks at.
        same = type(matrix)(arrays, shape=matrix.shape, copy=False)
        same.check_format(full_check=True)
    elif matrix.format == "coo":
        for places, size in zip(matrix.coords, matrix.shape, strict=True):
            if len(places) and not (places.min() >= 0 and places.max() < size):
                raise ValueError(f"a place is not from 0 to below {size}")


def document_frequency(counts: Counts) -> np.ndarray:
    """Returns in how many documents each word is, int64 `(n_words,)`.

    Args:
        counts: Canonical counts, `(n_documents, n_words)`.
    """
    frequency = np.zeros(counts.shape[1], np.int64)
    # NumPy widens what it counts: a part at a time.
    for block in blocks(counts):
        for start in range(0, block.nnz, PART):
            part = block.indices[start : start + PART]
            frequency += np.bincount(part, minlength=len(frequency))
    return frequency


def _frame_values(frame: Any) -> np.ndarray:
    try:
        values = np.asarray(frame)
        # Dates would become numbers.
        if values.dtype.kind not in "biufO":
            raise TypeError
        with np.errstate(over="ignore"):
            return values.astype(np.float32)
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
