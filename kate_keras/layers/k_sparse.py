"""The k-sparse layer, KATE's nearest relative."""

import keras
import tensorflow as tf

from kate_keras.layers.competition import top_mask
from kate_keras.layers.competitive_layer import CompetitiveLayer


@keras.saving.register_keras_serializable(package="kate_keras")
class KSparse(CompetitiveLayer):
    """Keeps the `k` largest activations and zeroes the others.

    The largest are by value, as in the paper of origin: a negative unit survives only
    where fewer than `k` are larger. The gradient passes through survivors alone. Ties
    go to the lower index.

    Args:
        k: Number of survivors, from 1 to the number of units.
        inference: `"dense"`, in training only; `"sparse"`, always.
        **kwargs: Keras layer arguments.

    Call arguments:
        inputs: Tensor of shape `(..., units)`.
        training: Whether to select when `inference="dense"`.

    Returns:
        Tensor of the shape and dtype of `inputs`.

    Raises:
        ValueError: If `k` is out of its range.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> layer = kate_keras.layers.KSparse(k=2)
        >>> layer(np.array([[0.5, -0.75, 0.25, 0.0]], "float32"), training=True).numpy()
        array([[0.5 , 0.  , 0.25, 0.  ]], dtype=float32)

    Reference:
        Makhzani and Frey, "k-Sparse Autoencoders", ICLR 2014, section 2.1.
    """

    def compete(self, activations: tf.Tensor) -> tf.Tensor:
        """Returns the `k` largest activations in their places, and zeros."""
        survivors = top_mask(activations, self.k)
        return tf.where(survivors, activations, tf.zeros_like(activations))

    def winners(self, activations: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the masks of the survivors from 0 on and below 0."""
        survivors = top_mask(activations, self.k)
        below = activations < 0
        return survivors & ~below, survivors & below
