"""Taking documents out of an index."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kate_keras.index.document_index import DocumentIndex
from kate_keras.index.tables import (
    DOCUMENTS,
    MAP,
    MOST_AT_ONCE,
    connect,
    only_writer,
    table_names,
)


def delete_documents(path: str | Path, ids: Sequence[str]) -> None:
    """Takes documents out of an index, all of them or none.

    Args:
        path: Folder of the index, or its address.
        ids: Ids of the documents.

    Raises:
        InputError: If there is no document of an id, there is no index, or another
            process writes to it.
    """
    index = DocumentIndex(path)
    with only_writer(str(path)):
        delete_rows(connect(str(path)), index.numbers(ids))


def delete_rows(database: Any, numbers: Sequence[int]) -> None:
    """Takes documents out by their numbers, from the map first.

    Args:
        database: The index.
        numbers: Numbers of the documents.
    """
    names = [name for name in (MAP, DOCUMENTS) if name in table_names(database)]
    for name in names:
        table = database.open_table(name)
        for start in range(0, len(numbers), MOST_AT_ONCE):
            few = ", ".join(map(str, numbers[start : start + MOST_AT_ONCE]))
            table.delete(f"number IN ({few})")
