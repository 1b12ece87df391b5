"""Lines of a plain or gzipped file, as bytes, and their decoding."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from kate_keras.errors import InputError

# More in one line is no text but a fault, or an attack by a small packed file.
LONGEST_LINE = 2**28
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Bytes(NamedTuple):
    """A part of a file: the lines whose first byte lies in it.

    Args:
        start: First byte.
        end: The byte after the last; `None`, the end of the file.
    """

    start: int = 0
    end: int | None = None


WHOLE = Bytes()


def read_lines(path: Path, part: Bytes = WHOLE) -> Iterator[tuple[int, bytes]]:
    r"""Yields the number, from 1, and the bytes of each line, up to its `\n`.

    Args:
        path: A file; if its name ends in `.gz` it is unpacked while it is read.
        part: Bytes of a plain file to read; lines are numbered from its start. The
            parts of a file have each of its lines once, wherever they are cut.

    Raises:
        InputError: If the file cannot be read, is not a whole gzip file, or a line has
            more than 256 MiB.
    """
    number = 0
    packed = path.suffix.lower() == ".gz"
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            if part.start:
                # What stands before the first line break is of the part before.
                file.seek(part.start - 1)
                while not (skipped := file.readline(LONGEST_LINE)).endswith(b"\n"):
                    if not skipped:
                        return
            place = file.tell()
            lines = iter(partial(file.readline, LONGEST_LINE + 1), b"")
            for number, line in enumerate(lines, 1):
                if part.end is not None and place >= part.end:
                    return
                place += len(line)
                if len(line) > LONGEST_LINE:
                    raise InputError(
                        f"{path}, line {number}: longer than {LONGEST_LINE} bytes, "
                        "which is no document. Put every document on its own line."
                    )
                first = number == 1 and not part.start
                yield number, line.removeprefix(codecs.BOM_UTF8) if first else line
    except EOFError:
        raise InputError(
            f"{path}, after line {number}: the gzip file ends too early. "
            "It is cut off; copy or download it again."
        ) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            f"{path}, after line {number}: not a sound gzip file ({error}). Copy it "
            "again, or take `.gz` off its name if it is not packed."
        ) from None
    except OSError as error:
        raise unreadable(path, error) from None


def decode(data: bytes, encoding: str) -> str:
    """Decodes bytes.

    Raises:
        InputError: If they are not in the encoding; the message gives the byte and
            its position but not the file.
    """
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        place = f"byte 0x{data[error.start]:02x} at position {error.start}"
        if data.startswith(UTF_16_MARKS):
            remedy = "It looks like UTF-16: convert it to UTF-8."
        else:
            remedy = "Name the file's encoding, such as `--encoding latin-1`."
        raise InputError(f"{place} is not {encoding}. {remedy}") from None


def check_encoding(encoding: str, *, by_line: bool) -> None:
    r"""Refuses an encoding that cannot be used.

    Args:
        encoding: Name of a Python codec.
        by_line: Whether files are cut at the byte `\n` before they are decoded.

    Raises:
        InputError: If there is no such text encoding, or its lines do not end in
            that byte.
    """
    try:
        end_of_line = b"\n".decode(encoding, "replace")
    except (LookupError, ValueError):
        raise InputError(
            f"`encoding` must name a text encoding, such as 'utf-8' or 'latin-1'. "
            f"Received: {encoding!r:.40}"
        ) from None
    if by_line and end_of_line != "\n":
        raise InputError(
            f"Lines cannot be told apart in the encoding {encoding!r}. Convert the "
            f"file first: iconv -f {encoding} -t utf-8"
        )


def unreadable(path: Path, error: OSError) -> InputError:
    """Says that a file or folder cannot be read, and why."""
    return InputError(f"{path} cannot be read: {error.strerror or error}.")
