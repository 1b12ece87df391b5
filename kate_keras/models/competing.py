"""What the autoencoders have in common whose units compete in training."""

from typing import Protocol, runtime_checkable

import tensorflow as tf

from kate_keras.layers.competitive_layer import CompetitiveLayer


@runtime_checkable
class Competing(Protocol):
    """An autoencoder with a layer in which units compete, wherever it stands."""

    def competition(self) -> CompetitiveLayer:
        """Returns the layer in which units compete."""
        ...

    def competitors(self, counts: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
        """Returns the activations that compete, `(batch, units)`.

        Args:
            counts: Counts, dense or sparse, of shape `(batch, vocabulary_size)`.
        """
        ...

    def decode_survivors(self, survivors: tf.Tensor) -> tf.Tensor:
        """Returns the logits `(batch, vocabulary_size)` of what competed."""
        ...
