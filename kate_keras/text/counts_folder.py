"""A folder of counts: what `kate counts` writes and training reads."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kate_keras.errors import InputError
from kate_keras.text.chosen_words import (
    checksum,
    read_checked,
    read_chosen_words,
)
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
    path: Path,
    shards: Sequence[Mapping[str, Any]],
    *,
    vocabulary: str,
    facts: Mapping[str, int],
) -> None:
    """Writes what completes a folder of counts; until then it is none.

    Args:
        path: File to write, in place.
        shards: Of each file of counts its `file` (name in the folder), `sha256`,
            `documents` and `source`, in the order of the corpus.
        vocabulary: Digest of the words in `vocabulary.json`.
        facts: See `CountsFolder`.
    """
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "vocabulary": vocabulary,
        "facts": dict(facts),
        "shards": [dict(shard) for shard in shards],
    }
    content["checksum"] = checksum(content)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


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
    content = read_checked(folder / MANIFEST, FORMAT, FORMAT_VERSION, "kate counts")
    words = read_chosen_words(folder / VOCABULARY)
    if words.digest() != content["vocabulary"]:
        raise InputError(
            f"{folder / VOCABULARY} is not the vocabulary that the documents were "
            "counted by. Run `kate counts` again with a new output folder."
        )
    shards = content["shards"]
    for shard in shards:
        _check(folder / shard["file"], shard["sha256"])
    paths = [folder / shard["file"] for shard in shards]
    n_documents = [shard["documents"] for shard in shards]
    return CountsFolder(
        folder,
        words.vocabulary,
        ShardedCounts.of_files(paths, n_documents, len(words.vocabulary)),
        words.n_words,
        words.options,
        content["facts"],
        checksum(content),
    )


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(path: Path, sha256: str) -> None:
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
