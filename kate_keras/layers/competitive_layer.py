"""What the competitive layers share: checks, when they compete, shapes."""

from typing import Any, Literal

import keras
import tensorflow as tf

from kate_keras.argument_checks import is_integer

Inference = Literal["dense", "sparse"]


class CompetitiveLayer(keras.layers.Layer):
    """Base of layers in which only `k` units of the last axis survive.

    Args:
        k: Number of surviving units, from 1 to the number of units.
        inference: `"dense"`, compete in training only; `"sparse"`, always.
        **kwargs: Keras layer arguments (`name`, `dtype`, `trainable`).

    Attributes:
        alpha: Amplification of the losers' energy; 0 where it is dropped.
    """

    alpha: float = 0.0

    def __init__(self, k: int, inference: Inference = "dense", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not is_integer(k) or k < 1:
            raise ValueError(
                f"`k` of {type(self).__name__} must be a whole number of at least 1. "
                f"Received: k={k!r}"
            )
        if inference not in ("dense", "sparse"):
            raise ValueError(
                "`inference` must be 'dense' (compete in training only) or 'sparse' "
                f"(compete always). Received: inference={inference!r}"
            )
        self.k = int(k)
        self.inference = inference
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Checks that there are at least `k` units."""
        units = input_shape[-1] if len(input_shape) else None
        if units is None:
            raise ValueError(
                f"{type(self).__name__} needs a defined last axis. "
                f"Received: input_shape={input_shape}"
            )
        if self.k > units:
            raise ValueError(
                f"`k` must not exceed the number of units. Received: k={self.k} for an "
                f"input of shape {input_shape}, which has {units} units: lower `k` or "
                "widen the layer before."
            )
        self.built = True

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """Applies the competition in training, or always if `inference="sparse"`.

        Args:
            inputs: Tensor of shape `(..., units)`.
            training: Whether the model is being trained.

        Returns:
            Tensor of the shape and dtype of `inputs`.
        """
        if not training and self.inference == "dense":
            return inputs
        inputs = tf.convert_to_tensor(inputs)
        # Half-precision sums over hundreds of losers would lose digits.
        wide = inputs if inputs.dtype == tf.float64 else tf.cast(inputs, tf.float32)
        rows = tf.reshape(wide, (-1, inputs.shape[-1]))
        survivors = tf.reshape(self.compete(rows), tf.shape(inputs))
        survivors.set_shape(inputs.shape)
        return tf.cast(survivors, inputs.dtype)

    def compete(self, activations: tf.Tensor) -> tf.Tensor:
        """Returns the survivors of `activations`, shape `(batch, units)`."""
        raise NotImplementedError

    def winners(self, activations: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the masks of the survivors above and below 0.

        Args:
            activations: Floating-point tensor of shape `(batch, units)`.

        Returns:
            Two boolean tensors of its shape. A survivor of exactly 0 is in the first.
        """
        raise NotImplementedError

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this layer anew."""
        return {**super().get_config(), "k": self.k, "inference": self.inference}
