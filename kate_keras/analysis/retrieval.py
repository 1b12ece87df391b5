"""How well the nearest vectors share the labels of a query."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kate_keras.analysis.labels import (
    Labels,
    have_one_label_each,
    label_matrix,
    label_names,
)
from kate_keras.errors import InputError

# The fractions of the paper's figure 4.
FRACTIONS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
# Bounds of query length in words, of the released code.
LENGTHS = (100, 120, 150, 200, 300, 1000, 1500, 2000, 4000)
# The fractions that are reported per length: the released code's, and the tuning's.
LENGTH_FRACTIONS = (0.001, 0.02)
QUERIES_AT_A_TIME = 256


@dataclass(frozen=True)
class LengthBin:
    """Retrieval precision of the queries of a certain length.

    Args:
        below: Words that the queries have fewer of, and not fewer than the bin before;
            `None` for the last bin, of longer ones.
        n_queries: How many queries.
        precision: Precision per fraction of the database.
    """

    below: int | None
    n_queries: int
    precision: dict[float, float]

    def to_json(self) -> dict[str, Any]:
        """Returns the bin as JSON types."""
        return {
            "below": self.below,
            "n_queries": self.n_queries,
            "precision": precision_to_json(self.precision),
        }


@dataclass(frozen=True)
class Retrieval:
    """Figures of queries that each rank the whole database.

    Args:
        precision: Precision per fraction of the database.
        precision_at_10: Precision among the ten nearest.
        mean_average_precision: Mean over the queries of the average precision.
        precision_by_length: Bins that hold queries, shortest first; `None` if the
            lengths are not known.
    """

    precision: dict[float, float]
    precision_at_10: float
    mean_average_precision: float
    precision_by_length: tuple[LengthBin, ...] | None


def measure_retrieval(
    queries: np.ndarray,
    query_labels: Labels,
    database: np.ndarray,
    database_labels: Labels,
    *,
    lengths: Sequence[float] | None = None,
    fractions: Sequence[float] = FRACTIONS,
) -> Retrieval:
    """Ranks the database by cosine for every query, and counts shared labels.

    A document is relevant if it has a label in common with the query. Precision is the
    share of relevant ones among the nearest documents; average precision is the mean,
    over the relevant documents, of the precision at the rank of each, and 0 if there is
    none. Both are averaged over the queries. A zero vector has cosine 0 with
    everything; of equal cosines (in single precision) the earlier document comes first.

    Args:
        queries: Vectors, shape `(n_queries, d)`.
        query_labels: Labels of each query.
        database: Vectors, shape `(n_documents, d)`.
        database_labels: Labels of each document.
        lengths: Words of each query, for the precision by length. A query goes to the
            first of `LENGTHS` it is under.
        fractions: Parts of the database, each above 0 and at most 1; a part is rounded
            to whole documents and is at least one.

    Returns:
        The figures.

    Raises:
        InputError: If there are no queries or no documents, numbers of vectors and
            labels or lengths differ, or a fraction is out of its range.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import measure_retrieval
        >>> database = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        >>> labels = [["cat"], ["dog"], ["cat"]]
        >>> found = measure_retrieval(np.eye(2)[:1], [["cat"]], database, labels,
        ...                           fractions=[0.3, 1.0])
        >>> found.precision[0.3], round(found.mean_average_precision, 4)
        (1.0, 0.8333)

    Reference:
        Chen and Zaki 2017, section 4.5, figure 4. Precision by length is in their
        released code only, at fraction .001 and without queries of 4,000 words or more.
        Average precision: Manning, Raghavan and Schütze, "Introduction to Information
        Retrieval", 2008, section 8.4.
    """
    _check(queries, query_labels, database, database_labels, lengths, fractions)
    n_documents = len(database)
    wanted = list(dict.fromkeys((*fractions, *LENGTH_FRACTIONS)))
    places = [max(1, round(fraction * n_documents)) for fraction in wanted]
    places.append(min(10, n_documents))
    relevance = _relevance(query_labels, database_labels)
    unit_database = unit_rows(database)
    ranks = np.arange(1, n_documents + 1)
    precision = np.empty((len(queries), len(places)))
    average_precision = np.empty(len(queries))
    for start in range(0, len(queries), QUERIES_AT_A_TIME):
        rows = slice(start, start + QUERIES_AT_A_TIME)
        cosines = unit_rows(queries[rows]) @ unit_database.T
        relevant = _by_rank(cosines, relevance(rows))
        hits = np.cumsum(relevant, axis=1, dtype=np.int32)
        precision[rows] = hits[:, np.array(places) - 1] / places
        total = (hits * relevant) @ (1 / ranks)
        average_precision[rows] = total / np.maximum(hits[:, -1], 1)
    columns = {fraction: precision[:, j] for j, fraction in enumerate(wanted)}
    return Retrieval(
        precision={fraction: float(columns[fraction].mean()) for fraction in fractions},
        precision_at_10=float(precision[:, -1].mean()),
        mean_average_precision=float(average_precision.mean()),
        precision_by_length=None if lengths is None else _by_length(columns, lengths),
    )


def precision_to_json(precision: dict[float, float]) -> dict[str, float]:
    """Returns precision per fraction with the fractions as JSON keys."""
    return {f"{fraction:g}": value for fraction, value in precision.items()}


def _check(
    queries: np.ndarray,
    query_labels: Labels,
    database: np.ndarray,
    database_labels: Labels,
    lengths: Sequence[float] | None,
    fractions: Sequence[float],
) -> None:
    for name, vectors, facts in (
        ("query_labels", queries, query_labels),
        ("database_labels", database, database_labels),
        ("lengths", queries, queries if lengths is None else lengths),
    ):
        if not len(vectors) or len(vectors) != len(facts):
            raise InputError(
                f"`{name}` must have one entry per vector, and there must be vectors. "
                f"Received: {len(facts)} entries for {len(vectors)} vectors."
            )
    for fraction in fractions:
        if not 0 < fraction <= 1:
            raise InputError(
                "`fractions` must each be above 0 and at most 1. "
                f"Received: {fraction!r}"
            )


def _relevance(
    query_labels: Labels, database_labels: Labels
) -> Callable[[slice], np.ndarray]:
    """Makes a function from queries to what is relevant, `(queries, documents)`."""
    names = label_names(query_labels, database_labels)
    ours = label_matrix(query_labels, names)
    theirs = label_matrix(database_labels, names)
    if have_one_label_each(query_labels, database_labels):
        # Comparing numbers is some ten times as fast as the product below.
        query, document = ours.indices, theirs.indices
        return lambda rows: np.equal(query[rows, None], document)
    return lambda rows: np.greater((ours[rows] @ theirs.T).toarray(), 0)


def _by_rank(cosines: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """Reorders each row of `relevant` by falling cosine, ties by place.

    Cosine, place and relevance are packed into one integer per document, because NumPy
    sorts integers several times as fast as it finds the order of floats. The bits of a
    float32 are in the order of the numbers once those of negative ones are flipped.
    """
    bits = (cosines + np.float32(0)).view(np.int32)  # + 0 makes -0 the same as 0.
    ascending = bits ^ ((bits >> 31) & np.int32(0x7FFFFFFF))
    places = np.arange(cosines.shape[1], dtype=np.int64) << 1
    keys = (~ascending).astype(np.int64) << 32 | places | relevant
    keys.sort(axis=1)
    by_rank: np.ndarray = (keys & 1).astype(bool)
    return by_rank


def _by_length(
    columns: dict[float, np.ndarray], lengths: Sequence[float]
) -> tuple[LengthBin, ...]:
    numbers = np.searchsorted(LENGTHS, np.asarray(lengths), side="right")
    return tuple(
        LengthBin(
            below=(*LENGTHS, None)[number],
            n_queries=int((numbers == number).sum()),
            precision={
                fraction: float(columns[fraction][numbers == number].mean())
                for fraction in LENGTH_FRACTIONS
            },
        )
        for number in np.unique(numbers)
    )


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Returns vectors of length 1, float32; those of zero stay."""
    vectors = vectors.astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.zeros_like(vectors)
    np.divide(vectors, lengths, out=unit, where=lengths > 0)
    return unit
