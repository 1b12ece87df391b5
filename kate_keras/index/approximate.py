"""Search that looks through a part of the vectors, and how much it misses."""

from typing import Any

import numpy as np
from lancedb.index import BTree, IvfFlat

from kate_keras.index.tables import KEPT, listed, vectors_of

# Up to here every vector is compared, which takes some milliseconds.
MOST_EXACT = 50_000
# Of the true nearest, the share that a search is to find.
WANTED = 0.95
NEAREST = 10
SAMPLE = 200
# The columns of the documents by which they are looked up, and searched.
KEYS = ("number", "id")
VECTOR = "vector"
VECTOR_INDEX = "vector_idx"


def prepare_search(documents: Any) -> tuple[int | None, float]:
    """Makes documents quick to find, now that all of them are there.

    Args:
        documents: The table of documents.

    Returns:
        How many parts of the vectors a search has to look through to find 95 % of the
        10 nearest, `None` if it compares all; and the share that it finds, measured on
        200 documents.
    """
    made = {column for own in documents.list_indices() for column in own.columns}
    for key in KEYS:
        if key not in made:
            documents.create_index(key, config=BTree())
    n_vectors = documents.count_rows(f"{VECTOR} IS NOT NULL")
    if n_vectors <= MOST_EXACT:
        if VECTOR in made:
            documents.drop_index(VECTOR_INDEX)
        documents.optimize(cleanup_older_than=KEPT)
        return None, 1.0
    n_parts = round(n_vectors**0.5)
    if VECTOR not in made or _has_doubled(documents):
        config = IvfFlat(distance_type="cosine", num_partitions=n_parts)
        documents.create_index(VECTOR, config=config)
    documents.optimize(cleanup_older_than=KEPT)
    return enough_probes(documents, n_parts)


def _has_doubled(documents: Any) -> bool:
    """Whether more documents came than the parts were learned from."""
    stats = documents.index_stats(VECTOR_INDEX)
    return bool(stats.num_unindexed_rows > stats.num_indexed_rows)


def enough_probes(
    documents: Any, n_parts: int, wanted: float = WANTED
) -> tuple[int, float]:
    """Finds out how many parts of the vectors a search has to look through.

    Args:
        documents: The table of documents, its vectors in parts.
        n_parts: Number of parts.
        wanted: Share of the 10 nearest that is to be found.

    Returns:
        A number of parts, and the share that a search of them finds, measured on 200
        of the documents, which are not their own neighbours, beside a comparison with
        every vector.
    """
    numbers = documents.search().select(["number"]).to_arrow()["number"].to_numpy()
    chosen = np.random.default_rng(0).choice(
        numbers, min(SAMPLE, len(numbers)), replace=False
    )
    among = f"number IN ({listed(chosen)}) AND {VECTOR} IS NOT NULL"
    query = documents.search().where(among)
    table = query.select(["number", VECTOR]).to_arrow()
    own, vectors = table["number"].to_pylist(), vectors_of(table[VECTOR])

    def found(probes: int | None) -> list[set[int]]:
        search = documents.search(vectors).distance_type("cosine")
        search = (
            search.bypass_vector_index() if probes is None else search.nprobes(probes)
        )
        rows = search.limit(NEAREST + 1).select(["number", "_distance"]).to_arrow()
        sets: list[set[int]] = [set() for _ in own]
        for row in rows.to_pylist():
            if row["number"] != own[row["query_index"]]:
                sets[row["query_index"]].add(row["number"])
        return sets

    true = found(None)
    probes = min(8, n_parts)
    while True:
        hits = [len(a & b) for a, b in zip(found(probes), true, strict=True)]
        recall = sum(hits) / sum(map(len, true))
        if recall >= wanted or probes >= n_parts:
            return probes, recall
        probes = min(2 * probes, n_parts)
