"""Blocks of count rows: putting them together, adding up their columns."""

import os
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import Any

import numpy as np
from scipy import sparse

from kate_keras.text.array_file import ArrayFile
from kate_keras.text.array_spool import MOST_IN_MEMORY
from kate_keras.text.sharded_counts import Shard, ShardedCounts

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
    with _row_files() as (columns, counts):
        splits = _write(blocks, columns, counts)
        data, indices = _read(counts, np.float32), _read(columns, np.int32)
    if splits[-1] > MOST_NARROW:
        indices = _widened(indices)
    return _matrix(data, indices, splits, n_columns)


def _matrix(
    data: np.ndarray, indices: np.ndarray, splits: np.ndarray, n_columns: int
) -> sparse.csr_array:
    # Given to the constructor, wide indices would be searched for large numbers.
    stacked: Any = sparse.csr_array((len(splits) - 1, n_columns), dtype=np.float32)
    stacked.data, stacked.indices = data, indices
    stacked.indptr = splits.astype(indices.dtype)
    return stacked  # type: ignore[no-any-return]


def store_rows(
    blocks: Iterable[sparse.csr_array], n_columns: int
) -> sparse.csr_array | ShardedCounts:
    """Puts blocks of rows together to be looked at a part at a time.

    Args:
        blocks: As for `stack_rows`.
        n_columns: As there.

    Returns:
        What `stack_rows` does while that is small; else counts in a temporary file,
        which is gone with them, and of which memory holds what is looked at.
    """
    with _row_files() as (columns, counts):
        splits = _write(blocks, columns, counts)
        if counts.tell() <= MOST_IN_MEMORY:
            data, indices = _read(counts, np.float32), _read(columns, np.int32)
            return _matrix(data, indices, splits, n_columns)
        files = (_kept(columns, np.int32), _kept(counts, np.float32))
    return ShardedCounts([Shard(np.diff(splits).astype(np.int32), *files)], n_columns)


@contextmanager
def _row_files() -> Iterator[tuple[Any, Any]]:
    """Files for columns and counts."""
    with (
        SpooledTemporaryFile(MOST_IN_MEMORY) as columns,
        SpooledTemporaryFile(MOST_IN_MEMORY) as counts,
    ):
        yield columns, counts


def _write(blocks: Iterable[sparse.csr_array], columns: Any, counts: Any) -> np.ndarray:
    """Writes the entries of blocks, and returns where those of each row end."""
    ends = array("q", [0])
    for block in blocks:
        block.sort_indices()
        columns.write(np.asarray(block.indices, np.int32).tobytes())
        counts.write(np.asarray(block.data, np.float32).tobytes())
        ends.frombytes((ends[-1] + block.indptr[1:].astype(np.int64)).tobytes())
    return np.asarray(ends)


def _read(file: Any, dtype: type) -> np.ndarray:
    """Takes what was written to a file, which may then be closed."""
    if file.tell() > MOST_IN_MEMORY:
        file.flush()
        return np.asarray(np.memmap(file, dtype, mode="r"))
    file.seek(0)
    return np.frombuffer(file.read(), dtype)


def _kept(file: Any, dtype: type) -> ArrayFile:
    """What was written to a file that is not in memory, and may then be closed."""
    file.flush()
    own = open(os.dup(file.fileno()), "rb", buffering=0)  # noqa: SIM115
    return ArrayFile(own, dtype, 0, file.tell() // np.dtype(dtype).itemsize)


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
