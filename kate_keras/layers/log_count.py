"""Counts to the input of the network."""

from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from kate_keras.layers.exact_dtype import exact_dtype

Weighting = Literal["log", "log-idf"]


@keras.saving.register_keras_serializable(package="kate_keras")
class LogCount(keras.layers.Layer):
    """Log-normalises word counts: `log(1 + n_j) / max_i log(1 + n_i)`.

    A document without words stays the zero vector.

    Args:
        weighting: `"log"`, the paper's input; `"log-idf"`, the same times
            `idf_j / mean idf` with `idf_j = log((1 + N) / (1 + N_j)) + 1`, where `N_j`
            of the `N` training documents hold word `j`. Call `adapt` first.
        **kwargs: Keras layer arguments.

    Call arguments:
        inputs: Counts, tensor of shape `(..., vocabulary_size)`, or a
            `tf.SparseTensor` of shape `(batch, vocabulary_size)`.
        words: Ids of the columns, shape `(n_columns,)`, of sparse inputs that have
            only some words of the vocabulary.

    Returns:
        Floating-point tensor of the shape of `inputs`, sparse if they are.

    Raises:
        ValueError: If `weighting` is not one of the two.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> layer = kate_keras.layers.LogCount()
        >>> layer(np.array([[3.0, 1.0, 0.0], [0.0, 0.0, 0.0]])).numpy()
        array([[1. , 0.5, 0. ],
               [0. , 0. , 0. ]], dtype=float32)

    Reference:
        Chen and Zaki 2017, section 3 (the logarithm's base cancels).
    """

    def __init__(self, weighting: Weighting = "log", **kwargs: Any) -> None:
        # Half precision has no counts above 65,504: they are read as they come.
        super().__init__(autocast=False, **kwargs)
        if weighting not in ("log", "log-idf"):
            raise ValueError(
                "`weighting` must be 'log' or 'log-idf'. "
                f"Received: weighting={weighting!r}"
            )
        self.weighting = weighting
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the word weights, all one until `adapt`."""
        if self.weighting == "log-idf":
            self.word_weights = self.add_weight(
                name="word_weights",
                shape=(input_shape[-1],),
                initializer="ones",
                trainable=False,
            )
        self.built = True

    def adapt(self, document_frequency: np.ndarray, n_documents: int) -> None:
        """Sets the word weights from the training corpus.

        Args:
            document_frequency: In how many documents each word is,
                shape `(vocabulary_size,)`.
            n_documents: Number of documents.
        """
        if self.weighting == "log-idf":
            if not self.built:
                self.build((None, len(document_frequency)))
            idf = np.log((1 + n_documents) / (1 + np.asarray(document_frequency))) + 1
            self.word_weights.assign(idf / idf.mean())

    def call(
        self, inputs: tf.Tensor | tf.SparseTensor, words: tf.Tensor | None = None
    ) -> tf.Tensor | tf.SparseTensor:
        """Returns the normalised counts."""
        if isinstance(inputs, tf.SparseTensor):
            return self._normalize_sparse(inputs, words)
        # tf2onnx leaves Log1p, which ONNX Runtime rejects; hence log(1 + n).
        logs = keras.ops.log(
            1.0 + keras.ops.cast(inputs, exact_dtype(self.compute_dtype))
        )
        largest = keras.ops.max(logs, axis=-1, keepdims=True)
        normalized = keras.ops.where(
            largest > 0, logs / keras.ops.where(largest > 0, largest, 1.0), 0.0
        )
        if self.weighting == "log-idf":
            weights = keras.ops.cast(self.word_weights, exact_dtype(self.compute_dtype))
            normalized = normalized * weights
        return keras.ops.cast(normalized, self.compute_dtype)

    def _normalize_sparse(
        self, counts: tf.SparseTensor, words: tf.Tensor | None
    ) -> tf.SparseTensor:
        rows, columns = counts.indices[:, 0], counts.indices[:, 1]
        logs = tf.math.log(
            1.0 + tf.cast(counts.values, exact_dtype(self.compute_dtype))
        )
        largest = tf.math.unsorted_segment_max(logs, rows, counts.dense_shape[0])
        normalized = tf.math.divide_no_nan(logs, tf.gather(largest, rows))
        if self.weighting == "log-idf":
            weights = tf.cast(self.word_weights, exact_dtype(self.compute_dtype))
            ids = columns if words is None else tf.gather(words, columns)
            normalized *= tf.gather(weights, ids)
        return counts.with_values(tf.cast(normalized, self.compute_dtype))

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this layer anew."""
        return {**super().get_config(), "weighting": self.weighting}
