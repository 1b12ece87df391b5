"""How choices of a recipe follow the sizes of a network and of a corpus."""

import math

from kate_keras.layers import PAPER_ALPHA

# Fewer weights than this do not decay.
DECAY_WEIGHTS = 20_000
# Vocabularies by which decay grows, the fewest words and the most.
DECAY_WORDS = (2000, 20_000)
# Components at which decay and separation are those of their formulas' numbers.
DECAY_COMPONENTS = 128
# Share of the way to orthogonal topics that all are moved.
LEAST_SEPARATION = 0.05
# The more documents than this are learned from, the less weights decay by a step.
DECAY_DOCUMENTS = 10_000


def scaled_alpha(k: int) -> float:
    """Returns the amplification that keeps the winners' common push alike for all `k`.

        alpha = 6.26 (6 / k)^1.5

    With `k` a share of the units, a sign's energy `E` grows like the number of losers,
    so like `k`; and `alpha * E` is added to about `k / 2` winners, whose rows of the
    decoder sum up to a logit that grows like `sqrt(k)`. The paper's 6.26, which it used
    for all sizes, is met at its smallest, `k = 6`; at `k = 102` that makes winners of
    size 100, and training diverges.

    Args:
        k: Winners, at least 1. Below 6 it counts as 6.

    Example:
        >>> from kate_keras.training import scaled_alpha
        >>> [round(scaled_alpha(k), 3) for k in (5, 6, 32, 102)]
        [6.26, 6.26, 0.508, 0.089]
    """
    return PAPER_ALPHA * math.pow(6 / max(k, 6), 1.5)


def scaled_learning_rate(n_words: int) -> float:
    """Returns the step size that moves kernels of all sizes alike.

        rate = .001 sqrt(10,000 / V)

    Adam's steps have a size of their own, whatever the gradient; the weights that they
    move start at a size of `sqrt(2 / (V + d))`.

    Args:
        n_words: Size `V` of the vocabulary. Below 1,000 it counts as 1,000.

    Example:
        >>> from kate_keras.training import scaled_learning_rate
        >>> [round(scaled_learning_rate(v), 5) for v in (100, 1000, 10_000, 40_000)]
        [0.00316, 0.00316, 0.001, 0.0005]
    """
    return 1e-3 * math.sqrt(10_000 / max(n_words, 1000))


def scaled_weight_decay(n_words: int, n_components: int, n_documents: int) -> float:
    """Returns the decay of the weights for sizes of a network and of a corpus.

        decay = 8 (V / 2,000)^(1/6) (d / 128)^(3/4) 10,000 / n_documents

    if V d >= 20,000, else 0. Most words of a vocabulary are rare, the more so the more
    there are, and much of what weights learn of them is chance, which decay takes away.
    By itself it makes topics alike as well, which `separation` makes up for. The fewer
    the units, the more words each of them has to tell apart, and the larger its weights
    have to be. A unit's bias decays too, by less: next to weights that decay it would
    be most of the activation, and hold the unit where `tanh` is flat. And the more
    documents, the more steps: what decays over the whole of a training is alike.

    Args:
        n_words: Size `V` of the vocabulary. For the sixth root, below 2,000 it counts
            as 2,000, and above 20,000 as 20,000.
        n_components: Components `d`, at least 1. Above 128 they count as 128.
        n_documents: Documents that are learned from. Below 10,000 they count as so
            many, from where on an epoch has more steps the more there are.

    Example:
        >>> from kate_keras.training import scaled_weight_decay
        >>> [scaled_weight_decay(v, 128, 9000) for v in (100, 2000, 10**6)]
        [0.0, 8.0, 11.74...]
        >>> [round(scaled_weight_decay(2000, d, 9000), 2) for d in (4, 20, 96, 512)]
        [0.0, 1.99, 6.45, 8.0]
        >>> [scaled_weight_decay(2000, 128, n) for n in (10_000, 20_000, 10**6)]
        [8.0, 4.0, 0.08]

    Reference:
        Wang and Aitchison, "How to set AdamW's weight decay as you scale model and
        dataset size", ICML 2025, for the documents.
    """
    if not _decays(n_words, n_components):
        return 0.0
    components = min(n_components, DECAY_COMPONENTS) / DECAY_COMPONENTS
    documents = max(n_documents, DECAY_DOCUMENTS) / DECAY_DOCUMENTS
    return 8 * _rare_words(n_words) * math.pow(components, 0.75) / documents


def scaled_separation(n_words: int, n_components: int) -> float:
    """Returns how far topics are moved apart for sizes of a network.

        separation = .15 (V / 2,000)^(1/6) min((128 / d)^(1/6), (128 / d)^(1/2))

    if V d >= 20,000, and .05 at least. Weights that decay more are more alike, and are
    moved further; see `scaled_weight_decay`. Many units need not go as far: they share
    the words of a theme among each other.

    Args:
        n_words: Size `V` of the vocabulary; see `scaled_weight_decay`.
        n_components: Components `d`, at least 1.

    Example:
        >>> from kate_keras.training import scaled_separation
        >>> [round(scaled_separation(2000, d), 3) for d in (20, 80, 128, 512)]
        [0.204, 0.162, 0.15, 0.075]
        >>> round(scaled_separation(20_000, 128), 3)
        0.22
        >>> scaled_separation(100, 128)
        0.05
    """
    if not _decays(n_words, n_components):
        return LEAST_SEPARATION
    few = DECAY_COMPONENTS / n_components
    share = 0.15 * _rare_words(n_words) * min(math.pow(few, 1 / 6), math.sqrt(few))
    return max(LEAST_SEPARATION, share)


def _decays(n_words: int, n_components: int) -> bool:
    return n_words * min(n_components, DECAY_COMPONENTS) >= DECAY_WEIGHTS


def _rare_words(n_words: int) -> float:
    """What decay and separation are multiplied by for a size of the vocabulary."""
    fewest, most = DECAY_WORDS
    return math.pow(min(max(n_words, fewest), most) / fewest, 1 / 6)
