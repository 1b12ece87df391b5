"""Functional Keras models."""

from kate_keras.models.kate_autoencoder import KATEAutoencoder

__all__ = ["KATEAutoencoder"]
