"""The contractive autoencoder."""

from typing import Any, Unpack

import keras
import numpy as np

from kate_keras.layers import ContractiveDense, sigmoid
from kate_keras.models.autoencoder import FrameOptions
from kate_keras.models.first_layer import first_kernel
from kate_keras.models.one_layer import OneLayerAutoencoder


@keras.saving.register_keras_serializable(package="kate_keras")
class ContractiveAutoencoder(OneLayerAutoencoder):
    """A plain autoencoder whose code should not change with small input changes.

        h = sigmoid(x W + b)                 (batch, n_components)
        logits = h W^T + c                   (batch, vocabulary_size)
        loss += strength * ||dh/dx||^2, in training; see `ContractiveDense`

    The derivative is by the normalised counts `x`; with `weighting="log-idf"` the word
    weights are part of it.

    Args:
        vocabulary_size: Number of words `V`.
        n_components: Number of topics `d`.
        strength: Weight of the penalty; `None`, 1e-4 as in the released code. There the
            reconstruction loss is a mean over the words and here a sum, so that the
            same weight is relatively `vocabulary_size` times weaker here.
        **options: See `KATEAutoencoder`.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> model = kate_keras.models.ContractiveAutoencoder(6, n_components=4)
        >>> model(np.array([[2.0, 0, 1, 0, 0, 0]], "float32")).shape
        TensorShape([1, 6])

    Reference:
        Rifai et al., "Contractive Auto-Encoders", ICML 2011.
    """

    def __init__(
        self,
        vocabulary_size: int,
        n_components: int,
        strength: float | None = None,
        **options: Unpack[FrameOptions],
    ) -> None:
        contraction = 1e-4 if strength is None else strength
        dense = ContractiveDense(
            n_components,
            contraction,
            kernel_initializer=first_kernel(options),
            name="tied_dense",
        )
        super().__init__(vocabulary_size, n_components, sigmoid, dense=dense, **options)
        self.strength = contraction

    def adapt_input(self, document_frequency: np.ndarray, n_documents: int) -> None:
        """Sets the word weights of the input layer and of the penalty."""
        super().adapt_input(document_frequency, n_documents)
        if self.weighting == "log-idf":
            word_weights = self.get_layer("log_count").word_weights
            self.get_layer("tied_dense").adapt(word_weights)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this model anew."""
        return {**super().get_config(), "strength": self.strength}
