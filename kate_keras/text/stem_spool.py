"""How often stems occur in a corpus that may have more stems than fit in memory."""

from collections.abc import Iterator
from functools import reduce
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, Self

import numpy as np

from kate_keras.text.array_spool import ArraySpool, pack, unpack

# Stems that a merge reads at once from each stretch.
PART = 1024


class Stem(NamedTuple):
    """A stem, how often it occurs and in how many documents."""

    name: str
    total: float
    documents: int


class FoldedStretch(NamedTuple):
    """What became of the surface forms of a stretch.

    Attributes:
        stems: Its stems, in the order of their names.
        groups: The stem of each form, by its place in `stems`; -1 if it has none.
        totals: How often each form occurs.
    """

    stems: Iterator[Stem]
    groups: np.ndarray
    totals: np.ndarray


class StemSpool:
    """The stems of each stretch of a corpus, in a file; iterating merges them.

    A document is in one stretch only, so totals and documents of stretches add up. A
    context, at whose end the file is gone.

    Example:
        >>> import numpy as np
        >>> from kate_keras.text.stem_spool import StemSpool
        >>> ones, none = np.array([1, 1]), np.array([], int)
        >>> with StemSpool() as stems:
        ...     stems.append(["dog", "cat"], 2.0 * ones, ones, none, none)
        ...     stems.append(["cat"], np.array([3.0]), np.array([1]), none, none)
        ...     [tuple(stem) for stem in stems]
        [('cat', 5.0, 2), ('dog', 2.0, 1)]
    """

    def __init__(self) -> None:
        self._arrays = ArraySpool()
        self._stems: list[list[int]] = []
        self._forms: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._arrays.close()

    def append(
        self,
        names: list[str],
        totals: np.ndarray,
        documents: np.ndarray,
        groups: np.ndarray,
        form_totals: np.ndarray,
    ) -> None:
        """Adds a stretch.

        Args:
            names: Its stems.
            totals: How often each occurs in the stretch.
            documents: In how many of its documents each is.
            groups: The stem of each form, by its place in `names`; -1 if it has none.
            form_totals: How often each form occurs.
        """
        order = np.array(sorted(range(len(names)), key=names.__getitem__), np.int32)
        parts = np.split(order, range(PART, len(order), PART))
        self._stems.append(
            [
                self._arrays.append(
                    pack(names[j].encode() for j in part), totals[part], documents[part]
                )
                for part in parts
            ]
        )
        ranks = np.full(len(order) + 1, -1, np.int32)
        ranks[order] = np.arange(len(order))
        self._forms.append(self._arrays.append(ranks[groups], form_totals))

    def stretches(self) -> Iterator[FoldedStretch]:
        """Yields the stretches as they came."""
        for places, place in zip(self._stems, self._forms, strict=True):
            yield FoldedStretch(self._read(places), *self._arrays.read(place, 2))

    def __iter__(self) -> Iterator[Stem]:
        """Yields the stems of the whole corpus, in the order of their names."""
        runs = [self._read(places) for places in self._stems]
        for _, same in groupby(merge(*runs), itemgetter(0)):
            yield reduce(_added, same)

    def _read(self, places: list[int]) -> Iterator[Stem]:
        for place in places:
            names, totals, documents = self._arrays.read(place, 3)
            columns = unpack(names), totals.tolist(), documents.tolist()
            yield from map(Stem, *columns)


def _added(one: Stem, other: Stem) -> Stem:
    total, documents = one.total + other.total, one.documents + other.documents
    return Stem(one.name, total, documents)
