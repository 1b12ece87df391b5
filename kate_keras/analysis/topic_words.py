"""Topics: the words that push a unit up, and those that push it down."""

from dataclasses import dataclass

import numpy as np

from kate_keras.argument_checks import require_count
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

    Raises:
        InputError: If `n_words` is no whole number of at least 0.
    """
    require_count(n_words, "n_words")

    def weights(influence: np.ndarray, sign: int) -> WordWeights:
        return tuple(
            (vocabulary.words[j], float(influence[j]))
            for j in _strongest(sign * influence, n_words)
        )

    return [
        Topic(index, weights(influence, 1), weights(influence, -1))
        for index, influence in enumerate(kernel.T * vocabulary.spread())
    ]


def topic_word_ids(
    kernel: np.ndarray, spread: np.ndarray, n_words: int = 10
) -> np.ndarray:
    """Reads both signs of every unit as topics of their own, for measuring them.

    Words are ranked by their influence, as `topics` does it. A sign whose weights
    cannot fill a topic, as fewer than `n_words` words have it, is left out.

    Args:
        kernel: `W`, shape `(vocabulary_size, n_components)`.
        spread: `Vocabulary.spread()`, shape `(vocabulary_size,)`.
        n_words: Words per topic.

    Returns:
        Word ids, strongest first, shape `(n_topics, n_words)` with at most
        `2 * n_components` topics: unit 0 raised, unit 0 lowered, unit 1 raised, ...

    Raises:
        InputError: If `n_words` is no whole number of at least 1.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import topic_word_ids
        >>> kernel = np.array([[3.0, 1.0], [-1.0, 2.0], [-2.0, 3.0]])
        >>> topic_word_ids(kernel, np.ones(3), n_words=2)
        array([[2, 1],
               [2, 1]])
    """
    require_count(n_words, "n_words", 1)
    if n_words > len(kernel):
        return np.zeros((0, len(kernel)), int)
    found = [
        _strongest(sign * influence, n_words)
        for influence in kernel.T * spread
        for sign in (1, -1)
    ]
    full = [ids for ids in found if len(ids) == n_words]
    return np.array(full, int).reshape(-1, n_words)


def _strongest(influence: np.ndarray, n_words: int) -> np.ndarray:
    """Ids of the words of highest influence above 0, strongest first."""
    n_words = min(n_words, len(influence))
    if not n_words:
        return np.zeros(0, int)
    # Only what reaches the lowest of the highest is sorted: most words do not.
    bound = np.partition(influence, -n_words)[-n_words]
    candidates = np.flatnonzero((influence >= bound) & (influence > 0))
    order = np.argsort(-influence[candidates], kind="stable")[:n_words]
    return candidates[order]
