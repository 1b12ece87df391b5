"""Documents that show what a topic is about."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

FIRST = 140
EACH_SIGN = 2


class Example(NamedTuple):
    """A document at an end of a topic.

    Attributes:
        id: The document's.
        text: Its first words.
        value: Its value in the topic.
    """

    id: str
    text: str
    value: float


class Ends(NamedTuple):
    """The documents at both ends of a topic, the outermost first."""

    high: list[Example]
    low: list[Example]


def examples(
    vectors: np.ndarray, ids: Sequence[str], texts: Sequence[str], topic: int
) -> Ends:
    """Finds the documents at both ends of a topic.

    Args:
        vectors: Values of the documents, shape `(n_documents, n_components)`.
        ids: Ids of the documents.
        texts: The documents.
        topic: Number of the topic.

    Returns:
        At most two for each sign, those of the largest size.

    Example:
        >>> import numpy as np
        >>> from kate_keras.report.examples import examples
        >>> vectors = np.array([[1.0], [-2.0], [3.0]])
        >>> ends = examples(vectors, ["a", "b", "c"], ["one", "two", "three"], 0)
        >>> [e.id for e in ends.high], [e.id for e in ends.low]
        (['c', 'a'], ['b'])
    """
    values = vectors[:, topic]
    order = np.argsort(values, kind="stable")

    def shown(rows: np.ndarray) -> list[Example]:
        return [
            Example(ids[i], " ".join(texts[i].split())[:FIRST], float(values[i]))
            for i in rows
        ]

    high = [i for i in order[::-1][:EACH_SIGN] if values[i] > 0]
    low = [i for i in order[:EACH_SIGN] if values[i] < 0]
    return Ends(shown(np.array(high, int)), shown(np.array(low, int)))
