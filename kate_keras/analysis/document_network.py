"""The network as one document sees it: its own words and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from kate_keras.layers.competitive_layer import CompetitiveLayer

# A code `(n, n_components)` to what is explained, `(n,)`.
Target = Callable[[tf.Tensor], tf.Tensor]


@dataclass(frozen=True)
class DocumentNetwork:
    """From the weighted input of a document's words to its code.

    Args:
        x: Weighted input of each word, float64 `(n_words,)`.
        kernel: Their rows of `W`, `(n_words, n_components)`.
        bias: `b`, `(n_components,)`.
        activation: Pre-activations to activations, on tensors.
        competition: Competition that the code goes through; `None`, as outside
            training, for none.
    """

    x: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray
    activation: Callable[[Any], Any]
    competition: CompetitiveLayer | None = None

    def code(self, x: tf.Tensor) -> tf.Tensor:
        """Returns the code of inputs `(n, n_words)`, `(n, n_components)`."""
        h = self._activations(x)
        return h if self.competition is None else self.competition.compete(h)

    def guided_code(self, x: tf.Tensor) -> tf.Tensor:
        """Returns the same code with the gradient of the guided rule.

        A signed unit counts as two rectified ones, one for each sign. So a unit above 0
        passes gradient above 0, a unit below 0 gradient below 0, and a loser, whose
        output is 0, none.
        """
        return _ruled(self._activations(x), self._compete, _guided)

    def deconvolved_code(self, x: tf.Tensor) -> tf.Tensor:
        """Returns the same code with the gradient of the deconvolutional rule.

        It asks for the sign of the gradient instead of that of the unit. Of the two
        rectified units that a signed one counts as, each passes one sign, so that all
        gradient passes, as if nothing had competed.
        """
        return _ruled(self._activations(x), self._compete, lambda _, __, g: g)

    def _activations(self, x: tf.Tensor) -> tf.Tensor:
        kernel, bias = (
            tf.constant(self.kernel, x.dtype),
            tf.constant(self.bias, x.dtype),
        )
        activations: tf.Tensor = self.activation(x @ kernel + bias)
        return activations

    def _compete(self, h: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The code, and which units have a part in it."""
        if self.competition is None:
            return h, tf.ones_like(h, tf.bool)
        positive, negative = self.competition.winners(h)
        return self.competition.compete(h), positive | negative


def _guided(h: tf.Tensor, took_part: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
    same_sign = upstream * h > 0
    return tf.where(took_part & same_sign, upstream, tf.zeros_like(upstream))


def _ruled(
    activations: tf.Tensor,
    compete: Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]],
    rule: Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor],
) -> tf.Tensor:
    """A code whose gradient at the activations is the rule's."""

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def code(h: tf.Tensor) -> tuple[tf.Tensor, Any]:
        survivors, took_part = compete(h)
        return survivors, lambda upstream: rule(h, took_part, upstream)

    return code(activations)
