"""Named sets of training choices."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np

from kate_keras.argument_checks import is_number, require_count, require_text
from kate_keras.errors import InputError, require
from kate_keras.layers import PAPER_ALPHA
from kate_keras.layers.log_count import Weighting
from kate_keras.layers.read_out import MODES, ReadOutMode
from kate_keras.models import VARIANTS

MOST = float(np.finfo(np.float32).max)
# Fewer weights than this do not decay.
DECAY_WEIGHTS = 150_000
# Vocabularies by which decay grows, the fewest words and the most.
DECAY_WORDS = (2000, 20_000)
# The more documents than this are learned from, the less weights decay by a step.
DECAY_DOCUMENTS = 10_000


@dataclass(frozen=True)
class Recipe:
    """Every choice of a training run that has a default.

    Args:
        weighting: Input weighting; see `LogCount`.
        input_dropout: Share of the input that training hides.
        k_share: Winners as a share of the components.
        alpha: Amplification of the competition; `None`, `scaled_alpha(k)`.
        loss: `"words"` (softmax) or `"binary"`; see `kate_keras.training`.
        output_bias: Start of the decoder's bias: `"frequencies"`, so that an empty
            code reconstructs the mean document; or `"zeros"`, the paper's.
        decoder: Words that a step reconstructs: `"exact"`, all; `"sampled"`, those of
            the batch and a weighted sample of the others; or `"auto"`, a sample if it
            is cheaper.
        optimizer: `"adam"` or `"adadelta"`.
        learning_rate: Step size at the start; `None`, `scaled_learning_rate(V)`.
        weight_decay: Share of the weights that a step takes away, as a multiple of its
            size; `None`, `scaled_weight_decay(V, d, n_documents)`. See `RowAdam`.
        bias_decay: What units' biases decay by with up to 128 components, as a share of
            what their weights do; `"adam"` alone has it. Other biases do not decay.
        separation: Share of the way to orthogonal topics that they are moved after
            every epoch; `None`, `scaled_separation(V, d)`. See `TopicSeparation`.
        schedule: How it falls: `"cosine"`, over all epochs; `"plateau"`, by steps
            where the validation loss no longer does.
        batch_size: Documents per step, at the most.
        min_steps: Steps that an epoch should have; smaller corpora get smaller batches
            for it, but no fewer than 8 documents.
        epochs: Most passes over the corpus.
        patience: Epochs without improvement after which training stops.
        read_out: Mode of the read-out; see `ReadOut`.
    """

    weighting: Weighting
    input_dropout: float
    k_share: float
    alpha: float | None
    loss: Literal["words", "binary"]
    output_bias: Literal["frequencies", "zeros"]
    decoder: Literal["auto", "exact", "sampled"]
    optimizer: Literal["adam", "adadelta"]
    learning_rate: float | None
    weight_decay: float | None
    bias_decay: float
    separation: float | None
    schedule: Literal["cosine", "plateau"]
    batch_size: int
    min_steps: int
    epochs: int
    patience: int
    read_out: ReadOutMode

    def __post_init__(self) -> None:
        """Refuses values out of their range."""
        for name, options in (
            ("weighting", ("log", "log-idf")),
            ("loss", ("words", "binary")),
            ("output_bias", ("frequencies", "zeros")),
            ("decoder", ("auto", "exact", "sampled")),
            ("optimizer", ("adam", "adadelta")),
            ("schedule", ("cosine", "plateau")),
            ("read_out", MODES),
        ):
            value = getattr(self, name)
            require(
                isinstance(value, str) and value in options,
                name,
                f"one of {options}",
                value,
            )
        for name in ("batch_size", "min_steps", "epochs", "patience"):
            require_count(getattr(self, name), name, 1)
        alpha, rate, dropout = self.alpha, self.learning_rate, self.input_dropout
        decay, separation = self.weight_decay, self.separation
        # What the network computes with.
        valid = alpha is None or (is_number(alpha) and 0 <= alpha <= MOST)
        require(valid, "alpha", "finite and at least 0, in float32 too", alpha)
        valid = rate is None or (is_number(rate) and 0 < rate <= MOST)
        require(valid, "learning_rate", "finite and above 0, in float32 too", rate)
        valid = decay is None or (is_number(decay) and 0 <= decay <= MOST)
        require(valid, "weight_decay", "finite and at least 0, in float32 too", decay)
        share = self.bias_decay
        valid = is_number(share) and 0 <= share <= 1
        require(valid, "bias_decay", "from 0 to 1", share)
        valid = separation is None or (is_number(separation) and 0 <= separation <= 1)
        require(valid, "separation", "from 0 to 1", separation)
        valid = is_number(dropout) and 0 <= dropout < 1
        require(valid, "input_dropout", "from 0 to below 1", dropout)

    def k(self, n_components: int) -> int:
        """Returns the winners for a number of components, at least one."""
        return max(1, math.floor(self.k_share * n_components))

    def alpha_for(self, k: int) -> float:
        """Returns the amplification for a number of winners."""
        return scaled_alpha(k) if self.alpha is None else self.alpha

    def learning_rate_for(self, n_words: int) -> float:
        """Returns the step size at the start for a size of the vocabulary."""
        rate = self.learning_rate
        return scaled_learning_rate(n_words) if rate is None else rate

    def weight_decay_for(
        self, n_words: int, n_components: int, n_documents: int
    ) -> float:
        """Returns the decay of the weights for sizes of a network and of a corpus."""
        if self.weight_decay is None:
            return scaled_weight_decay(n_words, n_components, n_documents)
        return self.weight_decay

    def bias_decay_for(self, n_components: int) -> float:
        """Returns what units' biases decay by, as a share of what their weights do.

        Each of many units tells little of a document, and needs its bias the more:
        above 128 components the share falls as `128 / n_components`.
        """
        return self.bias_decay * min(1.0, 128 / n_components)

    def separation_for(self, n_words: int, n_components: int) -> float:
        """Returns the separation of the topics for sizes of a network."""
        if self.separation is None:
            return scaled_separation(n_words, n_components)
        return self.separation

    def batch(self, n_documents: int) -> int:
        """Returns the documents per step for a corpus of that size."""
        return min(self.batch_size, max(8, n_documents // self.min_steps))


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

        decay = 8 (V / 2,000)^(1/6) (d / 128) 10,000 / n_documents

    if V d >= 150,000, else 0. Most words of a vocabulary are rare, the more so the more
    there are, and much of what weights learn of them is chance, which decay takes away.
    By itself it makes topics alike as well, which
    `separation` makes up for. Few weights are all needed: decay costs them precision.
    The fewer the units, the more words each of them has to tell apart, and the larger
    its weights have to be. A unit's bias decays too, by less: next to weights
    that decay it would be most of the activation, and hold the unit where `tanh` is
    flat. And the more documents, the more steps: what decays over the whole of a
    training is alike.

    Args:
        n_words: Size `V` of the vocabulary. For the sixth root, below 2,000 it counts
            as 2,000, and above 20,000 as 20,000.
        n_components: Components `d`, at least 1. Above 128 they count as 128.
        n_documents: Documents that are learned from. Below 10,000 they count as so
            many, from where on an epoch has more steps the more there are.

    Example:
        >>> from kate_keras.training import scaled_weight_decay
        >>> [scaled_weight_decay(v, 128, 9000) for v in (1000, 2000, 10**6)]
        [0.0, 8.0, 11.74...]
        >>> [scaled_weight_decay(2000, d, 9000) for d in (4, 96, 512)]
        [0.0, 6.0, 8.0]
        >>> [scaled_weight_decay(2000, 128, n) for n in (10_000, 20_000, 10**6)]
        [8.0, 4.0, 0.08]

    Reference:
        Wang and Aitchison, "How to set AdamW's weight decay as you scale model and
        dataset size", ICML 2025, for the documents.
    """
    documents = max(n_documents, DECAY_DOCUMENTS) / DECAY_DOCUMENTS
    return 8 * _decaying_share(n_words, n_components) / documents


