"""Counts of a corpus in several files, which are mapped into memory."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from kate_keras.errors import InputError

# Of documents that are looked up at once, so that lengths take little memory.
PART = 2**16


def write_shard(path: Path, counts: sparse.csr_array) -> None:
    """Writes rows of counts as one `.npy` file that can be mapped into memory.

    The file is an int32 array `(n_documents + 2 nnz,)`: how many words each document
    has, then the word ids, document by document, then the bits of the float32 counts.

    Args:
        path: File to write.
        counts: Float32 CSR, `(n_documents, n_words)`, with sorted indices.
    """
    size = counts.shape[0] + 2 * counts.nnz
    with path.open("wb") as file:
        header = {"descr": "<i4", "fortran_order": False, "shape": (size,)}
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, counts.shape[0], PART):
            ends = counts.indptr[start : start + PART + 1]
            file.write(np.diff(ends).astype("<i4").tobytes())
        for values, dtype in ((counts.indices, "<i4"), (counts.data, "<f4")):
            for start in range(0, counts.nnz, PART):
                file.write(values[start : start + PART].astype(dtype).tobytes())


class _Shard:
    """One file of `write_shard`.

    Args:
        path: The file.
        n_documents: How many documents it has.
    """

    def __init__(self, path: Path, n_documents: int) -> None:
        try:
            content = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
        except (OSError, ValueError, EOFError) as error:
            raise InputError(f"{path} is no shard of counts: {error}.") from None
        entries = len(content) - n_documents if content.ndim == 1 else -1
        if content.dtype != np.dtype("<i4") or entries < 0 or entries % 2:
            raise InputError(
                f"{path} is no shard of counts: expected int32 of the lengths of "
                f"{n_documents} documents, word ids and counts. Found: "
                f"{content.dtype} of shape {content.shape}."
            )
        middle = n_documents + entries // 2
        self.lengths = content[:n_documents]
        self.columns = content[n_documents:middle]
        self.counts = content[middle:].view("<f4")

    def check(self, path: Path, n_words: int) -> None:
        """Refuses places outside of the matrix, which compiled code would follow."""
        total = self.lengths.sum(dtype=np.int64)
        if self.lengths.min(initial=0) < 0 or total != len(self.columns):
            raise InputError(f"{path} is damaged: its lengths do not add up.")
        least, most = self.columns.min(initial=0), self.columns.max(initial=-1)
        if least < 0 or most >= n_words:
            raise InputError(
                f"{path} is damaged: expected word ids from 0 to below {n_words}, "
                f"found {least} to {most}."
            )


class ShardedCounts:
    """Counts of a corpus in shards, of which memory holds what is looked at.

    Beside the files there are 16 bytes in memory for each document.

    Args:
        paths: Files of `write_shard`, in the order of the corpus.
        n_documents: How many documents each of them has.
        n_words: Number of columns.

    Attributes:
        shape: `(n_documents, n_words)`.
        nnz: Number of entries.

    Raises:
        InputError: If a file is not what `write_shard` makes of so many documents and
            words.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> import numpy as np
        >>> from scipy import sparse
        >>> from kate_keras.text.sharded_counts import ShardedCounts, write_shard
        >>> folder = Path(tempfile.mkdtemp())
        >>> rows = sparse.csr_array(np.array([[1, 0], [2, 3], [0, 4]], np.float32))
        >>> write_shard(folder / "0.npy", rows[:2])
        >>> write_shard(folder / "1.npy", rows[2:])
        >>> counts = ShardedCounts([folder / "0.npy", folder / "1.npy"], [2, 1], 2)
        >>> counts.shape, counts[np.array([2, 0])].toarray().tolist()
        ((3, 2), [[0.0, 4.0], [1.0, 0.0]])
    """

    dtype = np.dtype(np.float32)

    def __init__(
        self, paths: Sequence[Path], n_documents: Sequence[int], n_words: int
    ) -> None:
        self._shards = [
            _Shard(path, number)
            for path, number in zip(paths, n_documents, strict=True)
        ]
        for shard, path in zip(self._shards, paths, strict=True):
            shard.check(path, n_words)
        self.shape = (sum(n_documents), n_words)
        self.nnz = sum(len(shard.columns) for shard in self._shards)
        self._first = np.concatenate([[0], np.cumsum(n_documents, dtype=np.int64)])
        # Where the entries of each document end, within its shard.
        self._ends = np.concatenate(
            [np.zeros(0, np.int64)]
            + [np.cumsum(shard.lengths, dtype=np.int64) for shard in self._shards]
        )
        self._lengths = np.concatenate(
            [np.zeros(0, np.int64)] + [shard.lengths for shard in self._shards]
        )

    def row_lengths(self) -> np.ndarray:
        """Returns how many words each document has, int64 `(n_documents,)`."""
        return self._lengths

    def blocks(self) -> Iterator[sparse.csr_array]:
        """Yields the shards as CSR in their order, `(shard, n_words)` each."""
        for shard in self._shards:
            yield self._matrix(shard.lengths, shard.columns, shard.counts)

    def __getitem__(self, rows: Any) -> sparse.csr_array:
        """Returns documents as CSR.

        Args:
            rows: Their numbers, an integer array of one dimension in any order, or a
                slice.

        Raises:
            IndexError: If there is no such document.
        """
        if isinstance(rows, slice):
            rows = np.arange(*rows.indices(self.shape[0]))
        rows = np.asarray(rows)
        if len(rows) and not (0 <= rows.min() and rows.max() < self.shape[0]):
            raise IndexError(f"documents are numbered from 0 to {self.shape[0] - 1}")
        lengths, ends = self._lengths[rows], self._ends[rows]
        shards = np.searchsorted(self._first, rows, side="right") - 1
        places = list(
            zip(shards.tolist(), (ends - lengths).tolist(), ends.tolist(), strict=True)
        )
        none = [np.zeros(0, np.int32)]
        columns = [self._shards[i].columns[start:end] for i, start, end in places]
        counts = [self._shards[i].counts[start:end] for i, start, end in places]
        return self._matrix(
            lengths,
            np.concatenate(none + columns),
            np.concatenate([np.zeros(0, np.float32), *counts]),
        )

    def _matrix(
        self, lengths: np.ndarray, columns: np.ndarray, counts: np.ndarray
    ) -> sparse.csr_array:
        # Given to the constructor, columns would be searched for large numbers.
        matrix: Any = sparse.csr_array((len(lengths), self.shape[1]), dtype=np.float32)
        splits = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        wide = len(columns) > np.iinfo(np.int32).max
        matrix.data = counts
        matrix.indices = columns.astype(np.int64) if wide else columns
        matrix.indptr = splits if wide else splits.astype(np.int32)
        return matrix  # type: ignore[no-any-return]
