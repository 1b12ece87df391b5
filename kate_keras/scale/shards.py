"""A corpus cut in shards, each of which one process reads on its own."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from glob import glob, has_magic
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from kate_keras.errors import InputError
from kate_keras.text import Corpus, read_corpus
from kate_keras.text.lines import WHOLE, Bytes
from kate_keras.text.source import LINE_READERS

# Some tens of thousands of documents, which take a core seconds.
SHARD_BYTES = 64 * 2**20
# Files whose lines are documents, so that they can be read from anywhere.
CUT = tuple(LINE_READERS)
COPY_BYTES = 2**20


@dataclass(frozen=True)
class Reading:
    """How corpora are read; see `read_corpus`.

    Args:
        skip_bad_lines: Whether to count and leave out what cannot be read.
        encoding: Encoding of text files.
    """

    skip_bad_lines: bool = False
    encoding: str = "utf-8"


AS_USUAL = Reading()


@dataclass(frozen=True)
class Shard:
    """A part of a corpus.

    Args:
        number: Its place in the corpus, from 0.
        source: File, folder, URL or known name.
        part: Which bytes of a file.
        state: Size and time of the last change of a file, or how many files a folder
            has and a hash of theirs, which tell that it changed.
        alone: Whether it is the whole corpus. Otherwise a document without an id bears
            the shard's name before its running number, so that no two have the same.
    """

    number: int
    source: str
    part: Bytes = WHOLE
    state: tuple[int, int] | None = None
    alone: bool = False

    @property
    def name(self) -> str:
        """Its name; names sort as the corpus goes."""
        return f"{self.number:06d}"

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        start, end = self.part
        if end is None and not start:
            return self.source
        return f"{self.source}, bytes {start} to {'the end' if end is None else end}"

    def digest(self) -> str:
        """A hash by which other shards differ, and this one once its source changed."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()


def list_shards(
    sources: Sequence[str], *, shard_bytes: int = SHARD_BYTES
) -> list[Shard]:
    r"""Cuts a corpus in shards.

    Args:
        sources: What `read_corpus` takes; patterns of paths such as `posts/*.jsonl`;
            URLs of object stores such as `s3://bucket/posts/*.jsonl.gz` (`gs://`,
            `hdfs://` and `file://` too), with patterns in the name of the file. They
            follow each other in the order given, those of a pattern in that of their
            names.
        shard_bytes: About how many bytes of a plain `.jsonl` or `.txt` file are a
            shard; other files, folders, and what is behind a URL are one each.

    Returns:
        The shards in the order of the corpus; their numbers are their places.

    Raises:
        InputError: If there is no such source, or one is named twice.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from kate_keras.scale.shards import list_shards
        >>> path = Path(tempfile.mkdtemp()) / "pets.jsonl"
        >>> _ = path.write_text('{"text": "cats purr"}\n' * 3)
        >>> [shard.part for shard in list_shards([str(path)], shard_bytes=40)]
        [Bytes(start=0, end=40), Bytes(start=40, end=None)]
    """
    # Other processes have other working folders.
    paths = [
        os.path.abspath(path) if not is_url(path) and Path(path).exists() else path
        for source in sources
        for path in _expanded(source)
    ]
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            raise InputError(f"{path} is named twice. Name each source once.")
        seen.add(path)
    parts = [(path, *part) for path in paths for part in _parts(path, shard_bytes)]
    alone = len(parts) == 1
    return [Shard(i, *part, alone=alone) for i, part in enumerate(parts)]


@contextmanager
def opened(shard: Shard, reading: Reading) -> Iterator[Corpus]:
    """Opens the documents of a shard; those behind a URL are copied to this machine.

    Args:
        shard: Shard.
        reading: How it is read.

    Raises:
        InputError: If the source is gone or cannot be read; on iteration, as `Corpus`.
    """
    with _local(shard.source) as path:
        yield read_corpus(
            path,
            **vars(reading),
            part=shard.part,
            id_prefix="" if shard.alone else f"{shard.name}:",
            name=shard.place,
        )


def is_url(source: str) -> bool:
    """Whether a source is behind a URL."""
    return "://" in source


def _expanded(source: str) -> list[str]:
    """The sources that a pattern stands for."""
    if is_url(source):
        return _expanded_url(source)
    if has_magic(source) and not Path(source).exists():
        found = sorted(glob(source, recursive=True))
        if not found:
            raise InputError(f"No path is like {source!r:.200}.")
        return found
    # Refuses what is no corpus before any work begins.
    read_corpus(source)
    return [source]


def _expanded_url(url: str) -> list[str]:
    files, place = _file_system(url)
    name = PurePosixPath(place).name
    if not has_magic(name):
        if not files.get_file_info(place).is_file:
            raise InputError(f"There is no file {url}.")
        return [url]
    from pyarrow.fs import FileSelector

    parent = str(PurePosixPath(place).parent)
    listing = files.get_file_info(FileSelector(parent, allow_not_found=True))
    found = sorted(
        entry.path
        for entry in listing
        if entry.is_file and fnmatch(entry.base_name, name)
    )
    if not found:
        raise InputError(f"No file is like {url}.")
    return [url.replace(place, path, 1) for path in found]


def _file_system(url: str) -> tuple[Any, str]:
    try:
        from pyarrow import ArrowException
        from pyarrow.fs import FileSystem
    except ImportError:
        raise InputError(
            f"{url} needs pyarrow, which is not installed: "
            "pip install 'kate_keras[scale]'"
        ) from None
    # Names of files are written as they are, not escaped as in a URI.
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    path, mark, query = path.partition("?")
    uri = f"{scheme}://{host}{slash}{quote(path)}{mark}{query}"
    try:
        files, place = FileSystem.from_uri(uri)
    except (ArrowException, ValueError) as error:
        raise InputError(f"{url} is no place that can be read: {error}") from None
    return files, place


def _parts(source: str, size: int) -> Iterator[tuple[Bytes, tuple[int, int] | None]]:
    if is_url(source):
        files, place = _file_system(source)
        info = files.get_file_info(place)
        yield WHOLE, (info.size, info.mtime_ns)
        return
    path = Path(source)
    if path.is_dir():
        yield WHOLE, _folder_state(path)
        return
    if not path.is_file():
        yield WHOLE, None
        return
    status = path.stat()
    state = (status.st_size, status.st_mtime_ns)
    starts = range(0, status.st_size, size) if path.suffix.lower() in CUT else [0]
    for start in starts or [0]:
        end = start + size
        last = len(starts) <= 1 or end >= status.st_size
        yield Bytes(start, None if last else end), state


def _folder_state(folder: Path) -> tuple[int, int]:
    """How many files are in a folder, and a hash of their names, sizes and times."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            status = path.stat()
            name = path.relative_to(folder).as_posix()
            found.append((name, status.st_size, status.st_mtime_ns))
    digest = hashlib.sha256(json.dumps(sorted(found)).encode()).digest()
    return len(found), int.from_bytes(digest[:6], "big")


@contextmanager
def _local(source: str) -> Iterator[str]:
    if not is_url(source):
        yield source
        return
    files, place = _file_system(source)
    with TemporaryDirectory(prefix="kate-shard-") as folder:
        path = Path(folder, PurePosixPath(place).name)
        try:
            # As it is; pyarrow would unpack what ends in .gz.
            with (
                files.open_input_stream(place, compression=None) as remote,
                path.open("wb") as local,
            ):
                while part := remote.read(COPY_BYTES):
                    local.write(part)
        except FileNotFoundError:
            raise InputError(f"{source} is gone.") from None
        yield str(path)
