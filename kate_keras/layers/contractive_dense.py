"""A tied dense layer that dislikes a sensitive code."""

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kate_keras.layers.tied_dense import TiedDense


@keras.saving.register_keras_serializable(package="kate_keras")
class ContractiveDense(TiedDense):
    """`TiedDense` whose training adds the Jacobian penalty of a sigmoid code.

    With `h = sigmoid(x S W + b)` the code that follows and `S` the diagonal of the
    input weights, training adds to the loss the mean over the documents of

        contraction * ||dh/dx||^2
            = contraction * sum_i (h_i (1 - h_i))^2 * sum_j (S_j W_ji)^2

    in closed form. The gradient reaches `W` by both factors and `b` by the first. (The
    released code of KATE took a copy of `W` when it was compiled: its penalty neither
    changed with `W` nor shrank it.)

    The layer itself stays linear: put a sigmoid behind it.

    Args:
        units: Size `d` of the code.
        contraction: Weight of the penalty, finite and at least 0.
        **kwargs: Arguments of `TiedDense`.

    Call arguments:
        inputs: Tensor of shape `(..., features)`, or `(..., units)` if `reverse`.
        reverse: Whether to decode.
        training: Whether to add the penalty; decoding never does.

    Returns:
        Tensor of shape `(..., units)`, or `(..., features)` if `reverse`.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> dense = kate_keras.layers.ContractiveDense(
        ...     1, contraction=1.0, kernel_initializer="ones"
        ... )
        >>> _ = dense(np.zeros((1, 4), "float32"), training=True)
        >>> float(dense.losses[0])  # h = 1/2: (1/4)^2 times four ones.
        0.25

    Reference:
        Rifai et al., "Contractive Auto-Encoders", ICML 2011, section 3.
    """

    def __init__(self, units: int, contraction: float = 1e-4, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        if not math.isfinite(contraction) or contraction < 0:
            raise ValueError(
                "`contraction` must be finite and at least 0. "
                f"Received: contraction={contraction!r}"
            )
        self.contraction = float(contraction)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the kernel, both biases and the input weights, all one."""
        super().build(input_shape)
        self.input_weights = self.add_weight(
            name="input_weights",
            shape=(input_shape[-1],),
            initializer="ones",
            trainable=False,
        )

    def adapt(self, input_weights: np.ndarray) -> None:
        """Says by what the inputs were multiplied, so that the penalty allows for it.

        Args:
            input_weights: `S`, shape `(features,)`.
        """
        self.input_weights.assign(input_weights)

    def call(
        self, inputs: tf.Tensor, reverse: bool = False, training: bool | None = None
    ) -> tf.Tensor:
        """Encodes, and adds the penalty in training; or decodes if `reverse`."""
        outputs = super().call(inputs, reverse)
        if training and not reverse:
            self.add_loss(self.contraction * self._sensitivity(outputs))
        return outputs

    def _sensitivity(self, pre_activations: tf.Tensor) -> tf.Tensor:
        """Mean squared Frobenius norm of the Jacobian, float32 under any policy."""
        h = keras.ops.sigmoid(keras.ops.cast(pre_activations, "float32"))
        kernel = keras.ops.cast(self.kernel, "float32")
        scale = keras.ops.cast(self.input_weights, "float32")[:, None]
        lengths = keras.ops.sum(keras.ops.square(scale * kernel), axis=0)
        slopes = keras.ops.square(h * (1.0 - h))
        return keras.ops.mean(keras.ops.sum(slopes * lengths, axis=-1))

    def compute_output_spec(
        self,
        inputs: keras.KerasTensor,
        reverse: bool = False,
        training: bool | None = None,  # noqa: ARG002
    ) -> keras.KerasTensor:
        """Returns the shape and dtype of the code, or of the features if `reverse`."""
        return super().compute_output_spec(inputs, reverse)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this layer anew."""
        return {**super().get_config(), "contraction": self.contraction}
