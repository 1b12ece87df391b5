"""The functional KATE autoencoder."""

from typing import Any, Unpack

import keras

from kate_keras.layers import KCompetitive
from kate_keras.layers.competitive_layer import Inference
from kate_keras.layers.k_competitive import PAPER_ALPHA
from kate_keras.models.autoencoder import FrameOptions
from kate_keras.models.one_layer import CompetingAutoencoder


@keras.saving.register_keras_serializable(package="kate_keras")
class KATEAutoencoder(CompetingAutoencoder):
    """Counts to logits over the vocabulary, through a competition.

        x = log-normalised counts            (batch, vocabulary_size)
        h = tanh(x W + b)                    (batch, n_components)
        z = compete(h), in training          (batch, n_components)
        logits = z W^T + c                   (batch, vocabulary_size)

    A functional Keras model: compile it with a loss on logits and train it with `fit`.
    Two further models share its layers: `encoder` (counts to document vectors, through
    the read-out) and `competitive` (counts to logits with the competition kept, the
    network that training sees, for validation).

    Args:
        vocabulary_size: Number of words `V`.
        n_components: Number of topics `d`.
        k: Winners of the competition; see `KCompetitive`.
        alpha: Amplification; see `KCompetitive`. `2 / k` is the paper's "KATE no
            amplification".
        inference: Whether the competition is kept outside training.
        **options: Options that all autoencoders have: `weighting`, `input_dropout`,
            `read_out`, `shrinkage`, `random_state`, `name`, `trainable`; see
            `Autoencoder`.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> model = kate_keras.models.KATEAutoencoder(6, n_components=4, k=2)
        >>> counts = np.array([[2.0, 0, 1, 0, 0, 0]], "float32")
        >>> model(counts).shape, model.encoder(counts).shape
        (TensorShape([1, 6]), TensorShape([1, 4]))

    Reference:
        Chen and Zaki, "KATE: K-Competitive Autoencoder for Text", KDD 2017.
    """

    def __init__(
        self,
        vocabulary_size: int,
        n_components: int,
        k: int,
        alpha: float = PAPER_ALPHA,
        inference: Inference = "dense",
        **options: Unpack[FrameOptions],
    ) -> None:
        competition = KCompetitive(k, alpha, inference, name="competition")
        super().__init__(vocabulary_size, n_components, "tanh", competition, **options)
        self.alpha = alpha

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this model anew."""
        return {**super().get_config(), "alpha": self.alpha}
