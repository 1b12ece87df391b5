"""Reconstruction losses on logits."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable(package="kate_keras")
class WordCrossentropy(keras.losses.Loss):
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

    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        """Returns the loss of every document, shape `(batch,)`."""
        partition = tf.reduce_logsumexp(y_pred, axis=-1)
        mass = tf.reduce_sum(y_true, axis=-1)
        return mass * partition - tf.reduce_sum(y_true * y_pred, axis=-1)

    @staticmethod
    def link(x: np.ndarray) -> np.ndarray:
        """Returns the logits whose softmax is in proportion to `x`, above 0."""
        logits: np.ndarray = np.log(x)
        return logits


@keras.saving.register_keras_serializable(package="kate_keras")
class BinaryCrossentropy(keras.losses.Loss):
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

    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        """Returns the loss of every document, shape `(batch,)`."""
        return tf.reduce_sum(tf.math.softplus(y_pred) - y_true * y_pred, axis=-1)

    @staticmethod
    def link(x: np.ndarray) -> np.ndarray:
        """Returns the logits whose sigmoid is `x`, between 0 and 1."""
        logits: np.ndarray = np.log(x) - np.log1p(-x)
        return logits


LOSSES: dict[str, Any] = {"words": WordCrossentropy, "binary": BinaryCrossentropy}
