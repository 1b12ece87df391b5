"""Topics: the words of the upper and of the lower end of each unit."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kate_keras.argument_checks import require_count
from kate_keras.text import Vocabulary

WordWeights = tuple[tuple[str, float], ...]

# Units that are read at a time: with a large vocabulary all at once take much memory.
BLOCK = 32


@dataclass(frozen=True)
class Topic:
    """One unit of the hidden layer, read through the words that move it.

    Args:
        index: Number of the unit, from 0.
        positive: Words of its upper end and their influence, strongest first.
        negative: Words of its lower end and their influence (below 0), strongest first.
    """

    index: int
    positive: WordWeights
    negative: WordWeights

    def __str__(self) -> str:
        raising = " ".join(word for word, _ in self.positive)
        lowering = " ".join(word for word, _ in self.negative)
        return f"{self.index:4d}  + {raising}\n      - {lowering}"


def topics(
    kernel: np.ndarray,
    vocabulary: Vocabulary,
    n_words: int,
    ends: np.ndarray | None = None,
) -> list[Topic]:
    """Reads every column of the kernel as a topic with two ends.

    Both signs count: a unit is as informative at -1 as it is at +1. A word belongs to
    an end if it moves the unit there, and if the documents there have more of it than
    others. The influence of word `j` on the upper end of unit `i` is

        sqrt(s_j) (W_ji L_ji^2)^(1/3)      L = W E      s_j = sqrt(p_j (1 - p_j))

    where both `W_ji` and `L_ji` are above 0. `E` are the ends of the units and `L` thus
    how far documents there lie above the mean document in the logit of a word, as the
    decoder sees them; `p_j` is the share of training documents that hold the word. It
    is the geometric mean of how far the word moves the unit and, twice, of how much
    more of it there is. The lower end has `-W_ji` and ends of its own.

    By weights alone words stand side by side that push a unit alike and have nothing
    else to do with each other: a document needs only some of them. By the documents
    alone the same words would stand at many ends. By weights without `s_j`, as in the
    released code, words of a handful of documents would fill every topic.

    Args:
        kernel: `W`, shape `(vocabulary_size, n_components)`.
        vocabulary: Words of its rows.
        n_words: Words per end, at the most.
        ends: `E` of `topic_ends`, shape `(2, n_components, n_components)`; `None`, not
            known: the influence is `s_j W_ji`.

    Returns:
        One topic per unit, in unit order.

    Raises:
        InputError: If `n_words` is no whole number of at least 0.
    """
    require_count(n_words, "n_words")
    found = []
    for index, both in enumerate(_influences(kernel, vocabulary.spread(), ends)):
        positive, negative = (
            tuple(
                (vocabulary.words[j], float(sign * influence[j]))
                for j in _strongest(influence, n_words)
            )
            for sign, influence in zip((1, -1), both, strict=True)
        )
        found.append(Topic(index, positive, negative))
    return found


def topic_word_ids(
    kernel: np.ndarray,
    spread: np.ndarray,
    n_words: int = 10,
    ends: np.ndarray | None = None,
) -> np.ndarray:
    """Reads both ends of every unit as topics of their own, for measuring them.

    Words are ranked by their influence, as `topics` does it. An end that has fewer than
    `n_words` words is left out.

    Args:
        kernel: `W`, shape `(vocabulary_size, n_components)`.
        spread: `Vocabulary.spread()`, shape `(vocabulary_size,)`.
        n_words: Words per topic.
        ends: As for `topics`.

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
        _strongest(influence, n_words)
        for both in _influences(kernel, spread, ends)
        for influence in both
    ]
    full = [ids for ids in found if len(ids) == n_words]
    return np.array(full, int).reshape(-1, n_words)


def _influences(
    kernel: np.ndarray, spread: np.ndarray, ends: np.ndarray | None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Influences on the upper and the lower end of each unit, `(vocabulary_size,)`.

    A word that has no part in an end has none above 0 there.
    """
    if ends is None:
        for influence in kernel.T * spread:
            yield influence, -influence
        return
    scale = np.sqrt(spread)
    for first in range(0, kernel.shape[1], BLOCK):
        block = slice(first, first + BLOCK)
        raising = kernel[:, block].T
        upper, lower = (
            scale * np.cbrt(np.maximum(pull, 0)) * np.cbrt(np.maximum(lift, 0)) ** 2
            for pull, lift in (
                (raising, (kernel @ ends[0][:, block]).T),
                (-raising, (kernel @ ends[1][:, block]).T),
            )
        )
        yield from zip(upper, lower, strict=True)


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
