"""Taking documents out of an index."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kate_keras.index.document_index import DocumentIndex
from kate_keras.index.facts import read_facts, write_facts
from kate_keras.index.tables import (
    DOCUMENTS,
    MAP,
    MOST_AT_ONCE,
    connect,
    listed,
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
        delete_rows(connect(str(path)), str(path), index.numbers(ids))


def delete_rows(database: Any, uri: str, numbers: Sequence[int]) -> None:
    """Takes documents out by their numbers, which are not given again.

    The map comes last: should that fail, the documents are of another version than the
    facts know, and the index is made ready anew.

    Args:
        database: The index.
        uri: Where it is, for messages.
        numbers: Numbers of the documents.
    """
    facts = read_facts(database, uri)
    next_number = max([facts.next_number, *(number + 1 for number in numbers)])
    write_facts(database, replace(facts, next_number=next_number))
    names = [name for name in (DOCUMENTS, MAP) if name in table_names(database)]
    for name in names:
        table = database.open_table(name)
        for start in range(0, len(numbers), MOST_AT_ONCE):
            few = numbers[start : start + MOST_AT_ONCE]
            table.delete(f"number IN ({listed(few)})")