def scaled_separation(n_words: int, n_components: int) -> float:
    """Returns how far topics are moved apart for sizes of a network.

        separation = max(.05, .15 (V / 2,000)^(1/6) min(d / 128, sqrt(128 / d)))

    if V d >= 150,000, else .05. Weights that decay more are more alike, and are moved
    further; see `scaled_weight_decay`. Many units need not go as far: they share the
    words of a theme among each other.

    Args:
        n_words: Size `V` of the vocabulary; see `scaled_weight_decay`.
        n_components: Components `d`, at least 1.

    Example:
        >>> from kate_keras.training import scaled_separation
        >>> [scaled_separation(2000, d) for d in (20, 80, 128, 512)]
        [0.05, 0.09375, 0.15, 0.075]
        >>> round(scaled_separation(20_000, 128), 3)
        0.22
        >>> scaled_separation(1000, 128)
        0.05
    """
    many = min(1.0, math.sqrt(128 / n_components))
    return max(0.05, 0.15 * _decaying_share(n_words, n_components) * many)


def _decaying_share(n_words: int, n_components: int) -> float:
    """Decay of the weights as a share of that of 2,000 words and 128 components."""
    components = min(n_components, 128)
    if n_words * components < DECAY_WEIGHTS:
        return 0.0
    fewest, most = DECAY_WORDS
    words = min(max(n_words, fewest), most)
    return math.pow(words / fewest, 1 / 6) * components / 128


