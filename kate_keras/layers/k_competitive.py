"""The k-competitive layer."""

import math
from typing import Any

import keras
import tensorflow as tf

from kate_keras.argument_checks import is_number
from kate_keras.layers.competition import compete, winners
from kate_keras.layers.competitive_layer import CompetitiveLayer, Inference

# Section 4 of the paper uses one value for every data set and dimension.
PAPER_ALPHA = 6.26


@keras.saving.register_keras_serializable(package="kate_keras")
class KCompetitive(CompetitiveLayer):
    """The k-competitive layer of KATE.

    With `h` the activations of one document, the `ceil(k / 2)` largest strictly
    positive and the `floor(k / 2)` lowest strictly negative units win:

        E+ = sum of the positive losers       E- = sum of the |negative losers|
        positive winner: h_i + alpha * E+     negative winner: h_i - alpha * E-
        loser: 0

    Nothing is stopped on the way back. With `g` the gradient at the output, a winner
    receives `g_i`, a positive loser `alpha` times the sum of `g` over the positive
    winners, and a negative loser the same over the negative winners; so losers learn
    although their output is 0. `alpha=0` gives a signed k-sparse layer. Sums run in
    float32 or wider under any dtype policy.

    Use it after a signed activation such as tanh, on the last axis of an input of any
    rank.

    Args:
        k: Winners at the most, from 1 to the number of units. When fewer units of a
            sign exist than places, all of them win; a zero never wins; ties go to the
            lower index.
        alpha: Amplification of the losers' energy, finite and not negative. The
            paper's 6.26 suits `k = 6`; with more winners it makes activations of
            size 100 in a model of one's own: `kate_keras.training.scaled_alpha(k)`.
        inference: `"dense"`, no competition outside training (the paper);
            `"sparse"`, the competition is kept.
        **kwargs: Keras layer arguments.

    Call arguments:
        inputs: Tensor of shape `(..., units)`.
        training: Whether to compete when `inference="dense"`.

    Returns:
        Tensor of the shape and dtype of `inputs`.

    Raises:
        ValueError: If an argument is out of its range, or `k` exceeds the units.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> layer = kate_keras.layers.KCompetitive(k=2, alpha=1.0)
        >>> h = np.array([[0.8, 0.2, 0.1, -0.1, -0.3, -0.6]], "float32")
        >>> layer(h, training=True).numpy().round(3).tolist()
        [[1.100000023841858, 0.0, 0.0, 0.0, 0.0, -1.0]]

    Reference:
        Chen and Zaki, "KATE: K-Competitive Autoencoder for Text", KDD 2017,
        section 3.1 and figure 1.
    """

    def __init__(
        self,
        k: int,
        alpha: float = PAPER_ALPHA,
        inference: Inference = "dense",
        **kwargs: Any,
    ) -> None:
        super().__init__(k, inference, **kwargs)
        if not is_number(alpha) or not math.isfinite(alpha) or alpha < 0:
            raise ValueError(
                f"`alpha` must be finite and at least 0. Received: alpha={alpha!r}"
            )
        self.alpha = float(alpha)

    def compete(self, activations: tf.Tensor) -> tf.Tensor:
        """Returns winners raised by the losers' energy, and zeros."""
        return compete(activations, self.k, self.alpha)

    def winners(self, activations: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the masks of the winners of both signs."""
        return winners(activations, self.k)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this layer anew."""
        return {**super().get_config(), "alpha": self.alpha}
