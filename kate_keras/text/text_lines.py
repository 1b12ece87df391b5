"""Documents of a text file, one a line."""

from collections.abc import Iterator
from pathlib import Path

from kate_keras.errors import InputError
from kate_keras.text.document import Document, checked_document
from kate_keras.text.lines import WHOLE, Bytes, decode, read_lines
from kate_keras.text.records import Record


def read_text_lines(path: Path, encoding: str, part: Bytes = WHOLE) -> Iterator[Record]:
    """Yields a record for every line that is not blank.

    Args:
        path: A `.txt` or `.txt.gz` file.
        encoding: Encoding of the file.
        part: Bytes of the file to read; see `read_lines`.

    Raises:
        InputError: If the file cannot be read on.
    """
    for number, line in read_lines(path, part):
        if line.strip():
            try:
                text = decode(line, encoding).rstrip("\r\n")
                content: Document | InputError = checked_document(text)
            except InputError as error:
                content = InputError(f"{path}, line {number}: {error}")
            yield Record(number, content)
