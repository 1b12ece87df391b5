"""The denoising autoencoder."""

from typing import Any, Literal, Unpack

import keras

from kate_keras.layers import (
    GaussianNoise,
    MaskingNoise,
    SaltAndPepperNoise,
    sigmoid,
)
from kate_keras.models.autoencoder import FrameOptions, seed_of
from kate_keras.models.one_layer import OneLayerAutoencoder

NoiseKind = Literal["masking", "gaussian", "salt-and-pepper"]

# The layer of a noise and its strength in the released code.
NOISES = {
    "masking": (MaskingNoise, 0.01),
    "gaussian": (GaussianNoise, 0.1),
    "salt-and-pepper": (SaltAndPepperNoise, 0.1),
}


@keras.saving.register_keras_serializable(package="kate_keras")
class DenoisingAutoencoder(OneLayerAutoencoder):
    """A plain autoencoder that mends noise: corrupted input, clean target.

        x' = corrupt(x), in training         (batch, vocabulary_size)
        h = sigmoid(x' W + b)                (batch, n_components)
        logits = h W^T + c                   (batch, vocabulary_size)

    The noise is drawn anew in every step; the released code drew it once.

    Args:
        vocabulary_size: Number of words `V`.
        n_components: Number of topics `d`.
        noise: `"masking"`, `"gaussian"` or `"salt-and-pepper"`; see `MaskingNoise`,
            `GaussianNoise` and `SaltAndPepperNoise`.
        strength: Share of the words that are corrupted, or standard deviation of the
            gaussian noise; `None`, that of the released code: .01, .1 and .1.
        **options: See `KATEAutoencoder`.

    Raises:
        ValueError: If there is no such noise.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> model = kate_keras.models.DenoisingAutoencoder(6, 4, noise="gaussian")
        >>> model(np.array([[2.0, 0, 1, 0, 0, 0]], "float32")).shape
        TensorShape([1, 6])

    Reference:
        Vincent et al., "Stacked Denoising Autoencoders", JMLR 2010.
    """

    def __init__(
        self,
        vocabulary_size: int,
        n_components: int,
        noise: NoiseKind = "masking",
        strength: float | None = None,
        **options: Unpack[FrameOptions],
    ) -> None:
        if noise not in NOISES:
            raise ValueError(
                f"`noise` must be one of {list(NOISES)}. Received: noise={noise!r}"
            )
        layer, usual = NOISES[noise]
        level = usual if strength is None else strength
        corrupt = layer(level, seed=seed_of(1, options), name="noise")
        super().__init__(
            vocabulary_size, n_components, sigmoid, noise=corrupt, **options
        )
        self.noise = noise
        self.strength = level

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this model anew."""
        return {
            **super().get_config(),
            "noise": self.noise,
            "strength": self.strength,
        }
