"""Which words of a large vocabulary a training step reconstructs."""

from typing import Any

import numpy as np

# Words beside those of the batch; see benchmarks/results for more and for fewer.
SAMPLE_SIZE = 2000
# Of the vocabulary; a word of a slice costs a step twice what one of all words does.
LARGEST_SHARE = 1 / 3


class WordSample:
    """Draws words so that a sum over the vocabulary is estimated without bias.

    The words of a batch are always in. Of the others word `j` is in with probability

        p_j = min(1, c sqrt(documents with word j)),   with sum_j p_j = `size`

    and whatever is summed over the words is weighted by `1 / p_j` (Horvitz-Thompson).
    The draw is systematic: one uniform number places points at distance 1 on the line
    on which word `j` takes `p_j`, so that the number of words hardly varies and drawing
    takes time in proportion to `size`, not to the vocabulary.

    Args:
        document_frequency: In how many documents each word is, shape
            `(vocabulary_size,)`.
        size: Words to draw, at most those that there are.

    Example:
        >>> import numpy as np
        >>> from kate_keras.training.word_sample import WordSample
        >>> WordSample(np.array([81, 1, 4, 16]), size=2).probabilities.round(3).tolist()
        [1.0, 0.143, 0.286, 0.571]

    Reference:
        Horvitz and Thompson, "A Generalization of Sampling Without Replacement from a
        Finite Universe", JASA 1952; Madow, "On the Theory of Systematic Sampling, II",
        Annals of Mathematical Statistics 1949.
    """

    def __init__(self, document_frequency: np.ndarray, size: int = SAMPLE_SIZE) -> None:
        self.probabilities = inclusion_probabilities(
            np.sqrt(np.maximum(document_frequency, 1)), size
        )
        self._ends = np.cumsum(self.probabilities)

    def draw(self, generator: np.random.Generator) -> np.ndarray:
        """Returns the ids of the words drawn, in order, each at most once."""
        points = generator.random() + np.arange(np.ceil(self._ends[-1]))
        ids = np.searchsorted(self._ends, points, side="right")
        return ids[ids < len(self._ends)]

    def add_to(
        self, entries: dict[str, Any], generator: np.random.Generator
    ) -> dict[str, Any]:
        """Turns the word ids of a batch into columns of a slice of the vocabulary.

        Args:
            entries: A batch whose `columns` are word ids.
            generator: Source of the draw.

        Returns:
            The batch with `columns` of the slice, `words` and `log_weights`; see
            `batches`.
        """
        own, columns = np.unique(entries["columns"], return_inverse=True)
        drawn = self.draw(generator)
        others = drawn[~np.isin(drawn, own, assume_unique=True)]
        log_weights = np.zeros(len(own) + len(others), np.float32)
        log_weights[len(own) :] = -np.log(self.probabilities[others])
        return {
            **entries,
            "columns": columns,
            "words": np.concatenate([own, others]),
            "log_weights": log_weights,
        }

    def expected_words(
        self, document_frequency: np.ndarray, n_documents: int, batch_size: int
    ) -> float:
        """Returns how many words a step reconstructs on average.

        Args:
            document_frequency: In how many documents each word is.
            n_documents: Number of documents.
            batch_size: Documents per step.
        """
        absent = (1 - document_frequency / n_documents) ** batch_size
        return float(np.sum(1 - absent * (1 - self.probabilities)))


def inclusion_probabilities(sizes: np.ndarray, total: float) -> np.ndarray:
    """Returns probabilities in proportion to sizes, none above 1, of that total.

    Args:
        sizes: Positive numbers, shape `(n,)`.
        total: Sum of the probabilities; `n` or more gives ones.
    """
    probabilities = np.ones(len(sizes))
    free = np.ones(len(sizes), bool)
    while total < len(sizes):
        rest = total - (len(sizes) - free.sum())
        probabilities[free] = rest * sizes[free] / sizes[free].sum()
        above = free & (probabilities > 1)
        if not above.any():
            break
        probabilities[above], free = 1.0, free & ~above
    return probabilities
