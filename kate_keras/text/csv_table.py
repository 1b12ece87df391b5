"""Documents of a comma-separated table."""

import csv
from collections.abc import Iterator
from pathlib import Path

from kate_keras.errors import InputError
from kate_keras.text.document import Document, checked_document
from kate_keras.text.lines import LONGEST_LINE, decode, read_lines
from kate_keras.text.records import Record


class _Lines(Iterator[str]):
    """Decoded lines for the parser, which remember what it took for a record.

    A line with foreign bytes is handed on with marks in their place, so that the
    parser finds the end of the record; the fault is kept for that record.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        self._lines = read_lines(path)
        self._encoding = encoding
        self.last = 0
        self.start_record()

    def start_record(self) -> None:
        self.first = self.last + 1
        self.blank = True
        self.fault: InputError | None = None

    def __next__(self) -> str:
        self.last, line = next(self._lines)
        self.blank = not line.strip()
        try:
            return decode(line, self._encoding)
        except InputError as error:
            self.fault = self.fault or InputError(f"(line {self.last}) {error}")
            return line.decode(self._encoding, "replace")

    def place(self) -> str:
        if self.last <= self.first:
            return f"line {self.first}"
        return f"record that starts at line {self.first} and ends at line {self.last}"


def read_csv(path: Path, encoding: str) -> Iterator[Record]:
    """Yields a record for every row below the header.

    Args:
        path: A `.csv` or `.csv.gz` file with a header line. The column `text` is
            needed; `id`, `labels` (separated by `;`) and `rating` are used; other
            columns are ignored. Blank lines are passed over.
        encoding: Encoding of the file.

    Raises:
        InputError: If the header lacks `text`, or the file cannot be read on.
    """
    header: list[str] | None = None
    lines = _Lines(path, encoding)
    for row in _rows(lines):
        try:
            if isinstance(row, InputError):
                raise row
            if header is None:
                header = _header(row)
                continue
            content: Document | InputError = _document(header, row)
        except InputError as error:
            content = InputError(f"{path}, {lines.place()}: {error}")
            if header is None:
                raise content from None
        yield Record(lines.first, content, lines.last - lines.first + 1)


def _rows(lines: _Lines) -> Iterator[list[str] | InputError]:
    """Yields each row that is not blank, or what is wrong with it."""
    # A limit of the whole process, not of a reader; it is raised and left so, since
    # putting it back would break a reader in another thread.
    csv.field_size_limit(LONGEST_LINE)
    # Without `strict` a stray quote would silently swallow the rest of the file.
    rows = csv.reader(lines, strict=True)
    while True:
        lines.start_record()
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield InputError(
                f"not valid CSV ({error}). A field with a comma, a quote or a line "
                'break must stand in "...", with its quotes doubled.'
            )
            continue
        if row is None:
            return
        if lines.fault:
            yield lines.fault
        elif not lines.blank:
            yield row


def _header(row: list[str]) -> list[str]:
    header = [column.strip() for column in row]
    if "text" not in header:
        raise InputError(
            "no column `text` in the header. The columns are: "
            f"{', '.join(map(repr, header)):.200}. "
            "Name the column of the texts `text`, and separate columns by commas."
        )
    for column in ("text", "id", "labels", "rating"):
        times = header.count(column)
        if times > 1:
            raise InputError(f"the column `{column}` is there {times} times, not once.")
    return header


def _document(header: list[str], row: list[str]) -> Document:
    if len(row) != len(header):
        raise InputError(
            f"expected {len(header)} columns as in the header. Received: {len(row)}. "
            'A text with commas or line breaks must stand in "..."'
        )
    fields = dict(zip(header, row, strict=True))
    labels = [label.strip() for label in fields.get("labels", "").split(";")]
    return checked_document(
        fields["text"], fields.get("id"), labels, _rating(fields.get("rating", ""))
    )


def _rating(cell: str) -> float | None:
    if not cell.strip():
        return None
    try:
        return float(cell)
    except ValueError:
        raise InputError(
            f"`rating` must be a number or empty. Received: {cell!r:.40}"
        ) from None
