"""How the gradient flows through the competition, and why losers learn."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from kate_keras.errors import InputError
from kate_keras.layers.competition_gradient import competition_gradient
from kate_keras.layers.competitive_layer import CompetitiveLayer

POSITIVE_WINNER = "positive winner"
NEGATIVE_WINNER = "negative winner"
LOSER = "loser"
# An activation of exactly 0: it neither wins nor gives, and nothing comes back to it.
IDLE = "idle"


@dataclass(frozen=True)
class GradientFlow:
    """What the competition does to each unit, forward and back.

    All arrays have the shape `(batch, units)`.

    Args:
        role: `"positive winner"`, `"negative winner"`, `"loser"` or `"idle"`.
        energy: What a winner received, `alpha` times the energy of its sign, at least
            0; or what a loser gave, its activation's size, below 0. A loser whose sign
            has no winner gave nothing: that energy is dropped.
        direct: Gradient that comes straight through; 0 for losers.
        through_alpha: Gradient that comes by way of the energy; 0 for winners.
        alpha: Amplification.
        k: Winners at the most.
    """

    role: np.ndarray
    energy: np.ndarray
    direct: np.ndarray
    through_alpha: np.ndarray
    alpha: float
    k: int

    @property
    def gradient(self) -> np.ndarray:
        """The whole gradient at the layer's input."""
        gradient: np.ndarray = self.direct + self.through_alpha
        return gradient

    def totals(self) -> dict[str, float]:
        """Sums it up.

        Returns:
            Means over the documents: `winners`, `losers`, `energy_given`,
            `energy_received`, `direct` and `through_alpha` (sums of absolute
            gradients). Over all documents: `amplification`, energy received for each
            given. It is `alpha` times the winners of a sign, so with `k / 2` of them it
            is above 1, a boost, just where `alpha > 2 / k`; and
            `share_through_alpha`, of all absolute gradient.
        """
        won = np.isin(self.role, (POSITIVE_WINNER, NEGATIVE_WINNER))
        received, given = self.energy[self.energy > 0], self.energy[self.energy < 0]
        documents = len(self.role)
        direct, through = np.abs(self.direct).sum(), np.abs(self.through_alpha).sum()
        return {
            "winners": float(won.sum() / documents),
            "losers": float((self.role == LOSER).sum() / documents),
            "energy_given": float(-given.sum() / documents),
            "energy_received": float(received.sum() / documents),
            "amplification": _ratio(received.sum(), -given.sum()),
            "direct": float(direct / documents),
            "through_alpha": float(through / documents),
            "share_through_alpha": _ratio(through, direct + through),
        }

    def __str__(self) -> str:
        """The first document, a line for each unit."""
        head = f"{'unit':>5}  {'role':16}{'energy':>9}{'direct':>9}{'by alpha':>10}"
        lines = [head]
        for unit, role in enumerate(self.role[0]):
            numbers = (self.energy, self.direct, self.through_alpha)
            energy, direct, through = (float(array[0, unit]) for array in numbers)
            lines.append(
                f"{unit:5d}  {role:16}{energy:9.3f}{direct:9.3f}{through:10.3f}"
            )
        return "\n".join(lines)


def gradient_flow(
    layer: CompetitiveLayer, activations: Any, upstream: Any
) -> GradientFlow:
    """Follows energy and gradient through a competitive layer, unit by unit.

    Args:
        layer: A `KCompetitive`, or a `KSparse`, in which losers give nothing away.
        activations: Input of the layer, array of shape `(batch, units)`.
        upstream: Gradient of the loss at the layer's output, of the same shape.

    Returns:
        The flow. Its `gradient` is what backpropagation gives at the layer's input.

    Raises:
        InputError: If the shapes differ, are not two axes, or hold no document.

    Example:
        >>> from kate_keras.analysis import gradient_flow
        >>> from kate_keras.layers import KCompetitive
        >>> h = [[0.8, 0.2, 0.1, -0.1, -0.3, -0.6]]
        >>> g = [[1.0, 0.0, 0.0, 0.0, 0.0, -1.0]]
        >>> print(gradient_flow(KCompetitive(k=2, alpha=2.0), h, g))
         unit  role               energy   direct  by alpha
            0  positive winner     0.600    1.000     0.000
            1  loser              -0.200    0.000     2.000
            2  loser              -0.100    0.000     2.000
            3  loser              -0.100    0.000    -2.000
            4  loser              -0.300    0.000    -2.000
            5  negative winner     0.800   -1.000     0.000

    Reference:
        Chen and Zaki 2017, section 3.1, "the gradient flow"; there `alpha > 2 / k` is
        what amplifies the signal.
    """
    h = tf.convert_to_tensor(np.asarray(activations, np.float64))
    g = tf.convert_to_tensor(np.asarray(upstream, np.float64))
    if h.ndim != 2 or h.shape != g.shape or not h.shape[0]:
        raise InputError(
            "`activations` and `upstream` must have one shape, (batch, units), with a "
            f"document at least. Received: {tuple(h.shape)} and {tuple(g.shape)}"
        )
    layer.build(h.shape)
    won = layer.winners(h)
    direct, through = competition_gradient(h, g, won, layer.alpha)
    positive, negative = (mask.numpy() for mask in won)
    return GradientFlow(
        _roles(h.numpy(), positive, negative),
        _energy(h.numpy(), positive, negative, layer.alpha),
        direct.numpy(),
        through.numpy(),
        layer.alpha,
        layer.k,
    )


def _roles(h: np.ndarray, positive: np.ndarray, negative: np.ndarray) -> np.ndarray:
    conditions = [positive, negative, h != 0]
    return np.select(conditions, [POSITIVE_WINNER, NEGATIVE_WINNER, LOSER], IDLE)


def _energy(
    h: np.ndarray, positive: np.ndarray, negative: np.ndarray, alpha: float
) -> np.ndarray:
    energy = np.zeros_like(h)
    for own, won in ((h > 0, positive), (h < 0, negative)):
        # Without a winner the energy of the sign is dropped.
        gives = own & ~won & won.any(axis=1, keepdims=True)
        given = np.where(gives, np.abs(h), 0.0)
        energy += np.where(won, alpha * given.sum(axis=1, keepdims=True), -given)
    return energy


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
