"""A document, and the checks its fields pass."""

import math
from dataclasses import dataclass
from typing import Any

from kate_keras.errors import InputError

# As long as a path may be. A file of ids takes as much for each as for the longest.
LONGEST_ID = 4096


@dataclass(frozen=True, slots=True)
class Document:
    """One text of a corpus with what is known of it.

    Args:
        text: The text; it may be empty.
        id: Name of the document, unique in its corpus.
        labels: Its classes, none or more.
        rating: A finite number such as a score, or `None`.

    Example:
        >>> from kate_keras.text import Document
        >>> Document("cats purr", "7", labels=("pets",)).labels
        ('pets',)
    """

    text: str
    id: str
    labels: tuple[str, ...] = ()
    rating: float | None = None


def checked_document(
    text: Any, name: Any = None, labels: Any = None, rating: Any = None
) -> Document:
    """Makes a document of values read from a file.

    Args:
        text: The text.
        name: The id, a string or a whole number; `None` or empty, no id.
        labels: A list of strings, one string, or `None`.
        rating: A finite number or `None`.

    Returns:
        The document; its id is `""` if it has none.

    Raises:
        InputError: If a value has another type, a rating is not finite, an id
            is too long or holds NUL, or a string is not valid Unicode. The message
            does not say where the value stands.
    """
    if not isinstance(text, str):
        raise InputError(
            f"`text` must be a string. Received: {_shown(text)}. "
            "Missing texts have to be dropped or written as an empty string."
        )
    document = Document(text, _id(name), _labels(labels), _rating(rating))
    for key, string in (
        ("text", document.text),
        ("id", document.id),
        *(("labels", label) for label in document.labels),
    ):
        _check_unicode(key, string)
    return document


def _id(value: Any) -> str:
    if value is None:
        return ""
    # In Python a bool is an int, but `true` names no document.
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(
            f"`id` must be a string or a whole number. Received: {_shown(value)}"
        )
    name = str(value)
    if "\0" in name or len(name) > LONGEST_ID:
        raise InputError(
            f"`id` must have at most {LONGEST_ID} characters, none of them NUL. "
            f"Received: {name!r:.60} ({len(name)} characters)"
        )
    return name


def _labels(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise InputError(
            "`labels` must be a list of strings or one string. "
            f"Received: {_shown(value)}"
        )
    return tuple(label for label in value if label)


def _rating(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"`rating` must be a number. Received: {_shown(value)}")
    try:
        rating = float(value)
    except OverflowError:
        rating = math.inf
    if not math.isfinite(rating):
        raise InputError(
            f"`rating` must be a finite number. Received: {value!r:.40}. "
            "Leave out `rating` where there is none."
        )
    return rating


def _check_unicode(key: str, string: str) -> None:
    try:
        string.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"`{key}` is not valid Unicode: it holds a lone surrogate, "
            f"{string[error.start]!r}, at character {error.start}. "
            "Mend or drop that character."
        ) from None


def _shown(value: Any) -> str:
    return f"{value!r:.60} (of type {type(value).__name__})"
