"""Writing the map of an index."""

from typing import Any

import numpy as np
import pyarrow as pa

from kate_keras.index.document_index import DocumentIndex
from kate_keras.index.layout import MOST_LANDMARKS, directions, lay_out, place, unit
from kate_keras.index.tables import (
    DOCUMENTS,
    LANDMARKS,
    MAP,
    map_schema,
    table_names,
    vectors_of,
)


def write_map(database: Any, index: DocumentIndex, mapped: int) -> int:
    """Gives every document with known words its place.

    The places stay as they are until these documents have doubled or halved since the
    places were laid out; those that came in between are placed among the others.

    Args:
        database: The index, to be written.
        index: The same, to be read.
        mapped: Documents with known words that there were when the map was laid out
            last; 0, never.

    Returns:
        Documents with known words that there were when this map was laid out.
    """
    n_documents = len(index) - index.count_unknown()
    laid_out = LANDMARKS in table_names(database)
    if not laid_out or not mapped / 2 <= n_documents <= 2 * mapped:
        _choose_landmarks(database, index)
        mapped = n_documents
    table = database.open_table(LANDMARKS).to_arrow()
    landmarks = vectors_of(table["vector"])
    places = np.stack([table["x"].to_numpy(), table["y"].to_numpy()], axis=1)
    labels = _first_labels(database)
    parts = [map_schema().empty_table()]
    for numbers, vectors in index.vectors():
        x, y = place(vectors, landmarks, places).T
        columns = {
            "number": numbers,
            "x": x.copy(),
            "y": y.copy(),
            "topic": directions(vectors),
            "label": [labels.get(number) for number in numbers.tolist()],
        }
        parts.append(pa.table(columns, map_schema()))
    database.create_table(MAP, pa.concat_tables(parts), mode="overwrite")
    return mapped


def _choose_landmarks(database: Any, index: DocumentIndex) -> None:
    """Lays a part of the documents out, chosen evenly by a seed."""
    none = [np.zeros(0, np.uint32)]
    numbers = np.concatenate(none + [numbers for numbers, _ in index.vectors()])
    n_landmarks = min(MOST_LANDMARKS, len(numbers))
    random = np.random.default_rng(0)
    chosen = random.choice(np.sort(numbers), n_landmarks, replace=False)
    n_components = index.facts.n_components
    parts = [np.zeros((0, n_components), np.float32)]
    for numbers, vectors in index.vectors():
        parts.append(vectors[np.isin(numbers, chosen)])
    landmarks = unit(np.concatenate(parts)).astype(np.float32)
    x, y = lay_out(landmarks).T
    column = pa.FixedSizeListArray.from_arrays(
        pa.array(landmarks.ravel()), n_components
    )
    table = pa.table({"vector": column, "x": x.copy(), "y": y.copy()})
    database.create_table(LANDMARKS, table, mode="overwrite")


def _first_labels(database: Any) -> dict[int, str]:
    """Returns the first label of the documents that have one, by their numbers."""
    query = database.open_table(DOCUMENTS).search().select(["number", "labels"])
    return {
        number: labels[0]
        for batch in query.to_batches(8192)
        for number, labels in zip(
            batch["number"].to_pylist(), batch["labels"].to_pylist(), strict=True
        )
        if labels
    }
