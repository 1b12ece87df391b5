"""An index of documents: the reader of kate_keras, as the service asks it.

This file and `light_model.py` are the two of the service that import the package.
What they import holds neither layers nor training.
"""

import base64
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kate_keras.errors import InputError
from kate_keras.index import DocumentIndex, Match, StoredDocument
from serving.errors import Failure, ServiceError
from serving.settings import SettingsError

# How old what is read may be, in seconds.
AGE = 1.0
# The most frequent are told.
MOST_LABELS = 1000

Documents = list[dict[str, Any]]


class IndexReader:
    """An index, its answers as JSON has them.

    Args:
        path: Its folder, or its address.

    Raises:
        SettingsError: If there is none, or what reads it is not installed.
    """

    def __init__(self, path: str) -> None:
        try:
            self._index = DocumentIndex(path, AGE)
        except InputError as error:
            raise SettingsError(f"KATE_INDEX: {error}") from None
        self._map: dict[str, Any] = {"index_version": None}

    @property
    def fingerprint(self) -> str:
        """Of the model whose vectors it holds."""
        return self._index.facts.fingerprint

    @property
    def version(self) -> str:
        """Another one once the map, and so the documents on it, change."""
        return self._index.map_version

    def describe(self) -> dict[str, Any]:
        """Returns what the index says of itself."""
        facts, labels = self._index.facts, self._index.labels()
        return {
            "documents": len(self._index),
            "labels": [
                {"label": label, "documents": n_documents}
                for label, n_documents in list(labels.items())[:MOST_LABELS]
            ],
            "unlabelled": self._index.count_unlabelled(),
            "approximate": facts.probes is not None,
            "recall": facts.recall,
            "snippet": facts.snippet,
            "index_version": self.version,
        }

    def search(
        self,
        embeddings: NDArray[np.float32],
        known_words: NDArray[np.int64],
        n: int,
        labels: Sequence[str],
    ) -> list[Documents]:
        """Finds the documents most like texts; see `DocumentIndex.search`.

        Args:
            embeddings: Vectors of the texts, `(texts, dimensions)`.
            known_words: How many known words each has, `(texts,)`.
            n: How many to find.
            labels: Only documents with one of these; none, all.
        """
        every = self._index.like(embeddings, known_words, n, labels=labels)
        return [_as_json(matches) for matches in every]

    def similar(
        self, ids: Sequence[str], n: int, labels: Sequence[str]
    ) -> list[Documents]:
        """Finds the documents most like others of the index.

        Raises:
            ServiceError: If there is no document of an id.
        """
        try:
            every = self._index.similar(ids, n, labels=labels)
        except InputError as error:
            raise ServiceError(Failure.NOT_FOUND, str(error), "ids") from None
        return [_as_json(matches) for matches in every]

    def of_topic(self, direction: NDArray[np.float32], n: int) -> Documents:
        """Finds the documents that lie most in a direction, `(dimensions,)`."""
        (matches,) = self._index.nearest(direction[None], n)
        return _as_json(matches)

    def documents(self, numbers: Sequence[int]) -> Documents:
        """Returns documents by their numbers; those that are gone are left out."""
        return [_document(own) for own in self._index.documents(numbers)]

    def map(self) -> dict[str, Any]:
        """Returns the map, its columns in base64.

        Raises:
            ServiceError: If the index was never finished.
        """
        if self._map["index_version"] != self.version:
            try:
                own = self._index.map()
            except InputError as error:
                raise ServiceError(Failure.NO_INDEX, str(error)) from None
            columns = {
                "number": own.number.astype("<u4"),
                "x": own.places[:, 0].astype("<f4"),
                "y": own.places[:, 1].astype("<f4"),
                "topic": own.topic.astype("<i2"),
                "label": own.label.astype("<i2"),
            }
            self._map = {
                "index_version": own.version,
                "documents": len(own.number),
                "labels": own.labels,
                "columns": {
                    name: base64.b64encode(column.tobytes()).decode("ascii")
                    for name, column in columns.items()
                },
            }
        return self._map


def _as_json(matches: Iterable[Match]) -> Documents:
    return [
        {
            **_document(match.document),
            # As a float32, which it is, it takes half the digits.
            "similarity": np.float32(match.similarity),
        }
        for match in matches
    ]


def _document(document: StoredDocument) -> dict[str, Any]:
    return {
        "number": document.number,
        "id": document.id,
        "snippet": document.snippet,
        "labels": document.labels,
        "rating": document.rating,
        "known_words": document.known_words,
    }
