"""Documents of a folder of text files."""

import codecs
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from kate_keras.errors import InputError
from kate_keras.text.document import Document, checked_document
from kate_keras.text.lines import decode, unreadable
from kate_keras.text.records import Record


def read_folder(folder: Path, encoding: str) -> Iterator[Record]:
    """Yields a record for every file, in the order of their paths.

    The id of a document is its path within the folder, its label the sub-folder it is
    in. Hidden files and folders are left out; links to folders are not followed.

    Args:
        folder: The folder.
        encoding: Encoding of the files.

    Raises:
        InputError: If a folder cannot be listed.
    """
    for number, path in enumerate(_files(folder), 1):
        try:
            content: Document | InputError = _document(folder, path, encoding)
        except InputError as error:
            content = error
        yield Record(number, content)


def _files(folder: Path) -> list[Path]:
    """Paths of the files, sorted folder by folder; only the names are in memory."""

    def refuse(error: OSError) -> NoReturn:
        raise unreadable(Path(error.filename), error)

    found: list[Path] = []
    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(parent, name) for name in files if not name.startswith("."))
        # A pipe would block; a broken link is kept, to be reported as a fault.
        found.extend(path for path in paths if path.is_file() or not path.exists())
    return sorted(found)


def _document(folder: Path, path: Path, encoding: str) -> Document:
    name = path.relative_to(folder)
    labels = [] if name.parent == Path() else [name.parent.as_posix()]
    try:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        return checked_document(decode(data, encoding), name.as_posix(), labels)
    except InputError as error:
        raise InputError(f"{path}{_line(data, encoding)}: {error}") from None


def _line(data: bytes, encoding: str) -> str:
    """Says on which line the first foreign byte stands, if there is one."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        return f", line {number}"
    return ""
