"""Counts of the surface forms of a corpus, which may have more forms than fit."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Self

import numpy as np
from scipy import sparse

from kate_keras.text.array_spool import ArraySpool, pack, unpack


class Stretch(NamedTuple):
    """Consecutive documents, so few that their surface forms fit in memory.

    Attributes:
        forms: Surface forms in order of first appearance.
        blocks: Counts of the documents in order, CSR of `len(forms)` columns.
    """

    forms: list[str]
    blocks: Iterable[sparse.csr_array]


class FormSpool:
    """Stretches of a corpus in a file; iterating reads them back, each time anew.

    Columns are numbered anew in every stretch, so a form has a column in each stretch
    that holds it. A context, at whose end the file is gone.

    Attributes:
        n_documents: Documents so far.
    """

    def __init__(self) -> None:
        self.n_documents = 0
        self._arrays = ArraySpool()
        self._blocks: list[int] = []
        self._stretches: list[tuple[int, list[int]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Forgets the stretches."""
        self._arrays.close()

    def append(
        self, lengths: np.ndarray, columns: np.ndarray, counts: np.ndarray
    ) -> None:
        """Adds documents to the stretch.

        Args:
            lengths: Entries of each document, shape `(n_rows,)`.
            columns: Columns of the entries, document by document, in order.
            counts: Their counts.
        """
        parts = ((lengths, "i4"), (columns, "i4"), (counts, "f4"))
        arrays = (np.asarray(part, dtype) for part, dtype in parts)
        self._blocks.append(self._arrays.append(*arrays))
        self.n_documents += len(lengths)

    def end_stretch(self, forms: Iterable[bytes]) -> None:
        """Names the columns of the documents since the last stretch, in order."""
        self._stretches.append((self._arrays.append(pack(forms)), self._blocks))
        self._blocks = []

    def __iter__(self) -> Iterator[Stretch]:
        """Yields the stretches, with blocks that are read as they are asked for."""
        for place, blocks in self._stretches:
            forms = unpack(*self._arrays.read(place, 1))
            yield Stretch(forms, self._read(blocks, len(forms)))

    def _read(self, places: list[int], n_forms: int) -> Iterator[sparse.csr_array]:
        for place in places:
            lengths, columns, counts = self._arrays.read(place, 3)
            yield csr_rows(lengths, columns, counts, n_forms)


def csr_rows(
    lengths: np.ndarray, columns: np.ndarray, counts: np.ndarray, n_columns: int
) -> sparse.csr_array:
    """Returns float32 CSR `(len(lengths), n_columns)` of rows of these lengths."""
    splits = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    entries = np.asarray(counts, np.float32), np.asarray(columns, np.int32)
    return sparse.csr_array((*entries, splits), shape=(len(lengths), n_columns))
