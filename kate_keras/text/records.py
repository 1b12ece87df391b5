"""What a reader hands to a corpus: a document or a fault, and where it stood."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kate_keras.errors import InputError
from kate_keras.text.document import Document


class LeftOut(NamedTuple):
    """Something in a source that is no document of it by a rule of the reader.

    Args:
        kind: What it is, such as `"hidden"`.
    """

    kind: str


class Record(NamedTuple):
    """One line of a file, one row of a table or one file of a folder.

    A fault is handed over, not raised, so that reading can go on after it.

    Args:
        line: Number of the line it starts on, or running number, from 1.
        content: The document, its id `""` if it has none; the fault; or what is no
            document and was not looked at.
        n_lines: Lines that it takes; 1 for a file of a folder.
    """

    line: int
    content: Document | InputError | LeftOut
    n_lines: int = 1


Reader = Callable[[], Iterator[Record]]
