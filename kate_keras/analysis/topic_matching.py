"""Which topics of two models are the same, and what has changed in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from kate_keras.analysis.topic_words import Topic, WordWeights


@dataclass(frozen=True)
class TopicMatch:
    """A topic and its counterpart in another model.

    Args:
        index: Number of the topic.
        other: Number of its counterpart.
        overlap: Share of the words of both ends that both have, from 0 to 1.
        flipped: Whether what raises the one lowers the other; a sign means nothing by
            itself.
        gained: Words that only the counterpart has.
        lost: Words that only the topic has.
    """

    index: int
    other: int
    overlap: float
    flipped: bool
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    def __str__(self) -> str:
        turned = " flipped" if self.flipped else ""
        return (
            f"{self.index:4d} -> {self.other:<4d} {self.overlap:4.0%}{turned}\n"
            f"      gained: {' '.join(self.gained) or '-'}\n"
            f"      lost:   {' '.join(self.lost) or '-'}"
        )


def match_topics(topics: Sequence[Topic], others: Sequence[Topic]) -> list[TopicMatch]:
    """Finds the counterpart of each topic, one to one, so that overlaps sum to most.

    Args:
        topics: Topics of a model, such as of `KATE.topics`.
        others: Topics of another: trained on later texts, or with another seed.

    Returns:
        A match for each topic, or for each of `others` if they are fewer; those that
        have changed most first.

    Example:
        >>> from kate_keras.analysis import Topic, match_topics
        >>> before = [Topic(0, (("cat", 1.0), ("dog", 0.5)), (("sea", -1.0),))]
        >>> after = [Topic(0, (("sea", 2.0),), (("dog", -1.0), ("cow", -0.5)))]
        >>> match, = match_topics(before, after)
        >>> match.flipped, round(match.overlap, 2), match.gained, match.lost
        (True, 0.67, ('cow',), ('cat',))
    """
    same, turned = (_overlaps(topics, others, flip) for flip in (False, True))
    rows, columns = linear_sum_assignment(np.maximum(same, turned), maximize=True)
    matches = [
        _match(topics[i], others[j], same[i, j], turned[i, j])
        for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    return sorted(matches, key=lambda match: match.overlap)


def _ends(topic: Topic, flip: bool = False) -> tuple[WordWeights, WordWeights]:
    ends = topic.positive, topic.negative
    return ends[::-1] if flip else ends


def _words(topic: Topic, flip: bool = False) -> set[tuple[int, str]]:
    """Its words, each with its end."""
    return {
        (end, word) for end, words in enumerate(_ends(topic, flip)) for word, _ in words
    }


def _overlaps(
    topics: Sequence[Topic], others: Sequence[Topic], flip: bool
) -> np.ndarray:
    """Share of common words, shape `(n_topics, n_others)`."""
    ours = [_words(topic) for topic in topics]
    theirs = [_words(other, flip) for other in others]
    return np.array(
        [[len(a & b) / max(len(a), len(b), 1) for b in theirs] for a in ours]
    ).reshape(len(ours), len(theirs))


def _match(topic: Topic, other: Topic, same: float, turned: float) -> TopicMatch:
    flipped = bool(turned > same)
    ours, theirs = _words(topic), _words(other, flipped)

    def only(own: Topic, flip: bool, rest: set[tuple[int, str]]) -> tuple[str, ...]:
        return tuple(
            word
            for end, words in enumerate(_ends(own, flip))
            for word, _ in words
            if (end, word) not in rest
        )

    return TopicMatch(
        topic.index,
        other.index,
        float(max(same, turned)),
        flipped,
        only(other, flipped, ours),
        only(topic, False, theirs),
    )
