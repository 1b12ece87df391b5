"""What an index knows of a document."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StoredDocument:
    """A document of an index.

    Args:
        number: Its number in the index, from 0; no other document ever has it.
        id: Its id in the corpus.
        snippet: Its first words.
        labels: Its classes, none or more.
        rating: A number such as a score, or `None`.
        known_words: How many of its words the model knows.
    """

    number: int
    id: str
    snippet: str
    labels: tuple[str, ...]
    rating: float | None
    known_words: int

    # The columns that hold it.
    COLUMNS = ("number", "id", "snippet", "labels", "rating", "known_words")

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "StoredDocument":
        """Makes it of its columns; others in the row are left out."""
        values = {name: row[name] for name in cls.COLUMNS}
        return cls(**values | {"labels": tuple(row["labels"])})


@dataclass(frozen=True)
class Match:
    """A document that was found.

    Args:
        document: The document.
        similarity: Cosine of its vector with the query's.
    """

    document: StoredDocument
    similarity: float
