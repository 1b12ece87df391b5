"""A corpus: documents that are read anew, one by one, every time it is used."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kate_keras.errors import InputError
from kate_keras.text.document import Document
from kate_keras.text.ids import Ids
from kate_keras.text.records import LeftOut, Reader

SHOWN = 5  # Messages kept of the lines left out.


@dataclass
class _Tally:
    """What one reading of a corpus has met so far."""

    n_read: int = 0
    n_empty: int = 0
    n_skipped: int = 0
    n_skipped_lines: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    skipped: list[str] = field(default_factory=list)


class Corpus(Iterable[Document]):
    """Documents of a source, read anew and one by one at every iteration.

    The counts are those of the iteration that was begun last; they grow while it runs.

    Args:
        name: The source, for messages.
        reader: Begins a reading of the source.
        skip_bad_lines: Whether to count faults and go on, rather than raise the first.
        id_prefix: What stands before the running number of a document without an id.
        may_be_empty: Whether no document is no fault, as in a part of a corpus.

    Raises:
        InputError: On iteration: at the first fault, unless `skip_bad_lines`; if an id
            comes twice; if there is no document, unless `may_be_empty`.

    Example:
        >>> import pathlib, tempfile
        >>> from kate_keras.text import read_corpus
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "pets.jsonl")
        ...     _ = path.write_text('{"text": "cats purr", "labels": ["cat"]}')
        ...     corpus = read_corpus(path)
        ...     list(corpus), corpus.n_read
        ([Document(text='cats purr', id='1', labels=('cat',), rating=None)], 1)
    """

    def __init__(
        self,
        name: str,
        reader: Reader,
        *,
        skip_bad_lines: bool = False,
        id_prefix: str = "",
        may_be_empty: bool = False,
    ) -> None:
        self.name = name
        self._reader = reader
        self._skip_bad_lines = skip_bad_lines
        self._id_prefix = id_prefix
        self._may_be_empty = may_be_empty
        self._tally = _Tally()

    @property
    def n_read(self) -> int:
        """Number of documents yielded."""
        return self._tally.n_read

    @property
    def n_empty(self) -> int:
        """Number of documents yielded whose text is only white space."""
        return self._tally.n_empty

    @property
    def n_skipped(self) -> int:
        """Number of bad lines, rows or files left out."""
        return self._tally.n_skipped

    @property
    def n_skipped_lines(self) -> int:
        """Number of lines that these took; a row with a stray quote may take many."""
        return self._tally.n_skipped_lines

    @property
    def left_out(self) -> dict[str, int]:
        """How many things of each kind were not looked at, such as hidden files."""
        return dict(self._tally.left_out)

    @property
    def skipped(self) -> tuple[str, ...]:
        """What was wrong with the first few that were left out."""
        return tuple(self._tally.skipped)

    def facts(self) -> dict[str, Any]:
        """Returns what became of the documents, as JSON types.

        `documents`, `empty` and `skipped` are numbers, `messages` are those of the
        first few that were skipped.
        """
        return {
            "documents": self.n_read,
            "empty": self.n_empty,
            "skipped": self.n_skipped,
            "messages": list(self.skipped),
        }

    def __iter__(self) -> Iterator[Document]:
        self._tally = _Tally()
        return self._documents(self._tally)

    def texts(self) -> Iterator[str]:
        """Yields the texts alone."""
        return (document.text for document in self)

    def _documents(self, tally: _Tally) -> Iterator[Document]:
        ids = Ids()
        number = 0
        for line, content, n_lines in self._reader():
            if isinstance(content, LeftOut):
                tally.left_out[content.kind] += 1
                continue
            number += 1
            if isinstance(content, Document):
                content = self._with_id(content, ids, number, line)
            if isinstance(content, InputError):
                if not self._skip_bad_lines:
                    raise content
                tally.n_skipped += 1
                tally.n_skipped_lines += n_lines
                if tally.n_skipped <= SHOWN:
                    tally.skipped.append(str(content))
                continue
            tally.n_read += 1
            tally.n_empty += not content.text.strip()
            yield content
        if not tally.n_read and not self._may_be_empty:
            raise InputError(self._nothing(tally))

    def _with_id(
        self, document: Document, ids: Ids, number: int, line: int
    ) -> Document | InputError:
        """Gives a document without id its running number; refuses an id met before."""
        name = document.id or f"{self._id_prefix}{number}"
        first = ids.first_line(name)
        if first is not None:
            why = "" if document.id else " (its running number, as it has no `id`)"
            return InputError(
                f"{self.name}, line {line}: the id {name!r:.80}{why} is already that "
                f"of line {first}. Give every document an id of its own, or give none."
            )
        if document.id or self._id_prefix:
            ids.add(name, line)
        else:
            ids.add_number(number, line)
        return replace(document, id=name)

    def _nothing(self, tally: _Tally) -> str:
        if tally.n_skipped:
            return (
                f"{self.name} holds no good document; all {tally.n_skipped} were "
                f"skipped. The first: {tally.skipped[0]}"
            )
        if tally.left_out:
            return f"{self.name} holds no documents, but {listed(tally.left_out)}."
        return f"{self.name} holds no documents. Give a source with at least one."


def listed(left_out: Mapping[str, int]) -> str:
    """Says how many things of each kind were left out.

    Example:
        >>> from kate_keras.text.corpus import listed
        >>> listed({"hidden": 2, "a link to a folder": 1})
        '2 × hidden, 1 × a link to a folder'
    """
    return ", ".join(f"{number} × {kind}" for kind, number in left_out.items())
