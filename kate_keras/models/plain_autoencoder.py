"""The plain autoencoder."""

from typing import Any, Literal, Unpack

import keras

from kate_keras.layers import sigmoid
from kate_keras.models.autoencoder import FrameOptions
from kate_keras.models.one_layer import OneLayerAutoencoder


@keras.saving.register_keras_serializable(package="kate_keras")
class PlainAutoencoder(OneLayerAutoencoder):
    """A hidden layer with tied weights, and nothing else.

        h = activation(x W + b)              (batch, n_components)
        logits = h W^T + c                   (batch, vocabulary_size)

    Args:
        vocabulary_size: Number of words `V`.
        n_components: Number of topics `d`.
        activation: `"sigmoid"`, the AE of the paper; `"tanh"`, KATE without its
            competition.
        **options: See `KATEAutoencoder`.

    Raises:
        ValueError: If there is no such activation.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> model = kate_keras.models.PlainAutoencoder(6, n_components=4)
        >>> model(np.array([[2.0, 0, 1, 0, 0, 0]], "float32")).shape
        TensorShape([1, 6])

    Reference:
        The AE of Chen and Zaki 2017, section 4.
    """

    def __init__(
        self,
        vocabulary_size: int,
        n_components: int,
        activation: Literal["sigmoid", "tanh"] = "sigmoid",
        **options: Unpack[FrameOptions],
    ) -> None:
        if activation not in ("sigmoid", "tanh"):
            raise ValueError(
                "`activation` must be 'sigmoid' or 'tanh'. "
                f"Received: activation={activation!r}"
            )
        super().__init__(
            vocabulary_size,
            n_components,
            sigmoid if activation == "sigmoid" else activation,
            **options,
        )
        self.activation = activation

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this model anew."""
        return {**super().get_config(), "activation": self.activation}
