"""Why a document's activations are what they are: exact shares of its words."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kate_keras.argument_checks import require_count
from kate_keras.text import Vocabulary


@dataclass(frozen=True)
class TopicShare:
    """One topic of a document.

    Args:
        index: Number of the topic.
        activation: Activation of the pre-activation; KATE's `tanh` is from -1 to 1.
        pre_activation: `x W + b` of this unit; the shares and the bias sum to it.
        bias: `b` of this unit.
        words: Known words of the document and what each adds, strongest first.
    """

    index: int
    activation: float
    pre_activation: float
    bias: float
    words: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Explanation:
    """What a document's words do to its topics.

    Args:
        topics: The topics of both signs that the words move furthest, furthest first.
        unknown_words: Words of the document that are not in the vocabulary, stop words
            among them, each once, in order of appearance.
    """

    topics: tuple[TopicShare, ...]
    unknown_words: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Returns the explanation as JSON types."""
        return asdict(self)

    def __str__(self) -> str:
        lines = []
        if any(topic.words for topic in self.topics):
            lines.append(
                "topic, its activation, and shares of words, which sum with the bias "
                "to the pre-activation"
            )
            for topic in self.topics:
                words = "  ".join(f"{w} {share:+.3f}" for w, share in topic.words[:8])
                lines.append(
                    f"{topic.index:4d}  {topic.activation:+.2f}   {words}  "
                    f"(bias {topic.bias:+.2f})"
                )
        elif self.topics:
            lines.append("no known word: the vector is that of a text without words")
        unknown = " ".join(self.unknown_words) or "none"
        lines.append(f"not in the vocabulary: {unknown}")
        return "\n".join(lines)


def explain(
    inputs: np.ndarray,
    kernel: np.ndarray,
    bias: np.ndarray,
    activate: Callable[[np.ndarray], np.ndarray],
    vocabulary: Vocabulary,
    unknown_words: Sequence[str],
    n_topics: int,
) -> Explanation:
    """Splits the pre-activation of topics into shares of words.

    The share of word `j` in topic `i` is `x_j * W_ji`, which is exact: the shares and
    the bias sum to the pre-activation, whatever the activation of the layer. Topics are
    those whose shares sum to most, either way: a text without words has the bias, and
    vectors are measured from there.

    Args:
        inputs: Weighted input `x` of one document, shape `(vocabulary_size,)`.
        kernel: `W`, shape `(vocabulary_size, n_components)`.
        bias: `b`, shape `(n_components,)`.
        activate: Pre-activations to activations, element by element.
        vocabulary: Words of the input.
        unknown_words: Words of the document without an id.
        n_topics: How many topics to explain.

    Returns:
        The explanation.

    Raises:
        InputError: If `n_topics` is no whole number of at least 0.
    """
    require_count(n_topics, "n_topics")
    present = np.flatnonzero(inputs)
    # In double precision, so that the sums are exact.
    shares = inputs[present, None].astype(np.float64) * kernel[present]
    moved = shares.sum(axis=0)
    pre_activations = moved + bias
    activations = activate(pre_activations)
    furthest = np.argsort(-np.abs(moved), kind="stable")[:n_topics]
    return Explanation(
        tuple(
            TopicShare(
                index=int(i),
                activation=float(activations[i]),
                pre_activation=float(pre_activations[i]),
                bias=float(bias[i]),
                words=tuple(
                    (vocabulary.words[present[j]], float(shares[j, i]))
                    for j in np.argsort(-np.abs(shares[:, i]), kind="stable")
                ),
            )
            for i in furthest
        ),
        tuple(dict.fromkeys(unknown_words)),
    )
