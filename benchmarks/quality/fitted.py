"""What any row of the benchmark hands over to be measured."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Fitted:
    """Vectors of a trained model and what else it can show.

    Args:
        train: Vectors of the training part, shape `(n_train, d)`.
        test: Vectors of the test part, shape `(n_test, d)`.
        fit_seconds: Seconds from counts (or words in order) to a trained model;
            `None` if it came trained.
        test_seconds: Seconds of encoding the test part.
        topics: Word ids of every topic, strongest first.
        topics_by_weights: The same, chosen by their weights alone, if `topics` are not.
        kernel: Word weights of the topics, `(n_words, d)`, for their distinctness.
        word_vectors: Vectors of the vocabulary's words, `(n_words, d)`.
        facts: Whatever else should be kept, as JSON types.
    """

    train: np.ndarray
    test: np.ndarray
    fit_seconds: float | None = None
    test_seconds: float | None = None
    topics: list[list[int]] | None = None
    topics_by_weights: list[list[int]] | None = None
    kernel: np.ndarray | None = None
    word_vectors: np.ndarray | None = None
    facts: dict[str, Any] = field(default_factory=dict)
