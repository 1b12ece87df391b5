"""What a reader hands to a corpus: a document or a fault, and where it stood."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kate_keras.errors import InputError
from kate_keras.text.document import Document


class Record(NamedTuple):
    """One line of a file, one row of a table or one file of a folder.

    A fault is handed over, not raised, so that reading can go on after it.

    Args:
        line: Number of the line it starts on, or running number, from 1.
        content: The document, its id `""` if it has none; or the fault.
    """

    line: int
    content: Document | InputError


Reader = Callable[[], Iterator[Record]]
