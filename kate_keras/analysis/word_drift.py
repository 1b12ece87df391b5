"""How far the words of new documents are from those of earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 20


@dataclass(frozen=True)
class WordChange:
    """A word and the share of documents that hold it.

    Args:
        word: The word.
        before: Share of the earlier documents, from 0 to 1.
        after: Share of the new documents.
    """

    word: str
    before: float
    after: float


@dataclass(frozen=True)
class WordDrift:
    """How two sets of documents differ in their words.

    Args:
        divergence: Jensen-Shannon divergence in bits, from 0, the same words as often,
            to 1, none in common.
        by_chance: What two sets of these sizes, drawn from both together, would have.
        rose: Words that rose most, by what they add to the divergence. More of the
            documents hold them than did, and they are more of all words that are held:
            shorter documents have fewer of all words.
        fell: Words that fell most, in both.
    """

    divergence: float
    by_chance: float
    rose: tuple[WordChange, ...]
    fell: tuple[WordChange, ...]


def word_drift(
    before: np.ndarray,
    n_before: int,
    after: np.ndarray,
    n_after: int,
    words: Sequence[str],
    n_words: int = 10,
    random_state: int = 0,
) -> WordDrift:
    """Compares how many documents hold each word.

    With `p` and `q` the document frequencies of each set divided by their sum, and `m`
    the mean of both,

        divergence = 1/2 sum_j p_j log2(p_j / m_j) + 1/2 sum_j q_j log2(q_j / m_j)

    Two samples of the same documents differ too, the more the smaller they are and the
    more rare words there are. What that makes is drawn: every word by itself, by
    binomials with the share of both sets together.

    Args:
        before: In how many of the earlier documents each word is, shape `(n_words,)`.
        n_before: Number of earlier documents, at least 1.
        after: The same of the new documents.
        n_after: Number of new documents, at least 1.
        words: The words.
        n_words: How many to name that rose, and that fell, at the most.
        random_state: Seed of the draws.

    Returns:
        The figures; divergences are 0 where a set has no words.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import word_drift
        >>> found = word_drift(np.array([6, 2]), 8, np.array([3, 3]), 6, ["sun", "fog"])
        >>> round(found.divergence, 4), [change.word for change in found.rose]
        (0.0488, ['fog'])

    Reference:
        Lin, "Divergence Measures Based on the Shannon Entropy", IEEE Transactions on
        Information Theory 1991.
    """
    terms = _terms(before, after)
    signed = np.where(_shares(after) > _shares(before), terms, -terms)
    shares = np.stack([before / n_before, after / n_after], axis=1)
    held_more = shares[:, 1] - shares[:, 0]

    def most(sign: int) -> tuple[WordChange, ...]:
        order = np.argsort(-sign * signed, kind="stable")
        moved = (sign * signed > 0) & (sign * held_more > 0)
        return tuple(
            WordChange(words[j], *shares[j].tolist())
            for j in order[moved[order]][:n_words]
        )

    generator = np.random.default_rng(random_state)
    pooled = (before + after) / (n_before + n_after)
    draws = [
        _terms(
            generator.binomial(n_before, pooled), generator.binomial(n_after, pooled)
        )
        for _ in range(DRAWS)
    ]
    return WordDrift(
        float(terms.sum()),
        float(np.mean([draw.sum() for draw in draws])),
        most(1),
        most(-1),
    )


def _shares(frequency: np.ndarray) -> np.ndarray:
    """Frequencies divided by their sum."""
    shares: np.ndarray = frequency / max(frequency.sum(), 1)
    return shares


def _terms(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """What each word adds to the divergence, at least 0."""
    if not before.any() or not after.any():
        return np.zeros(len(before))
    p, q = _shares(before), _shares(after)
    m = (p + q) / 2
    terms = np.zeros(len(m))
    for part in (p, q):
        has = part > 0
        terms[has] += part[has] * np.log2(part[has] / m[has]) / 2
    # Each word's own sum is not negative but for rounding.
    return np.maximum(terms, 0.0)
