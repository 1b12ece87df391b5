"""The mean loss of the documents of an epoch so far."""

import keras
import tensorflow as tf


class MeanLoss(keras.metrics.Metric):
    """Mean over documents, of sums over batches that all processes have alike.

    `keras.metrics.Mean` would add up what the processes of a distributed training have,
    and ask the others whenever it is read.

    Args:
        name: Name in the history.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        self.total, self.count = (
            keras.Variable(0.0, dtype="float32", trainable=False, name=part)
            for part in ("total", "count")
        )

    def update_state(self, total: tf.Tensor, n_documents: tf.Tensor) -> None:
        """Adds a batch.

        Args:
            total: Sum of its losses.
            n_documents: Number of its documents.
        """
        self.total.assign_add(total)
        self.count.assign_add(tf.cast(n_documents, tf.float32))

    def result(self) -> tf.Tensor:
        """Returns the mean; 0 without documents."""
        return tf.math.divide_no_nan(self.total.value, self.count.value)
