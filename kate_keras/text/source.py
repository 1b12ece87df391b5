"""From a path or a name to a corpus."""

from collections.abc import Callable, Iterator
from pathlib import Path

from kate_keras.errors import InputError
from kate_keras.text.corpus import Corpus
from kate_keras.text.csv_table import read_csv
from kate_keras.text.folder import read_folder
from kate_keras.text.jsonl import read_jsonl
from kate_keras.text.lines import WHOLE, Bytes, check_encoding
from kate_keras.text.named import named_reader
from kate_keras.text.parquet_table import read_parquet
from kate_keras.text.records import Reader, Record
from kate_keras.text.text_lines import read_text_lines

# Files that can be read from any byte on.
LINE_READERS = {".jsonl": read_jsonl, ".txt": read_text_lines}
FILE_READERS: dict[str, Callable[[Path, str], Iterator[Record]]] = {
    **LINE_READERS,
    ".csv": read_csv,
    ".parquet": read_parquet,
}
ACCEPTED = (
    "a .jsonl, .csv or .txt file (a document a line), each plain or .gz, a .parquet "
    "file, a folder of text files, or one of the names 20newsgroups, rcv1 (each also "
    "with :train, :test or :all) and docstrings"
)


def read_corpus(
    source: str | Path,
    *,
    skip_bad_lines: bool = False,
    encoding: str = "utf-8",
    download: bool = False,
    part: Bytes = WHOLE,
    id_prefix: str = "",
    name: str | None = None,
) -> Corpus:
    """Opens a corpus; nothing is read before it is iterated over.

    Args:
        source: A `.jsonl`, `.csv` or `.txt` file (a document a line), plain or `.gz`; a
            `.parquet` file; a folder of text files; or a known name: `20newsgroups` or
            `rcv1` (`:train`, the default, `:test` or `:all` may follow) or
            `docstrings`. A path that exists wins over a name.
        skip_bad_lines: Whether to count and leave out bad lines, rows or files.
        encoding: Encoding of the files.
        download: Whether a known corpus that is not on this machine may be fetched.
        part: Which bytes of a plain `.jsonl` or `.txt` file to read, for those who cut
            a corpus; it may then hold no document.
        id_prefix: What stands before the running number of a document without an id.
        name: What messages call the corpus; `None`, by its source.

    Returns:
        The corpus. Documents without an id bear their running number, from 1, among
        all documents good or bad.

    Raises:
        InputError: If there is no such source, or no such encoding.
    """
    if not isinstance(source, str | Path):
        raise InputError(
            f"A corpus must be {ACCEPTED}. Received: {source!r:.80} "
            f"(of type {type(source).__name__})"
        )
    reader = _reader(source, encoding, download, part)
    return Corpus(
        str(source) if name is None else name,
        reader,
        skip_bad_lines=skip_bad_lines,
        id_prefix=id_prefix,
        may_be_empty=part != WHOLE,
    )


def _reader(source: str | Path, encoding: str, download: bool, part: Bytes) -> Reader:
    path = Path(source)
    if _exists(path):
        if path.is_dir():
            check_encoding(encoding, by_line=False)
            return lambda: read_folder(path, encoding)
        suffix = Path(path.name.lower().removesuffix(".gz")).suffix
        read = FILE_READERS.get(suffix)
        if read is None:
            raise InputError(f"A corpus must be {ACCEPTED}. Received the file: {path}")
        if not path.is_file():
            raise InputError(
                f"{path} is a pipe, a socket or a device, which cannot be read again "
                "from its beginning. Write it to a file first."
            )
        check_encoding(encoding, by_line=True)
        if part != WHOLE:
            return lambda: LINE_READERS[suffix](path, encoding, part)
        return lambda: read(path, encoding)
    reader = named_reader(str(source), download=download)
    if reader is None:
        raise InputError(
            f"There is no corpus {str(source)!r:.200}. It must be {ACCEPTED}."
        )
    return reader


def _exists(path: Path) -> bool:
    """Whether there is such a path; a text given by mistake is none."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
