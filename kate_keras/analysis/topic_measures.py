"""The quality of topics in one set of figures."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kate_keras.analysis.coherence import (
    Topics,
    mean_c_v,
    mean_npmi,
    pair_npmi,
)
from kate_keras.analysis.diversity import inverted_rbo, mscd, topic_diversity


@dataclass(frozen=True)
class TopicQuality:
    """Figures of topics; higher is better in all but `mscd`.

    Args:
        npmi: Mean NPMI coherence of the topics.
        c_v: Mean C_v coherence of the topics.
        diversity: Share of distinct words among the words of all topics.
        inverted_rbo: How much the topics differ, most at their top words.
        mscd: Mean squared cosine deviation among the kernel's columns; `None` without
            a kernel.
        n_topics: Number of topics.
    """

    npmi: float
    c_v: float
    diversity: float
    inverted_rbo: float
    mscd: float | None
    n_topics: int

    def to_json(self) -> dict[str, Any]:
        """Returns the figures as JSON types."""
        return asdict(self)


def topic_quality(
    topics: Topics, reference_counts: Any, kernel: np.ndarray | None = None
) -> TopicQuality:
    """Measures the coherence and the diversity of topics.

    Figures of different models compare only on the same reference corpus and with the
    same number of words per topic.

    Args:
        topics: Word ids of each topic, strongest first, shape `(n_topics, n_words)`;
            see `topic_word_ids`.
        reference_counts: Counts of the reference corpus, CSR of shape
            `(n_documents, vocabulary_size)`.
        kernel: `W`, shape `(vocabulary_size, n_components)`, for its MSCD.

    Returns:
        The figures.

    Raises:
        InputError: If topics differ in length, have fewer than two words, a word twice
            or an id that the reference lacks, or the reference has no documents.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import topic_quality
        >>> counts = np.array([[1, 1, 0, 0], [2, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 2]])
        >>> quality = topic_quality([[0, 1], [2, 3]], counts)
        >>> round(quality.npmi, 3), quality.diversity, quality.inverted_rbo
        (1.0, 1.0, 1.0)
    """
    pairs = pair_npmi(topics, reference_counts)
    return TopicQuality(
        npmi=float(mean_npmi(pairs).mean()),
        c_v=float(mean_c_v(pairs).mean()),
        diversity=topic_diversity(topics),
        inverted_rbo=inverted_rbo(topics),
        mscd=None if kernel is None else mscd(kernel),
        n_topics=len(topics),
    )
