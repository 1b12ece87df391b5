"""Diversity: how much topics differ from one another."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kate_keras.analysis.topic_lists import (
    as_topic_array,
    common_words,
    word_numbers,
)

Topics = Sequence[Sequence[Any]] | np.ndarray


def mscd(kernel: np.ndarray) -> float:
    """Mean squared cosine deviation among topics; lower is more distinct.

        sqrt(2 / (m (m - 1)) * sum over i < j of cos^2(v_i, v_j))

    Args:
        kernel: `W`, shape `(vocabulary_size, n_components)`, a topic per column.

    Returns:
        A number from 0 to 1; 0 for a single topic, which has none to resemble.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import mscd
        >>> mscd(np.eye(3)), round(mscd(np.ones((3, 2))), 6)
        (0.0, 1.0)

    Reference:
        Chen and Zaki 2017, section 4.3, table 4.
    """
    # The squares of what has decayed to next to nothing would be zero.
    largest = np.maximum(np.abs(kernel).max(axis=0), np.finfo(np.float32).tiny)
    kernel = kernel / largest
    directions = kernel / np.maximum(np.linalg.norm(kernel, axis=0), 1e-30)
    cosines = directions.T @ directions
    pairs = cosines[np.triu_indices(len(cosines), k=1)]
    if not len(pairs):
        return 0.0
    return float(np.sqrt(np.mean(np.square(pairs, dtype=np.float64))))


def topic_diversity(topics: Topics) -> float:
    """Share of distinct words among the words of all topics.

    Args:
        topics: Words or word ids of each topic, shape `(n_topics, n_words)`.

    Returns:
        1 if no word is in two topics; `1 / n_topics` if all topics are the same.

    Raises:
        InputError: If topics differ in length, or one has a word twice.

    Example:
        >>> from kate_keras.analysis import topic_diversity
        >>> topic_diversity([["cat", "dog"], ["cat", "fish"]])
        0.75

    Reference:
        Dieng, Ruiz and Blei, "Topic Modeling in Embedding Spaces", TACL 2020, with the
        25 top words of each topic.
    """
    words = as_topic_array(topics)
    return len(np.unique(words)) / words.size


def inverted_rbo(topics: Topics, p: float = 0.9) -> float:
    """Inverted rank-biased overlap: how much topics differ, most at their top words.

    One minus the mean over all pairs of topics of their rank-biased overlap,
    extrapolated from the `n` words that are seen:

        RBO = p^n X_n / n + (1 - p) / p * sum over d = 1..n of p^d X_d / d

    with `X_d` the number of words that the first `d` of both topics have in common.

    Args:
        topics: Words or word ids of each topic, strongest first, shape
            `(n_topics, n_words)`.
        p: Weight of a depth relative to the depth above it, between 0 and 1.

    Returns:
        1 if no two topics share a word, and for a single topic; 0 if all topics are the
        same in the same order.

    Raises:
        InputError: If topics differ in length, or one has a word twice.

    Example:
        >>> from kate_keras.analysis import inverted_rbo
        >>> round(inverted_rbo([["cat", "dog"], ["dog", "cat"]]), 3)
        0.1

    Reference:
        Webber, Moffat and Zobel, "A Similarity Measure for Indefinite Rankings", TOIS
        2010 (RBO); Terragni et al., "OCTIS", EACL 2021 (its inverse over topics, with
        ten words and `p = 0.9`).
    """
    numbers = word_numbers(as_topic_array(topics))
    n_topics, n_words = numbers.shape
    first, second = np.triu_indices(n_topics, k=1)
    if not len(first):
        return 1.0
    overlap = np.zeros((n_topics, n_topics))
    for depth in range(1, n_words + 1):
        agreement = common_words(numbers[:, :depth], numbers[:, :depth]) / depth
        overlap += (1 - p) / p * p**depth * agreement
    overlap += p**n_words * agreement
    return float(1 - overlap[first, second].mean())
