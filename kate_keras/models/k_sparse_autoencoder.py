"""The k-sparse autoencoder."""

from typing import Unpack

import keras

from kate_keras.layers import KSparse
from kate_keras.layers.competitive_layer import Inference
from kate_keras.models.autoencoder import FrameOptions
from kate_keras.models.one_layer import CompetingAutoencoder


@keras.saving.register_keras_serializable(package="kate_keras")
class KSparseAutoencoder(CompetingAutoencoder):
    """A linear hidden layer of which training keeps the `k` largest units.

        h = x W + b                          (batch, n_components)
        z = the k largest of h, in training  (batch, n_components)
        logits = z W^T + c                   (batch, vocabulary_size)

    The paper of KATE calls it KSAE and switches the sparsity off at test, which
    `inference="dense"` does.

    Args:
        vocabulary_size: Number of words `V`.
        n_components: Number of topics `d`.
        k: Units that survive; see `KSparse`.
        inference: Whether the sparsity is kept outside training.
        **options: See `KATEAutoencoder`.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> model = kate_keras.models.KSparseAutoencoder(6, n_components=4, k=2)
        >>> model(np.array([[2.0, 0, 1, 0, 0, 0]], "float32")).shape
        TensorShape([1, 6])

    Reference:
        Makhzani and Frey, "k-Sparse Autoencoders", ICLR 2014.
    """

    def __init__(
        self,
        vocabulary_size: int,
        n_components: int,
        k: int,
        inference: Inference = "dense",
        **options: Unpack[FrameOptions],
    ) -> None:
        competition = KSparse(k, inference, name="competition")
        super().__init__(
            vocabulary_size, n_components, "linear", competition, **options
        )
