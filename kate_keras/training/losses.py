"""Reconstruction losses on logits."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf


class Reconstruction(keras.losses.Loss):
    """Base of the losses: what all words share, less what a document's words gain.

    `loss = normalizer(logits) - sum_j x_j logits_j`, in nats per document.
    """

    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        """Returns the loss of every document, shape `(batch,)`."""
        gain = tf.reduce_sum(y_true * y_pred, axis=-1)
        return self.normalizer(tf.reduce_sum(y_true, axis=-1), y_pred) - gain

    def sparse(
        self,
        x: tf.SparseTensor,
        logits: tf.Tensor,
        log_weights: tf.Tensor | float = 0.0,
    ) -> tf.Tensor:
        """Returns the loss of every document from a sparse target.

        Args:
            x: Normalised counts, shape `(batch, n_words)`.
            logits: Logits, shape `(batch, n_words)`.
            log_weights: Logarithm of how many words each column stands for, shape
                `(n_words,)`; 0 for the words that documents have.

        Returns:
            Tensor of shape `(batch,)`, in nats.
        """
        rows, n_documents = x.indices[:, 0], x.dense_shape[0]
        mass = tf.math.unsorted_segment_sum(x.values, rows, n_documents)
        gains = x.values * tf.cast(tf.gather_nd(logits, x.indices), x.dtype)
        gain = tf.math.unsorted_segment_sum(gains, rows, n_documents)
        return self.normalizer(mass, tf.cast(logits, x.dtype), log_weights) - gain

    @staticmethod
    def normalizer(
        mass: tf.Tensor, logits: tf.Tensor, log_weights: tf.Tensor | float = 0.0
    ) -> tf.Tensor:
        """Returns what of the loss runs over the vocabulary, shape `(batch,)`.

        Args:
            mass: Sum of `x` of every document, shape `(batch,)`.
            logits: Logits, shape `(batch, n_words)`.
            log_weights: See `sparse`.
        """
        raise NotImplementedError


@keras.saving.register_keras_serializable(package="kate_keras")
class WordCrossentropy(Reconstruction):
    """Cross-entropy of a softmax over the vocabulary, per document.

        loss = -sum_j x_j log softmax(logits)_j

    Words compete for probability, so a document is told by which words it has rather
    than by the many it lacks.

    Call arguments:
        y_true: Normalised counts `x`, shape `(batch, vocabulary_size)`.
        y_pred: Logits, shape `(batch, vocabulary_size)`.

    Returns:
        Mean over the batch, in nats per document.

    Example:
        >>> import numpy as np
        >>> from kate_keras.training import WordCrossentropy
        >>> loss = WordCrossentropy()(np.array([[1.0, 0.0]]), np.array([[0.0, 0.0]]))
        >>> round(float(loss), 4)
        0.6931
    """

    @staticmethod
    def normalizer(
        mass: tf.Tensor, logits: tf.Tensor, log_weights: tf.Tensor | float = 0.0
    ) -> tf.Tensor:
        """Returns the logarithm of the partition function, times the mass."""
        return mass * tf.reduce_logsumexp(logits + log_weights, axis=-1)

    @staticmethod
    def link(x: np.ndarray) -> np.ndarray:
        """Returns the logits whose softmax is in proportion to `x`, above 0."""
        logits: np.ndarray = np.log(x)
        return logits


@keras.saving.register_keras_serializable(package="kate_keras")
class BinaryCrossentropy(Reconstruction):
    """Sum over the words of the binary cross-entropy on logits, per document.

        loss = sum_j softplus(logits_j) - x_j logits_j

    Call arguments:
        y_true: Normalised counts `x` from 0 to 1, shape `(batch, vocabulary_size)`.
        y_pred: Logits, shape `(batch, vocabulary_size)`.

    Returns:
        Mean over the batch, in nats per document.

    Example:
        >>> import numpy as np
        >>> from kate_keras.training import BinaryCrossentropy
        >>> loss = BinaryCrossentropy()(np.array([[1.0, 0.0]]), np.array([[0.0, 0.0]]))
        >>> round(float(loss), 4)
        1.3863

    Reference:
        Chen and Zaki 2017, section 3 (a sum; the released code took a mean over words).
    """

    @staticmethod
    def normalizer(
        mass: tf.Tensor,  # noqa: ARG004
        logits: tf.Tensor,
        log_weights: tf.Tensor | float = 0.0,
    ) -> tf.Tensor:
        """Returns the sum of `softplus(logits)`."""
        return tf.reduce_sum(tf.exp(log_weights) * tf.math.softplus(logits), axis=-1)

    @staticmethod
    def link(x: np.ndarray) -> np.ndarray:
        """Returns the logits whose sigmoid is `x`, between 0 and 1."""
        logits: np.ndarray = np.log(x) - np.log1p(-x)
        return logits


LOSSES: dict[str, Any] = {"words": WordCrossentropy, "binary": BinaryCrossentropy}
