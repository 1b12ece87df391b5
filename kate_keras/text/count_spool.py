"""Counts that are written as they come and read as often as needed."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any, Self

import numpy as np
from scipy import sparse

# Until then in memory, from then on in a temporary file.
MOST_IN_MEMORY = 64 * 2**20


class CountSpool:
    """Blocks of CSR rows in a file; iterating reads them back, each time anew.

    A context, at whose end the file is gone.

    Attributes:
        n_documents: Rows so far.
        n_columns: Columns of every block, to be set when they are known.
    """

    def __init__(self) -> None:
        self.n_documents = 0
        self.n_columns = 0
        self._n_blocks = 0
        self._file: Any = SpooledTemporaryFile(MOST_IN_MEMORY)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Forgets the blocks."""
        self._file.close()

    def append(
        self, lengths: np.ndarray, columns: np.ndarray, counts: np.ndarray
    ) -> None:
        """Adds a block.

        Args:
            lengths: Entries of each row, shape `(n_rows,)`.
            columns: Columns of the entries, row by row, in order.
            counts: Their counts.
        """
        for part, dtype in ((lengths, "i4"), (columns, "i4"), (counts, "f4")):
            np.save(self._file, np.asarray(part, dtype), allow_pickle=False)
        self.n_documents += len(lengths)
        self._n_blocks += 1

    def __iter__(self) -> Iterator[sparse.csr_array]:
        """Yields the blocks, float32 CSR of shape `(n_rows, n_columns)`."""
        self._file.seek(0)
        for _ in range(self._n_blocks):
            lengths, columns, counts = (
                np.load(self._file, allow_pickle=False) for _ in range(3)
            )
            splits = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
            shape = (len(lengths), self.n_columns)
            yield sparse.csr_array((counts, columns, splits), shape=shape)


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
        entries = _read(counts, np.float32), _read(columns, np.int32)
    # SciPy widens the columns of a matrix whose splits are wide.
    narrow = ends[-1] <= np.iinfo(np.int32).max
    splits = np.asarray(ends, np.int32 if narrow else np.int64)
    return sparse.csr_array((*entries, splits), shape=(len(splits) - 1, n_columns))


def _read(file: Any, dtype: type) -> np.ndarray:
    """Takes what was written to a file, which may then be closed."""
    if file.tell() > MOST_IN_MEMORY:
        file.flush()
        return np.memmap(file, dtype, mode="r")
    file.seek(0)
    return np.frombuffer(file.read(), dtype)


def folding(
    columns: Sequence[int] | np.ndarray,
    groups: Sequence[int] | np.ndarray,
    n_columns: int,
    n_groups: int,
) -> sparse.csr_array:
    """Returns the matrix by which counts are multiplied to add up columns by group.

    Args:
        columns: Columns to keep.
        groups: The group of each.
        n_columns: Number of columns of the counts.
        n_groups: Number of groups, the columns of the product.
    """
    ones = np.ones(len(columns), np.float32)
    return sparse.csr_array((ones, (columns, groups)), shape=(n_columns, n_groups))