RECIPES = {
    # Sections 3 and 4 of the paper; epochs and patience as in the released code.
    "paper": Recipe(
        weighting="log",
        input_dropout=0.0,
        k_share=0.25,
        alpha=PAPER_ALPHA,
        loss="binary",
        output_bias="zeros",
        decoder="exact",
        optimizer="adadelta",
        learning_rate=2.0,
        weight_decay=0.0,
        bias_decay=0.0,
        separation=0.0,
        schedule="plateau",
        batch_size=50,
        min_steps=1,
        epochs=100,
        patience=5,
        read_out="activations",
    ),
    # Chosen on documents held out of train; see benchmarks/results/quality/recipe.md.
    "default": Recipe(
        weighting="log-idf",
        input_dropout=0.75,
        k_share=0.25,
        alpha=None,
        loss="words",
        output_bias="frequencies",
        decoder="auto",
        optimizer="adam",
        learning_rate=None,
        weight_decay=None,
        bias_decay=0.1,
        separation=None,
        schedule="cosine",
        batch_size=100,
        min_steps=100,
        epochs=30,
        patience=30,
        read_out="whitened",
    ),
}


def resolve_recipe(name: str) -> Recipe:
    """Returns the recipe of that name.

    Raises:
        InputError: If there is none.
    """
    require_text(name, "recipe")
    if name not in RECIPES:
        raise InputError(f"`recipe` must be one of {list(RECIPES)}. Received: {name!r}")
    return RECIPES[name]


def customized_recipe(name: str, options: Mapping[str, Any]) -> Recipe:
    """Returns the recipe of that name with choices in the place of its own.

    Args:
        name: Name of the recipe.
        options: Options of `KATE` by name. Those that bear the name of a field of the
            recipe and are not `None` replace it. A chosen `batch_size` holds for small
            corpora too. A `variant` whose weights are left as they are trained has
            neither decay nor separation unless one is chosen; the biases of linear
            units do not decay.

    Raises:
        InputError: If there is no such recipe, or a choice is out of its range.
    """
    recipe = resolve_recipe(name)
    named = {field.name: options.get(field.name) for field in fields(recipe)}
    chosen = {name: value for name, value in named.items() if value is not None}
    if "batch_size" in chosen:
        chosen["min_steps"] = 1
    variant = VARIANTS.get(str(options.get("variant", "kate")))
    if variant and not variant.regularized:
        chosen = {"weight_decay": 0.0, "separation": 0.0} | chosen
    if variant and variant.linear:
        chosen["bias_decay"] = 0.0
    return replace(recipe, **chosen)
