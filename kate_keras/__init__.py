"""KATE, the k-competitive autoencoder for text, for Keras 3."""

from kate_keras import layers, models

__all__ = ["layers", "models"]
