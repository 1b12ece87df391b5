"""Named sets of training choices."""

import math
from dataclasses import dataclass
from numbers import Integral
from typing import Literal

from kate_keras.errors import InputError, require
from kate_keras.layers.log_count import Weighting
from kate_keras.layers.read_out import MODES, ReadOutMode


@dataclass(frozen=True)
class Recipe:
    """Every choice of a training run that has a default.

    Args:
        weighting: Input weighting; see `LogCount`.
        input_dropout: Share of the input that training hides.
        k_share: Winners as a share of the components.
        alpha: Amplification of the competition.
        loss: `"words"` (softmax) or `"binary"`; see `kate_keras.training`.
        optimizer: `"adam"` or `"adadelta"`.
        learning_rate: Step size at the start.
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
    alpha: float
    loss: Literal["words", "binary"]
    optimizer: Literal["adam", "adadelta"]
    learning_rate: float
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
            ("optimizer", ("adam", "adadelta")),
            ("read_out", MODES),
        ):
            value = getattr(self, name)
            require(value in options, name, f"one of {options}", value)
        for name in ("batch_size", "min_steps", "epochs", "patience"):
            value = getattr(self, name)
            whole = isinstance(value, Integral) and int(value) >= 1
            require(whole, name, "a whole number of at least 1", value)
        require(
            0 <= self.alpha < math.inf, "alpha", "finite and at least 0", self.alpha
        )
        positive = 0 < self.learning_rate < math.inf
        require(positive, "learning_rate", "finite and above 0", self.learning_rate)
        require(
            0 <= self.input_dropout < 1,
            "input_dropout",
            "from 0 to below 1",
            self.input_dropout,
        )

    def k(self, n_components: int) -> int:
        """Returns the winners for a number of components, at least one."""
        return max(1, math.floor(self.k_share * n_components))

    def batch(self, n_documents: int) -> int:
        """Returns the documents per step for a corpus of that size."""
        return min(self.batch_size, max(8, n_documents // self.min_steps))


RECIPES = {
    # Sections 3 and 4 of the paper; epochs and patience as in the released code.
    "paper": Recipe(
        weighting="log",
        input_dropout=0.0,
        k_share=0.25,
        alpha=6.26,
        loss="binary",
        optimizer="adadelta",
        learning_rate=2.0,
        batch_size=50,
        min_steps=1,
        epochs=100,
        patience=5,
        read_out="activations",
    ),
    # Chosen on documents held out of the training part; see benchmarks/tune.py.
    "default": Recipe(
        weighting="log",
        input_dropout=0.7,
        k_share=0.25,
        alpha=6.26,
        loss="words",
        optimizer="adam",
        learning_rate=1e-3,
        batch_size=100,
        min_steps=100,
        epochs=50,
        patience=5,
        read_out="whitened",
    ),
}


def resolve_recipe(name: str) -> Recipe:
    """Returns the recipe of that name.

    Raises:
        InputError: If there is none.
    """
    if name not in RECIPES:
        raise InputError(f"`recipe` must be one of {list(RECIPES)}. Received: {name!r}")
    return RECIPES[name]
