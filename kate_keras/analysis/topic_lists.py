"""Topics as lists of words of equal length: the form that measures of them take."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from kate_keras.errors import InputError


def as_topic_array(topics: Sequence[Sequence[Any]] | np.ndarray) -> np.ndarray:
    """Checks topics and makes them one array.

    Args:
        topics: Words or word ids of each topic, strongest first.

    Returns:
        An array of shape `(n_topics, n_words)`.

    Raises:
        InputError: If there is no topic, topics have no words or differ in length, or a
            topic has a word twice.
    """
    n_words = len(topics[0]) if len(topics) else 0
    if not n_words:
        raise InputError(
            "`topics` must hold at least one topic with at least one word. Ask for "
            "fewer words per topic if none of the topics has enough."
        )
    for index, topic in enumerate(topics):
        if len(topic) != n_words:
            raise InputError(
                "`topics` must all have the same number of words. Received: "
                f"{n_words} words in topic 0, {len(topic)} in topic {index}."
            )
        if len(set(topic)) != n_words:
            raise InputError(
                "`topics` must each name a word once. "
                f"Received in topic {index}: {list(topic)!s:.120}"
            )
    return np.asarray(topics)


def word_numbers(topics: np.ndarray) -> np.ndarray:
    """Numbers the distinct words or ids of topics from 0, keeping the shape."""
    _, numbers = np.unique(topics, return_inverse=True)
    # NumPy 1 returns them flat.
    return numbers.reshape(topics.shape)


def common_words(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Counts the words that each topic of one list shares with each of another.

    Args:
        first: Word numbers, shape `(n_first, n_words)`.
        second: Word numbers, shape `(n_second, n_words)`.

    Returns:
        Counts as float64, shape `(n_first, n_second)`.
    """
    n_numbers = int(max(first.max(), second.max())) + 1
    common: np.ndarray = (
        _incidence(first, n_numbers) @ _incidence(second, n_numbers).T
    ).toarray()
    return common


def _incidence(numbers: np.ndarray, n_numbers: int) -> sparse.csr_array:
    """Which topic holds which word, zeros and ones."""
    n_topics, n_words = numbers.shape
    row_splits = np.arange(n_topics + 1) * n_words
    ones = np.ones(numbers.size)
    return sparse.csr_array((ones, numbers.ravel(), row_splits), (n_topics, n_numbers))
