"""Documents of a Parquet file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kate_keras.errors import InputError
from kate_keras.text.document import Document, checked_document
from kate_keras.text.records import Record

COLUMNS = ("text", "id", "labels", "rating")
BATCH = 1024


def read_parquet(path: Path, encoding: str) -> Iterator[Record]:  # noqa: ARG001
    """Yields a record for every row.

    Args:
        path: A `.parquet` file. The column `text` is needed; `id`, `labels` (a list of
            strings, or one) and `rating` are used; other columns are not read.
        encoding: Without effect: the texts of such a file are Unicode.

    Raises:
        InputError: If pyarrow is not installed, or the file cannot be read on.
    """
    file = _opened(path)
    columns = [name for name in COLUMNS if name in file.schema_arrow.names]
    if "text" not in columns:
        raise InputError(
            f"{path}: no column `text`. The columns are: "
            f"{', '.join(map(repr, file.schema_arrow.names)):.200}."
        )
    number = 0
    for batch in _batches(path, file, columns):
        for row in batch.to_pylist():
            number += 1
            try:
                content: Document | InputError = checked_document(
                    row["text"], row.get("id"), row.get("labels"), row.get("rating")
                )
            except InputError as error:
                content = InputError(f"{path}, row {number}: {error}")
            yield Record(number, content)


def _opened(path: Path) -> Any:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise InputError(
            f"{path} needs pyarrow, which is not installed: "
            "pip install 'kate_keras[parquet]'"
        ) from None
    try:
        return ParquetFile(path)
    except (ArrowException, OSError) as error:
        raise InputError(f"{path} is not a sound Parquet file ({error}).") from None


def _batches(path: Path, file: Any, columns: list[str]) -> Iterator[Any]:
    from pyarrow import ArrowException

    try:
        yield from file.iter_batches(BATCH, columns=columns)
    except (ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read on ({error}).") from None
