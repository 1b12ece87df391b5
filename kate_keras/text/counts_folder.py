"""A folder of counts: what `kate counts` writes and training reads."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kate_keras.durable import flush_to_disk
from kate_keras.errors import InputError
from kate_keras.strict_json import read_json
from kate_keras.text.sharded_counts import ShardedCounts
from kate_keras.text.vocabulary import Vocabulary

FORMAT, FORMAT_VERSION = "kate_keras counts", 1
MANIFEST, VOCABULARY = "counts.json", "vocabulary.json"


@dataclass(frozen=True)
class CountsFolder:
    """Counts of a corpus, with the words that they are of.

    Attributes:
        path: The folder.
        vocabulary: The words, with the frequencies of the corpus.
        counts: Counts of the documents in the order of the corpus,
            `(n_documents, len(vocabulary))`.
        n_words: Words in all beside stop words, repeats counted, known or not.
        options: What the words were chosen by, as options of `KATE` by name.
        facts: How many documents were read, were empty and were skipped.
        digest: SHA-256 of all that the folder holds.
    """

    path: Path
    vocabulary: Vocabulary
    counts: ShardedCounts
    n_words: float
    options: dict[str, Any]
    facts: dict[str, int]
    digest: str


def is_counts_folder(path: str | Path) -> bool:
    """Whether there is a folder of counts."""
    return (Path(path) / MANIFEST).is_file()


def write_counts_manifest(
    folder: Path,
    shards: Sequence[Mapping[str, Any]],
    *,
    vocabulary: str,
    n_words: float,
    options: Mapping[str, Any],
    facts: Mapping[str, int],
) -> None:
    """Completes a folder of counts; until then it is none.

    Args:
        folder: Folder that holds the other files already.
        shards: Of each file of counts its `file` (name in the folder), `sha256`,
            `documents` and `source`, in the order of the corpus.
        vocabulary: SHA-256 of `vocabulary.json`.
        n_words: See `CountsFolder`.
        options: See there.
        facts: See there.
    """
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "vocabulary": vocabulary,
        "words_in_all": n_words,
        "options": dict(options),
        "facts": dict(facts),
        "shards": [dict(shard) for shard in shards],
    }
    content["checksum"] = _checksum(content)
    aside = folder / f".{MANIFEST}.aside"
    aside.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    flush_to_disk(aside)
    aside.replace(folder / MANIFEST)
    flush_to_disk(folder)


def open_counts(path: str | Path) -> CountsFolder:
    """Opens a folder of counts, once all of its checksums are right.

    Args:
        path: Folder that `kate counts` wrote.

    Raises:
        InputError: If it is not such a folder, not complete, or damaged.
    """
    folder = Path(path)
    if not is_counts_folder(folder):
        raise InputError(
            f"{folder} is not a folder of counts: it has no {MANIFEST}. Expected a "
            "folder that `kate counts` has finished; run the same command again."
        )
    content = read_json(folder / MANIFEST)
    checksum = content.pop("checksum", None) if isinstance(content, dict) else None
    if checksum is None or checksum != _checksum(content):
        raise InputError(
            f"{folder / MANIFEST} is damaged: its checksum does not match its content."
        )
    if content["format"] != FORMAT or content["format_version"] != FORMAT_VERSION:
        raise InputError(
            f"{folder} is of the format {content['format']!r:.80}, version "
            f"{content['format_version']!r:.80}; this kate_keras reads {FORMAT!r}, "
            f"version {FORMAT_VERSION}. Upgrade kate_keras, or count anew."
        )
    vocabulary = read_words(folder / VOCABULARY, content["vocabulary"])
    shards = content["shards"]
    paths = [_checked(folder / shard["file"], shard["sha256"]) for shard in shards]
    n_documents = [shard["documents"] for shard in shards]
    counts = ShardedCounts(paths, n_documents, len(vocabulary))
    return CountsFolder(
        folder,
        vocabulary,
        counts,
        content["words_in_all"],
        content["options"],
        content["facts"],
        checksum,
    )


def read_words(path: Path, sha256: str | None = None) -> Vocabulary:
    """Reads a file of words.

    Args:
        path: JSON of `Vocabulary.to_json`.
        sha256: What its checksum has to be; `None`, whatever it is.

    Raises:
        InputError: If it is something else.
    """
    if sha256 is not None:
        _checked(path, sha256)
    try:
        return Vocabulary.from_json(read_json(path))
    except InputError as error:
        raise InputError(f"{path} is no vocabulary: {error}") from None


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checked(path: Path, sha256: str) -> Path:
    if not path.is_file() or path.is_symlink():
        raise InputError(
            f"The folder of counts is not complete: {path} is missing. Run the same "
            "`kate counts` again; it makes what is missing."
        )
    if sha256_of(path) != sha256:
        raise InputError(
            f"{path} is damaged: its content has changed since it was written. Run the "
            "same `kate counts` again with a new output folder."
        )
    return path


def _checksum(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
