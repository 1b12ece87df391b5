"""A dense layer that also runs backwards with the same kernel."""

from typing import Any

import keras
import tensorflow as tf

from kate_keras.argument_checks import is_integer


@keras.saving.register_keras_serializable(package="kate_keras")
class TiedDense(keras.layers.Layer):
    """Encoder and decoder in one: `x W + b` forward, `z W^T + c` in reverse.

    Calling one layer twice keeps the weights tied through saving and
    `keras.models.clone_model`.

    Args:
        units: Size `d` of the code.
        kernel_initializer: Initialiser of `W`.
        kernel_regularizer: Regulariser of `W`.
        **kwargs: Keras layer arguments.

    Call arguments:
        inputs: Tensor of shape `(..., features)`, or `(..., units)` if `reverse`. The
            first call has to be a forward one: it defines the kernel.
        reverse: Whether to decode.

    Returns:
        Tensor of shape `(..., units)`, or `(..., features)` if `reverse`.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> dense = kate_keras.layers.TiedDense(2, kernel_initializer="ones")
        >>> code = dense(np.ones((1, 3), "float32"))
        >>> dense(code, reverse=True).numpy()
        array([[6., 6., 6.]], dtype=float32)

    Reference:
        Chen and Zaki 2017, section 3: `sigmoid(W^T z + c)`, "tied weights".
    """

    def __init__(
        self,
        units: int,
        kernel_initializer: Any = "glorot_normal",
        kernel_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not is_integer(units) or units < 1:
            raise ValueError(
                "`units` must be a whole number of at least 1. "
                f"Received: units={units!r}"
            )
        self.units = int(units)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the kernel `(features, units)` and both biases."""
        features = input_shape[-1]
        self.kernel = self.add_weight(
            name="kernel",
            shape=(features, self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
        )
        self.bias = self.add_weight(
            name="bias", shape=(self.units,), initializer="zeros"
        )
        self.reverse_bias = self.add_weight(
            name="reverse_bias", shape=(features,), initializer="zeros"
        )
        self.built = True

    def call(self, inputs: tf.Tensor, reverse: bool = False) -> tf.Tensor:
        """Encodes, or decodes if `reverse`."""
        if reverse:
            kernel = keras.ops.transpose(self.kernel)
            return keras.ops.matmul(inputs, kernel) + self.reverse_bias
        return keras.ops.matmul(inputs, self.kernel) + self.bias

    def compute_output_spec(
        self, inputs: keras.KerasTensor, reverse: bool = False
    ) -> keras.KerasTensor:
        """Returns the shape and dtype of the code, or of the features if `reverse`."""
        last = self.kernel.shape[0] if reverse else self.units
        return keras.KerasTensor((*inputs.shape[:-1], last), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this layer anew."""
        return {
            **super().get_config(),
            "units": self.units,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }
