"""Why two documents are alike, or are not."""

from dataclasses import dataclass

import numpy as np

from kate_keras.analysis.attribution import Attribution, listed
from kate_keras.argument_checks import require_count


@dataclass(frozen=True)
class SharedTopic:
    """A dimension's part in the similarity of two documents.

    Args:
        index: Number of the topic.
        share: What it adds to the cosine.
        first: The first document's vector in it.
        second: The second's.
    """

    index: int
    share: float
    first: float
    second: float


@dataclass(frozen=True)
class PairExplanation:
    """Why two documents are alike.

    Args:
        similarity: Cosine of their vectors.
        topics: Topics, those that add or take most first. The shares of all topics sum
            to the similarity.
        first: What the words of the first document do to the similarity, by integrated
            gradients, the second as it is.
        second: The same of the second document.
    """

    similarity: float
    topics: tuple[SharedTopic, ...]
    first: Attribution
    second: Attribution

    def __str__(self) -> str:
        lines = [f"similarity {self.similarity:+.3f}"]
        if self.topics:
            lines.append("topic, its share, and where the two texts lie")
        for topic in self.topics:
            lines.append(
                f"{topic.index:4d}  {topic.share:+.3f}   "
                f"{topic.first:+.2f} and {topic.second:+.2f}"
            )
        for name, attribution in (("first", self.first), ("second", self.second)):
            lines.append(f"{name}: {listed(attribution.words[:8])}")
        return "\n".join(lines)


def shared_topics(
    first: np.ndarray, second: np.ndarray, n_topics: int
) -> tuple[float, tuple[SharedTopic, ...]]:
    """Splits the cosine of two vectors into shares of their dimensions.

    Args:
        first: A vector, shape `(n_components,)`.
        second: Another.
        n_topics: How many shares to return, those of the largest size.

    Returns:
        The cosine, 0 if a vector has no length; and the shares.

    Raises:
        InputError: If `n_topics` is no whole number of at least 0.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis.pair_explanation import shared_topics
        >>> first, second = np.array([3.0, 4.0]), np.array([1.0, 0.0])
        >>> cosine, shares = shared_topics(first, second, n_topics=1)
        >>> round(cosine, 3), shares[0].index, round(shares[0].share, 3)
        (0.6, 0, 0.6)
    """
    require_count(n_topics, "n_topics")
    wide, other = first.astype(np.float64), second.astype(np.float64)
    lengths = np.linalg.norm(wide) * np.linalg.norm(other)
    shares = wide * other / lengths if lengths else np.zeros_like(wide)
    strongest = np.argsort(-np.abs(shares), kind="stable")[:n_topics]
    return float(shares.sum()), tuple(
        SharedTopic(int(i), float(shares[i]), float(first[i]), float(second[i]))
        for i in strongest
    )
