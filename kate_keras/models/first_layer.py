"""The layer that the words of a document enter by."""

import keras
import tensorflow as tf

from kate_keras.models.autoencoder import Autoencoder, FrameOptions, Place


def first_kernel(options: FrameOptions) -> keras.initializers.Initializer:
    """Returns the initialiser of `W`, that of the released code, seeded."""
    return keras.initializers.GlorotNormal(seed=options.get("random_state", 0))


def first_layer(
    autoencoder: Autoencoder,
    counts: tf.SparseTensor,
    words: tf.Tensor | None,
    training: bool,
    place: Place | None = None,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Sums the rows of `W` that sparse documents have.

    Only the words that documents have are multiplied, and only the rows of `W` and `c`
    that `words` names are read.

    Args:
        autoencoder: Model whose `tied_dense` holds `W`, `b` and `c`.
        counts: Counts of shape `(batch, n_words)`, row by row.
        words: Ids of the words that the columns of `counts` are, shape `(n_words,)`;
            `None`, the whole vocabulary.
        training: Whether to hide a part of the input.
        place: Where the entries are in a larger batch; see `Autoencoder.logits`.

    Returns:
        `x W + b`, `(batch, units)`; the rows of `W`, `(n_words, units)`, and of `c`,
        `(n_words,)`.
    """
    dense = autoencoder.get_layer("tied_dense")

    def rows_of(weight: keras.Variable) -> tf.Tensor:
        rows = weight.value if words is None else tf.gather(weight.value, words)
        return tf.cast(rows, dense.compute_dtype)

    kernel, reverse_bias = rows_of(dense.kernel), rows_of(dense.reverse_bias)
    x = autoencoder.get_layer("log_count")(counts, words)
    values = _hide(autoencoder, x.values, training, place)
    left = tf.where(values != 0)[:, 0]
    rows, columns = tf.unstack(tf.gather(x.indices, left), axis=1)
    pushes = tf.gather(kernel, columns) * tf.gather(values, left)[:, None]
    # Entries come row by row, which sums them at half the cost of any order.
    sums = tf.math.segment_sum(pushes, rows)
    without = x.dense_shape[0] - tf.size(sums[:, 0], tf.int64)
    sums = tf.pad(sums, [[0, without], [0, 0]])
    return sums + tf.cast(dense.bias.value, dense.compute_dtype), kernel, reverse_bias


def _hide(
    autoencoder: Autoencoder, values: tf.Tensor, training: bool, place: Place | None
) -> tf.Tensor:
    """Hides a part of the entries, the same ones whoever has the rest of the batch."""
    dropout = autoencoder.get_layer("input_dropout")
    if place is None:
        return dropout(values, training=training)
    first, total = place
    end = first + tf.size(values, first.dtype)
    return dropout(tf.pad(values, [[first, total - end]]), training=training)[first:end]
