"""Blocks of count rows: putting them together, adding up their columns."""

from array import array
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

import numpy as np
from scipy import sparse

from kate_keras.text.array_spool import MOST_IN_MEMORY

# The most entries that SciPy numbers in 32 bits; beyond, columns too must have 64.
MOST_NARROW = np.iinfo(np.int32).max
PART = 2**20


def stack_rows(blocks: Iterable[sparse.csr_array], n_columns: int) -> sparse.csr_array:
    """Puts blocks of rows together, holding none of them twice.

    Entries that are many stay in a temporary file, mapped into memory: the system
    reads what is asked for and drops it again when memory is short, so a corpus may be
    larger than memory. The file is gone with the matrix.

    Args:
        blocks: CSR of `n_columns` columns, without duplicate entries.
        n_columns: Their number of columns.

    Returns:
        Float32 CSR with sorted indices, which cannot be written to.
    """
    ends = array("q", [0])
    with (
        SpooledTemporaryFile(MOST_IN_MEMORY) as columns,
        SpooledTemporaryFile(MOST_IN_MEMORY) as counts,
    ):
        for block in blocks:
            block.sort_indices()
            columns.write(np.asarray(block.indices, np.int32).tobytes())
            counts.write(np.asarray(block.data, np.float32).tobytes())
            ends.frombytes((ends[-1] + block.indptr[1:].astype(np.int64)).tobytes())
        data, indices = _read(counts, np.float32), _read(columns, np.int32)
    splits = np.asarray(ends)
    if ends[-1] > MOST_NARROW:
        indices = _widened(indices)
    # Given to the constructor, wide indices would be searched for large numbers.
    stacked: Any = sparse.csr_array((len(splits) - 1, n_columns), dtype=np.float32)
    stacked.data, stacked.indices = data, indices
    stacked.indptr = splits.astype(indices.dtype)
    return stacked  # type: ignore[no-any-return]


def _read(file: Any, dtype: type) -> np.ndarray:
    """Takes what was written to a file, which may then be closed."""
    if file.tell() > MOST_IN_MEMORY:
        file.flush()
        return np.asarray(np.memmap(file, dtype, mode="r"))
    file.seek(0)
    return np.frombuffer(file.read(), dtype)


def _widened(columns: np.ndarray) -> np.ndarray:
    """Copies columns to 64 bits, a part at a time."""
    with SpooledTemporaryFile(MOST_IN_MEMORY) as file:
        for start in range(0, len(columns), PART):
            file.write(columns[start : start + PART].astype(np.int64).tobytes())
        return _read(file, np.int64)


def folding(groups: np.ndarray, n_groups: int) -> sparse.csr_array:
    """Returns the matrix by which counts are multiplied to add up columns by group.

    Args:
        groups: The group of each column; -1 to leave it out.
        n_groups: Number of groups, the columns of the product.

    Example:
        >>> import numpy as np
        >>> from kate_keras.text.count_blocks import folding
        >>> (np.array([[1, 2, 4]]) @ folding(np.array([0, -1, 0]), 1)).tolist()
        [[5.0]]
    """
    columns = np.flatnonzero(groups >= 0)
    ones = np.ones(len(columns), np.float32)
    places = columns, groups[columns]
    return sparse.csr_array((ones, places), shape=(len(groups), n_groups))
