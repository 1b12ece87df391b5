"""Counts of a corpus in files, of which memory holds what is looked at."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from scipy import sparse

from kate_keras.errors import InputError
from kate_keras.text.array_file import ArrayFile

# Of documents, or of their entries, that are handled at once.
PART = 2**16


def write_shard(path: Path, counts: sparse.csr_array) -> None:
    """Writes rows of counts as one `.npy` file that can be read in parts.

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


class Shard(NamedTuple):
    """Counts of some documents, in a file or two.

    Attributes:
        lengths: How many words each document has, `(n_documents,)`.
        columns: Word ids, document by document.
        counts: The counts of these.
    """

    lengths: np.ndarray
    columns: ArrayFile
    counts: ArrayFile


def read_shard(path: Path, n_documents: int, n_words: int) -> Shard:
    """Opens a file of `write_shard`.

    Args:
        path: The file.
        n_documents: How many documents it has.
        n_words: Number of columns.

    Raises:
        InputError: If the file is not what `write_shard` makes of so many documents
            and words.
    """
    try:
        content: Any = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path} is no shard of counts: {error}.") from None
    entries = len(content) - n_documents if content.ndim == 1 else -1
    if content.dtype != np.dtype("<i4") or entries < 0 or entries % 2:
        raise InputError(
            f"{path} is no shard of counts: expected int32 of the lengths of "
            f"{n_documents} documents, word ids and counts. Found: "
            f"{content.dtype} of shape {content.shape}."
        )
    file = path.open("rb", buffering=0)
    numbers, nnz = ArrayFile(file, "<i4", content.offset, len(content)), entries // 2
    shard = Shard(
        numbers[:n_documents],
        numbers.part("<i4", n_documents, nnz),
        numbers.part("<f4", n_documents + nnz, nnz),
    )
    _check(path, shard, n_words)
    return shard


def _check(path: Path, shard: Shard, n_words: int) -> None:
    """Refuses places outside of the matrix, which compiled code would follow."""
    total, nnz = shard.lengths.sum(dtype=np.int64), len(shard.columns)
    if shard.lengths.min(initial=0) < 0 or total != nnz:
        raise InputError(f"{path} is damaged: its lengths do not add up.")
    least, most = 0, -1
    for start in range(0, nnz, PART):
        part = shard.columns[start : start + PART]
        least, most = min(least, part.min()), max(most, part.max())
    if least < 0 or most >= n_words:
        raise InputError(
            f"{path} is damaged: expected word ids from 0 to below {n_words}, "
            f"found {least} to {most}."
        )


class ShardedCounts:
    """Counts of a corpus in shards, of which memory holds what is looked at.

    Beside the files there are 16 bytes in memory for each document.

    Args:
        shards: The shards, in the order of the corpus.
        n_words: Number of columns.

    Attributes:
        shape: `(n_documents, n_words)`.
        nnz: Number of entries.

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
        >>> files = [folder / "0.npy", folder / "1.npy"]
        >>> counts = ShardedCounts.of_files(files, [2, 1], 2)
        >>> counts.shape, counts[np.array([2, 0])].toarray().tolist()
        ((3, 2), [[0.0, 4.0], [1.0, 0.0]])
    """

    dtype = np.dtype(np.float32)

    def __init__(self, shards: Sequence[Shard], n_words: int) -> None:
        lengths = [np.zeros(0, np.int64), *(shard.lengths for shard in shards)]
        self._lengths = np.concatenate(lengths)
        # Where the entries of each document end, within its shard.
        ends = [np.cumsum(part, dtype=np.int64) for part in lengths]
        self._ends = np.concatenate(ends)
        self._first = np.cumsum([len(part) for part in lengths])
        # Lengths are kept once.
        own = np.split(self._lengths, self._first[1:-1]) if shards else []
        self._shards = [
            shard._replace(lengths=part)
            for shard, part in zip(shards, own, strict=True)
        ]
        self.shape = (len(self._lengths), n_words)
        self.nnz = sum(len(shard.columns) for shard in shards)

    @classmethod
    def of_files(
        cls, paths: Sequence[Path], n_documents: Sequence[int], n_words: int
    ) -> Self:
        """Opens files of `write_shard`.

        Args:
            paths: The files, in the order of the corpus.
            n_documents: How many documents each of them has.
            n_words: Number of columns.

        Raises:
            InputError: If a file is not what `write_shard` makes of so many documents
                and words.
        """
        files = zip(paths, n_documents, strict=True)
        return cls(
            [read_shard(path, number, n_words) for path, number in files], n_words
        )

    def row_lengths(self) -> np.ndarray:
        """Returns how many words each document has, int64 `(n_documents,)`."""
        return self._lengths

    def blocks(self) -> Iterator[sparse.csr_array]:
        """Yields the documents as CSR in their order, `(block, n_words)` each."""
        for shard in self._shards:
            end = 0
            for first in range(0, len(shard.lengths), PART):
                lengths = shard.lengths[first : first + PART]
                start, end = end, end + int(lengths.sum(dtype=np.int64))
                part = slice(start, end)
                yield self._matrix(lengths, shard.columns[part], shard.counts[part])

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
        # Documents that follow each other in a shard are read at once.
        apart = (np.diff(rows, prepend=-2) != 1) | (np.diff(shards, prepend=-1) != 0)
        first = np.flatnonzero(apart)
        last = np.append(first, len(rows))[1:] - 1
        runs = (shards[first], (ends - lengths)[first], ends[last])
        places = list(zip(*(run.tolist() for run in runs), strict=True))
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
