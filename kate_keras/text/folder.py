"""Documents of a folder of text files."""

import codecs
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from kate_keras.errors import InputError
from kate_keras.text.document import Document, checked_document
from kate_keras.text.lines import decode, unreadable
from kate_keras.text.records import LeftOut, Record


def read_folder(folder: Path, encoding: str) -> Iterator[Record]:
    """Yields a record for every file, in the order of their paths.

    The id of a document is its path within the folder, its label the sub-folder it is
    in. Hidden files and folders are left out, and so are pipes, sockets and devices;
    links to folders are not followed. How many there are is told.

    Args:
        folder: The folder.
        encoding: Encoding of the files.

    Raises:
        InputError: If a folder cannot be listed.
    """
    paths, left_out = _files(folder)
    for kind in left_out:
        yield Record(0, LeftOut(kind))
    for number, path in enumerate(paths, 1):
        try:
            content: Document | InputError = _document(folder, path, encoding)
        except InputError as error:
            content = error
        yield Record(number, content)


def _files(folder: Path) -> tuple[list[Path], list[str]]:
    """Paths of the files, sorted folder by folder, and the kinds of what is left out.

    Only the names are in memory.
    """

    def refuse(error: OSError) -> NoReturn:
        raise unreadable(Path(error.filename), error)

    found: list[Path] = []
    left_out: list[str] = []
    for parent, folders, files in os.walk(folder, onerror=refuse):
        names = [*folders, *files]
        left_out += ["hidden" for name in names if name.startswith(".")]
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            if Path(parent, name).is_symlink():
                left_out.append("a link to a folder")
        for name in files:
            path = Path(parent, name)
            if name.startswith("."):
                continue
            if _is_no_file(path):
                left_out.append("a pipe, socket or device")
            else:
                found.append(path)
    return sorted(found), left_out


def _is_no_file(path: Path) -> bool:
    """Whether there is something to which reading might never end.

    What cannot be looked at, such as a broken link, is reported when it is read.
    """
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


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
