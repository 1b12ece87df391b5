"""Files as they come, and what may have happened to them, by a seed."""

import csv
import gzip
import io
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

# What parsers stumble over, in the bytes of a file.
AWKWARD = (
    b"\0", b"\r", b"\r\n", b"\n", b"\n\n", b"\x0c", b"\x85", b"\x1a", b"\xff", b"\xfe",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\xf0\x9f",
    "\u0130\u0301\u03a32\u200d".encode(), "\U0001f680".encode(), b"\\ud800", b"\\u0000",
    b'"', b'""', b'"""', b"\\", b"\\\"", b",", b";", b"\t", b"'", b"{", b"}",
    b"[", b"]", b"null", b"true", b"NaN", b"Infinity", b"-0", b"1e999",
    b"9" * 25, b"9" * 5000, b"[" * 3000, b'{"a":' * 2000, b'"text": "again", ',
    b'"id": 1, ',
    b'"id": "1", ', b'"labels": {}, ', b'"rating": "x", ', b"text", b"x" * 70_000,
)  # fmt: skip
# Names of files that an archive of another system, or somebody, may have brought.
NAMES = (b"caf\xe9", b".hidden", b"a b", b"new\nline", b"-rf", b"x" * 200, b"\x01")


def mutated(data: bytes, random: Random) -> bytes:
    """Returns bytes with one to four things done to them.

    Args:
        data: Bytes of a file.
        random: Chooses what, and where.
    """
    for _ in range(random.randint(1, 4)):
        data = random.choice(MUTATIONS)(data, random)
    return data


def _stretch(data: bytes, random: Random) -> tuple[int, int]:
    """A stretch of bytes: short most of the time, sometimes up to all of them."""
    most = len(data) if random.random() < 0.1 else min(len(data), 40)
    start = random.randint(0, len(data))
    return start, min(len(data), start + random.randint(0, most))


def _flip(data: bytes, random: Random) -> bytes:
    if not data:
        return data
    place = random.randrange(len(data))
    changed = data[place] ^ (1 << random.randrange(8))
    return data[:place] + bytes([changed]) + data[place + 1 :]


def _delete(data: bytes, random: Random) -> bytes:
    start, end = _stretch(data, random)
    return data[:start] + data[end:]


def _duplicate(data: bytes, random: Random) -> bytes:
    start, end = _stretch(data, random)
    return data[:end] + data[start:end] + data[end:]


def _splice(data: bytes, random: Random) -> bytes:
    start, end = _stretch(data, random)
    place = random.randint(0, len(data))
    return data[:place] + data[start:end] + data[place:]


def _insert(data: bytes, random: Random) -> bytes:
    place = random.randint(0, len(data))
    return data[:place] + random.choice(AWKWARD) + data[place:]


def _replace(data: bytes, random: Random) -> bytes:
    start, end = _stretch(data, random)
    return data[:start] + random.choice(AWKWARD) + data[end:]


def _truncate(data: bytes, random: Random) -> bytes:
    return data[: random.randint(0, len(data))]


def _prefix(data: bytes, random: Random) -> bytes:
    return random.choice(AWKWARD) + data


def _end(data: bytes, random: Random) -> bytes:
    return data + random.choice(AWKWARD)


MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flip, _delete, _duplicate, _splice, _insert, _replace, _truncate, _prefix, _end
)  # fmt: skip


def as_jsonl(rows: Sequence[dict[str, Any]]) -> bytes:
    """Writes documents as JSON Lines."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return "".join(lines).encode()


def as_csv(rows: Sequence[dict[str, Any]]) -> bytes:
    """Writes documents as a table with columns `id`, `labels`, `rating` and `text`."""
    file = io.StringIO(newline="")
    # Its line ends are those of the standard, so that it quotes every kind of them.
    writer = csv.writer(file)
    writer.writerow(["id", "labels", "rating", "text"])
    for row in rows:
        labels, rating = ";".join(row.get("labels", ())), row.get("rating", "")
        writer.writerow([row["id"], labels, rating, row["text"]])
    return file.getvalue().encode()


def packed(data: bytes) -> bytes:
    """Packs bytes with gzip, the same every time."""
    return gzip.compress(data, mtime=0)


FILES: dict[str, Callable[[Sequence[dict[str, Any]]], bytes]] = {
    "jsonl": as_jsonl,
    "csv": as_csv,
}
READERS = ("jsonl", "jsonl.gz", "csv", "csv.gz", "folder")


def write_source(
    reader: str,
    rows: Sequence[dict[str, Any]],
    folder: Path,
    random: Random | None = None,
) -> Path:
    """Writes documents as a source of a reader, sound or with mutations.

    Args:
        reader: One of `READERS`.
        rows: Documents, with `id`, `text` and perhaps `labels` and `rating`.
        folder: An empty folder for it.
        random: Chooses the mutations; `None`, none.

    Returns:
        The path of the source.
    """
    if reader == "folder":
        return _write_folder(rows, folder / "corpus", random)
    suffix, _, gz = reader.partition(".")
    data = FILES[suffix](rows)
    outside = bool(gz) and random is not None and random.random() < 0.5
    if random is not None and not outside:
        data = mutated(data, random)
    data = packed(data) if gz else data
    if random is not None and outside:
        data = mutated(data, random)
    path = folder / f"corpus.{reader}"
    path.write_bytes(data)
    return path


def _write_folder(
    rows: Sequence[dict[str, Any]], folder: Path, random: Random | None
) -> Path:
    paths = []
    for number, row in enumerate(rows):
        path = folder / "_".join(row.get("labels", ()) or ("none",)) / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(row["text"], encoding="utf-8")
        paths.append(path)
    if random is not None:
        for _ in range(random.randint(1, 3)):
            random.choice(FOLDER_MUTATIONS)(random.choice(paths), random)
    return folder


def _new_name(path: Path, random: Random) -> Path:
    """A path beside another that is not there."""
    name = random.choice(NAMES) + str(random.random()).encode()
    return Path(os.fsdecode(os.path.join(os.fsencode(path.parent), name)))


def _mutate_file(path: Path, random: Random) -> None:
    if path.is_file():
        path.write_bytes(mutated(path.read_bytes(), random))


def _rename(path: Path, random: Random) -> None:
    if path.exists():
        path.rename(_new_name(path, random))


def _link(path: Path, random: Random) -> None:
    targets = (path, path.parent, path.parent.parent, Path("no"), Path("/dev/zero"))
    _new_name(path, random).symlink_to(random.choice(targets))


def _link_to_itself(path: Path, random: Random) -> None:
    new = _new_name(path, random)
    new.symlink_to(new)


def _pipe(path: Path, random: Random) -> None:
    os.mkfifo(_new_name(path, random))


def _folder(path: Path, random: Random) -> None:
    _new_name(path, random).mkdir()


FOLDER_MUTATIONS: tuple[Callable[[Path, Random], None], ...] = (
    _mutate_file, _mutate_file, _rename, _link, _link_to_itself, _pipe, _folder
)  # fmt: skip
