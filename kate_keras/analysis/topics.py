"""Topics: the words that push a unit up, and those that push it down."""

from dataclasses import dataclass

import numpy as np

from kate_keras.text import Vocabulary

WordWeights = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Topic:
    """One unit of the hidden layer, read through its weights.

    Args:
        index: Number of the unit, from 0.
        positive: Words and weights that raise the unit, strongest first.
        negative: Words and weights that lower it, strongest first.
    """

    index: int
    positive: WordWeights
    negative: WordWeights

    def __str__(self) -> str:
        raising = " ".join(word for word, _ in self.positive)
        lowering = " ".join(word for word, _ in self.negative)
        return f"{self.index:4d}  + {raising}\n      - {lowering}"


def topics(kernel: np.ndarray, vocabulary: Vocabulary, n_words: int) -> list[Topic]:
    """Reads every column of the kernel as a topic with two ends.

    Both signs count: a unit is as informative at -1 as it is at +1, and what it says
    there is in its negative weights.

    Args:
        kernel: `W`, shape `(vocabulary_size, n_components)`.
        vocabulary: Words of its rows.
        n_words: Words per sign, at the most.

    Returns:
        One topic per unit, in unit order.
    """
    return [
        Topic(
            index,
            _strongest(column, vocabulary, n_words),
            _strongest(-column, vocabulary, n_words, sign=-1),
        )
        for index, column in enumerate(kernel.T)
    ]


def _strongest(
    weights: np.ndarray, vocabulary: Vocabulary, n_words: int, sign: int = 1
) -> WordWeights:
    order = np.argsort(-weights, kind="stable")[:n_words]
    return tuple(
        (vocabulary.words[j], sign * float(weights[j])) for j in order if weights[j] > 0
    )
