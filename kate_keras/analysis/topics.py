"""Topics: the words that push a unit up, and those that push it down."""

from dataclasses import dataclass

import numpy as np

from kate_keras.text import Vocabulary

WordWeights = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Topic:
    """One unit of the hidden layer, read through the words that move it.

    Args:
        index: Number of the unit, from 0.
        positive: Words that raise the unit and their influence, strongest first.
        negative: Words that lower it and their influence (below 0), strongest first.
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
    there is in its negative weights. The influence of word `j` on unit `i` is
    `W_ji * sqrt(p_j (1 - p_j))`, with `p_j` the share of training documents that hold
    it: how far the word moves the unit over the corpus. By the weight alone, as in the
    released code, words of a handful of documents would fill every topic.

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
            _strongest(influence, vocabulary, n_words),
            _strongest(-influence, vocabulary, n_words, sign=-1),
        )
        for index, influence in enumerate(kernel.T * vocabulary.spread())
    ]


def _strongest(
    influence: np.ndarray, vocabulary: Vocabulary, n_words: int, sign: int = 1
) -> WordWeights:
    order = np.argsort(-influence, kind="stable")[:n_words]
    return tuple(
        (vocabulary.words[j], sign * float(influence[j]))
        for j in order
        if influence[j] > 0
    )
