"""Reliability: whether topics come again, and whether units do any work."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from kate_keras.analysis.topic_lists import as_topic_array, common_words, word_numbers
from kate_keras.errors import InputError


def stability(
    topics_a: Sequence[Sequence[Any]] | np.ndarray,
    topics_b: Sequence[Sequence[Any]] | np.ndarray,
) -> float:
    """Overlap of the topics of two models, such as of two seeds.

    Two topics overlap by the share of their words that is common. Topics are matched
    one to one so that the overlaps sum to the most; the figure is their mean. A topic
    left without a partner, where one model has more topics, counts as 0.

    Args:
        topics_a: Words of each topic, shape `(n_topics_a, n_words)`; or word ids, where
            both models have the same vocabulary.
        topics_b: The same of the other model, with as many words per topic.

    Returns:
        A number from 0 to 1; 1 if both have the same topics, in whatever order.

    Raises:
        InputError: If topics differ in length, or one has a word twice.

    Example:
        >>> from kate_keras.analysis import stability
        >>> topics = [["cat", "dog"], ["sea", "boat"]]
        >>> stability(topics, [["boat", "sea"], ["cat", "ape"]])
        0.75

    Reference:
        Greene, O'Callaghan and Cunningham, "How Many Topics? Stability Analysis for
        Topic Models", ECML PKDD 2014, which matches topics so (and weighs ranks).
    """
    ours, theirs = as_topic_array(topics_a), as_topic_array(topics_b)
    n_words = ours.shape[1]
    if theirs.shape[1] != n_words:
        raise InputError(
            "`topics_a` and `topics_b` must have the same number of words per topic. "
            f"Received: {n_words} and {theirs.shape[1]}."
        )
    numbers = word_numbers(np.concatenate([ours, theirs]))
    common = common_words(numbers[: len(ours)], numbers[len(ours) :])
    rows, columns = linear_sum_assignment(common, maximize=True)
    overlap = common[rows, columns].sum() / n_words
    return float(overlap / max(len(ours), len(theirs)))


def dead_units(activations: np.ndarray, threshold: float = 1e-3) -> float:
    """Share of the units that say nearly the same of every document.

    Args:
        activations: Activations before the read-out, shape `(n_documents, d)`. A
            read-out that whitens gives every unit much the same variance.
        threshold: A unit is dead if the standard deviation of its activation over the
            documents is below this. Activations of `tanh` span from -1 to 1.

    Returns:
        A number from 0 to 1.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import dead_units
        >>> dead_units(np.array([[0.5, 0.1, 1.0], [0.5, 0.9, 1.0]])).__round__(3)
        0.667
    """
    spread = activations.std(axis=0, dtype=np.float64)
    return float(np.mean(spread < threshold))


def saturation(activations: np.ndarray) -> float:
    """Share of the activations that lie within .01 of the ends of `tanh`.

    A unit that is saturated on most documents is a switch: it passes hardly any
    gradient, and tells documents apart by its sign alone. The figure has a meaning only
    for activations of `tanh`; those of linear units know no such ends.

    Args:
        activations: Activations before the read-out, shape `(n_documents, d)`.

    Returns:
        Share of the entries above .99 in size, from 0 to 1.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import saturation
        >>> saturation(np.array([[0.995, 0.1], [-1.0, 0.99]]))
        0.5
    """
    return float(np.mean(np.abs(activations) > 0.99))
