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
from kate_keras.training.scaling import (
    DECAY_COMPONENTS,
    scaled_alpha,
    scaled_learning_rate,
    scaled_separation,
    scaled_weight_decay,
)

MOST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Recipe:
    """Every choice of a training run that has a default.

    Args:
        weighting: Input weighting; see `LogCount`.
        input_dropout: Share of the input that training hides.
        k_share: Winners as a share of the components.
        fewest_winners: How many win at least, if that is no more than 8/5 of the share.
        unit_bias: Where the biases of units start. A unit that has learned its theme
            lies on one side of its activation for almost all documents, and what it
            tells is how far from the middle; those that the competition pulls both ways
            become alike. Above 0 all start on one side.
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
            size; `None`, `decay_share * scaled_weight_decay(V, d, n_documents)`. See
            `RowAdam`.
        decay_share: What the rule's decay is multiplied by.
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
        read_out: Mode of the read-out; see `ReadOut`. `None`, that of the variant.
    """

    weighting: Weighting
    input_dropout: float
    k_share: float
    fewest_winners: int
    unit_bias: float
    alpha: float | None
    loss: Literal["words", "binary"]
    output_bias: Literal["frequencies", "zeros"]
    decoder: Literal["auto", "exact", "sampled"]
    optimizer: Literal["adam", "adadelta"]
    learning_rate: float | None
    weight_decay: float | None
    decay_share: float
    bias_decay: float
    separation: float | None
    schedule: Literal["cosine", "plateau"]
    batch_size: int
    min_steps: int
    epochs: int
    patience: int
    read_out: ReadOutMode | None

    def __post_init__(self) -> None:
        """Refuses values out of their range."""
        for name, options in (
            ("weighting", ("log", "log-idf")),
            ("loss", ("words", "binary")),
            ("output_bias", ("frequencies", "zeros")),
            ("decoder", ("auto", "exact", "sampled")),
            ("optimizer", ("adam", "adadelta")),
            ("schedule", ("cosine", "plateau")),
            ("read_out", (None, *MODES)),
        ):
            value = getattr(self, name)
            require(
                (value is None or isinstance(value, str)) and value in options,
                name,
                f"one of {options}",
                value,
            )
        for name in ("batch_size", "min_steps", "epochs", "patience", "fewest_winners"):
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
        for name in ("decay_share", "bias_decay", "unit_bias"):
            share = getattr(self, name)
            valid = is_number(share) and 0 <= share <= 1
            require(valid, name, "from 0 to 1", share)
        valid = separation is None or (is_number(separation) and 0 <= separation <= 1)
        require(valid, "separation", "from 0 to 1", separation)
        valid = is_number(dropout) and 0 <= dropout < 1
        require(valid, "input_dropout", "from 0 to below 1", dropout)

    def k(self, n_components: int) -> int:
        """Returns the winners for a number of components, at least one."""
        share = math.floor(self.k_share * n_components)
        most = math.floor(8 * self.k_share * n_components / 5)
        return max(1, share, min(self.fewest_winners, most))

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
            decay = scaled_weight_decay(n_words, n_components, n_documents)
            return self.decay_share * decay
        return self.weight_decay

    def bias_decay_for(self, n_components: int) -> float:
        """Returns what units' biases decay by, as a share of what their weights do.

        Each of many units tells little of a document, and needs its bias the more:
        above 128 components the share falls as `128 / n_components`.
        """
        return self.bias_decay * min(1.0, DECAY_COMPONENTS / n_components)

    def separation_for(self, n_words: int, n_components: int) -> float:
        """Returns the separation of the topics for sizes of a network."""
        if self.separation is None:
            return scaled_separation(n_words, n_components)
        return self.separation

    def batch(self, n_documents: int) -> int:
        """Returns the documents per step for a corpus of that size."""
        return min(self.batch_size, max(8, n_documents // self.min_steps))


RECIPES = {
    # Sections 3 and 4 of the paper; epochs and patience as in the released code.
    "paper": Recipe(
        weighting="log",
        input_dropout=0.0,
        k_share=0.25,
        fewest_winners=6,
        unit_bias=0.0,
        alpha=PAPER_ALPHA,
        loss="binary",
        output_bias="zeros",
        decoder="exact",
        optimizer="adadelta",
        learning_rate=2.0,
        weight_decay=0.0,
        decay_share=1.0,
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
        k_share=0.5,
        fewest_winners=16,
        unit_bias=0.5,
        alpha=None,
        loss="words",
        output_bias="frequencies",
        decoder="auto",
        optimizer="adam",
        learning_rate=None,
        weight_decay=None,
        decay_share=1.0,
        bias_decay=0.1,
        separation=None,
        schedule="cosine",
        batch_size=100,
        min_steps=100,
        epochs=30,
        patience=30,
        read_out=None,
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
            corpora too. A `variant` has its share of the rule's decay; if that
            is none, its topics are not moved apart either, unless that is chosen. The
            biases of linear units do not decay. Units start on one side in those that
            need it. Where units compete outside training, the read-out is of what they
            are then.

    Raises:
        InputError: If there is no such recipe, or a choice is out of its range.
    """
    recipe = resolve_recipe(name)
    named = {field.name: options.get(field.name) for field in fields(recipe)}
    chosen = {name: value for name, value in named.items() if value is not None}
    if "batch_size" in chosen:
        chosen["min_steps"] = 1
    variant = VARIANTS.get(str(options.get("variant", "kate")))
    if variant:
        chosen["decay_share"] = variant.decay_share
        if not variant.one_sided:
            chosen["unit_bias"] = 0.0
        if not variant.decay_share:
            chosen.setdefault("separation", 0.0)
        if variant.linear:
            chosen["bias_decay"] = 0.0
        if recipe.read_out is None:
            dense = options.get("inference", "dense") == "dense"
            chosen.setdefault("read_out", variant.read_out if dense else "whitened")
    return replace(recipe, **chosen)
