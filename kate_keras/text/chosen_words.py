"""A file of words that were chosen of a corpus, for its documents to be counted by."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kate_keras.errors import InputError
from kate_keras.option_checks import check_stop_words
from kate_keras.strict_json import read_json
from kate_keras.text.vocabulary import Vocabulary

FORMAT, FORMAT_VERSION = "kate_keras vocabulary", 1
# What words are chosen by, as options of `KATE` by name.
CHOICE = ("max_features", "min_df", "max_df", "stop_words", "stemmer")


def choice_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the options that choose words, by name.

    Stop words of one's own come in alphabetical order, as theirs has no part in it.

    Args:
        options: Options of `KATE` by name, these among them.
    """
    choice = {name: options[name] for name in CHOICE}
    if not isinstance(choice["stop_words"], str | None):
        check_stop_words(choice["stop_words"])
        choice["stop_words"] = sorted(choice["stop_words"])
    return choice


@dataclass(frozen=True)
class ChosenWords:
    """The words of a corpus that a model is to know.

    Attributes:
        vocabulary: The words, with their frequencies in the corpus.
        n_words: Words in all beside stop words, repeats counted, chosen or not.
        options: What they were chosen by, the options `CHOICE`.
        facts: How many documents were read, were empty and were skipped.
    """

    vocabulary: Vocabulary
    n_words: float
    options: dict[str, Any]
    facts: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """Returns the content of the file, as JSON types."""
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "words_in_all": self.n_words,
            "options": self.options,
            "facts": self.facts,
            "vocabulary": self.vocabulary.to_json(),
        }

    def digest(self) -> str:
        """Returns the SHA-256 of all of it, in hexadecimal."""
        return checksum(self.to_json())


def write_chosen_words(path: Path, words: ChosenWords) -> None:
    """Writes the file.

    Args:
        path: File, which is written in place.
        words: What it will hold.
    """
    content = {**words.to_json(), "checksum": words.digest()}
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", "utf-8")


def read_chosen_words(path: Path) -> ChosenWords:
    """Reads the file.

    Raises:
        InputError: If there is none, it is something else, or it is damaged.
    """
    content = read_checked(path, FORMAT, FORMAT_VERSION, "kate vocabulary")
    try:
        vocabulary = Vocabulary.from_json(content["vocabulary"])
    except InputError as error:
        raise InputError(f"{path} is no vocabulary: {error}") from None
    return ChosenWords(
        vocabulary, content["words_in_all"], content["options"], content["facts"]
    )


def read_checked(path: Path, form: str, version: int, command: str) -> dict[str, Any]:
    """Reads an object that bears its own checksum.

    Args:
        path: JSON file.
        form: Format that it has to be of.
        version: The latest version of the format that is known.
        command: What writes such files.

    Raises:
        InputError: If it is not that, or is damaged.
    """
    try:
        content = read_json(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}. Expected: a file that "
            f"`{command}` wrote."
        ) from None
    if not isinstance(content, dict) or content.get("format") != form:
        raise InputError(f"{path} is not what `{command}` writes, {form!r}.")
    if content.pop("checksum", None) != checksum(content):
        raise InputError(f"{path} is damaged: its checksum does not match its content.")
    if content["format_version"] != version:
        raise InputError(
            f"{path} has format version {content['format_version']!r:.20}; this "
            f"kate_keras reads {version}. Upgrade kate_keras, or make it anew."
        )
    return content


def checksum(content: Mapping[str, Any]) -> str:
    """Returns the SHA-256 of JSON types, in hexadecimal."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
