"""The tables of an index, their columns, and where they lie."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import lancedb
import pyarrow as pa
from filelock import FileLock, Timeout

from kate_keras.errors import InputError

DOCUMENTS = "documents"
MAP = "map"
LANDMARKS = "landmarks"
MODEL = "model"
FACTS = "facts"

# Where in Rust an error was raised, which says nothing to a user.
SOURCE_LINE = re.compile(r"[,.]? ?\S+\.rs:\d+(:\d+)?")
LOCK = ".writing"
# As many numbers as there are.
MOST_DOCUMENTS = 2**32
# What a table was before may still be read for so long.
KEPT = timedelta(hours=1)
# Of a query's `IN (…)`.
MOST_AT_ONCE = 1000


def documents_schema(n_components: int) -> pa.Schema:
    """Returns the columns of the documents.

    A document without known words has no vector, so that no search finds it.

    Args:
        n_components: Size of a vector.
    """
    return pa.schema(
        [
            pa.field("number", pa.uint32(), nullable=False),
            pa.field("id", pa.string(), nullable=False),
            pa.field("vector", pa.list_(pa.float32(), n_components)),
            pa.field("known_words", pa.int32(), nullable=False),
            pa.field("labels", pa.list_(pa.string()), nullable=False),
            pa.field("rating", pa.float64()),
            pa.field("snippet", pa.string(), nullable=False),
            pa.field("digest", pa.binary(), nullable=False),
        ]
    )


def map_schema() -> pa.Schema:
    """Returns the columns of the map: places in the unit square, topic, first label."""
    return pa.schema(
        [
            pa.field("number", pa.uint32(), nullable=False),
            pa.field("x", pa.float32(), nullable=False),
            pa.field("y", pa.float32(), nullable=False),
            pa.field("topic", pa.int16(), nullable=False),
            pa.field("label", pa.string()),
        ]
    )


def connect(uri: str, seconds: float = 0.0) -> Any:
    """Opens the database at a path or an address of object storage.

    Args:
        uri: Folder, or an address such as `s3://bucket/index`.
        seconds: How old what is read may be.

    Raises:
        InputError: If it cannot be reached.
    """
    try:
        return lancedb.connect(uri, read_consistency_interval=timedelta(0, seconds))
    except (ValueError, RuntimeError, OSError) as error:
        raise InputError(f"The index {uri} cannot be opened: {error}") from None


@contextmanager
def reached(uri: str) -> Iterator[None]:
    """Says in a sentence why an index could not be read or written.

    LanceDB raises what Python has for it, and after a lost connection or without a
    permission a page of Rust; a service that uses the index wants to see all of it.

    Args:
        uri: Folder of the index, or its address.

    Raises:
        InputError: In the place of an error of LanceDB or of the system.
    """
    try:
        yield
    except InputError:
        raise
    except (RuntimeError, ValueError, OSError) as error:
        reason = " ".join(str(error).split()).removeprefix("lance error: ")
        reason = SOURCE_LINE.sub("", reason)
        raise InputError(
            f"The index {uri} cannot be read or written: {reason:.300}. Check the "
            "connection, the permissions and the space that is left, then try again: "
            "what was written is safe."
        ) from error


def table_names(database: Any) -> set[str]:
    """Returns the names of the tables that there are."""
    return set(database.list_tables().tables)


def local_folder(uri: str) -> Path | None:
    """Returns the folder of an index, or `None` if it lies in object storage."""
    return None if "://" in uri else Path(uri)


@contextmanager
def only_writer(uri: str) -> Iterator[None]:
    """Keeps other writers of this machine away; the system ends it with the process.

    Raises:
        InputError: If somebody writes already.
    """
    folder = local_folder(uri)
    if folder is None:
        yield
        return
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise InputError(
            f"Another process writes to {uri}. Wait for its end, then try again."
        ) from None
    try:
        yield
    finally:
        lock.release()


def vectors_of(column: pa.ChunkedArray | pa.Array) -> Any:
    """Returns vectors, none of them null, as float32 `(n, n_components)`."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return column.flatten().to_numpy().reshape(len(column), column.type.list_size)


def listed(numbers: Iterable[int]) -> str:
    """Returns numbers as a filter takes them, between commas."""
    return ", ".join(str(int(number)) for number in numbers)


def quoted(values: Sequence[str]) -> str:
    """Returns strings as a filter takes them, between commas."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)
