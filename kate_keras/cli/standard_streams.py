"""Standard streams that may be closed, full, or without a reader."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any, TextIO

NAMES = ("stdin", "stdout", "stderr")


class Heedless:
    """A stream for notices: if nobody can read them, the work goes on all the same.

    Args:
        stream: The stream itself, to which everything else is passed on.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes, or discards what cannot be written."""
        try:
            return self._stream.write(text)
        except OSError:
            discard(self._stream)
            return len(text)

    def flush(self) -> None:
        """Passes on what was written, or discards it."""
        settle(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def usable_streams() -> Iterator[None]:
    """Makes the standard streams usable while the block lasts.

    One that the caller has closed swallows what is written: its number would otherwise
    be that of the next file to be opened, into which notices would then go. Results
    with characters that the terminal's encoding lacks are written as escapes.
    """
    for number, name in enumerate(NAMES):
        _open(number, name)
    notices = sys.stderr
    results, errors = sys.stdout, getattr(sys.stdout, "errors", None)
    if isinstance(results, TextIOWrapper):
        results.reconfigure(errors="backslashreplace")
    sys.stderr = Heedless(notices)
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.stderr = notices
        if isinstance(results, TextIOWrapper) and not results.closed:
            results.reconfigure(errors=errors)


def _open(number: int, name: str) -> None:
    if getattr(sys, name) is not None:
        return
    try:
        os.fstat(number)
    except OSError:
        nothing = os.open(os.devnull, os.O_RDWR)
        if nothing != number:
            os.dup2(nothing, number)
            os.close(nothing)
    mode = "r" if name == "stdin" else "w"
    setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))


def settle(stream: TextIO) -> None:
    """Passes on what a stream holds, or discards it, before the end of the process."""
    try:
        stream.flush()
    except OSError:
        discard(stream)


def discard(stream: TextIO) -> None:
    """Lets a stream swallow what it still holds, so that its end is no error."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, number)
    os.close(nothing)


def say(message: str) -> None:
    """Writes a line about the work to stderr; results go to stdout."""
    sys.stderr.write(printable(message) + "\n")


def printable(text: str) -> str:
    r"""Writes characters that a terminal would act on, or cannot show, as escapes.

    Example:
        >>> from kate_keras.cli.standard_streams import printable
        >>> print(printable("a\x1b[2Jb\u2028c é"))
        a\x1b[2Jb\u2028c é
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == " " else repr(c)[1:-1] for c in text)
