"""Batches for `fit`, made from CSR one at a time."""

from collections.abc import Iterator

import numpy as np
import tensorflow as tf
from scipy import sparse

from kate_keras.layers import LogCount


def batches(
    counts: sparse.csr_array, batch_size: int, random_state: int | None = None
) -> tf.data.Dataset:
    """Makes a dataset of dense batches; the corpus itself stays sparse.

    Args:
        counts: Word counts, shape `(n_documents, vocabulary_size)`.
        batch_size: Documents per batch; the last one may be smaller.
        random_state: Seed of a new order in every epoch; `None` keeps the order.

    Returns:
        Dataset of pairs `(counts, x)`, each float32 of shape
        `(batch, vocabulary_size)`: the input of the network and its target.
    """
    generator = np.random.default_rng(random_state)
    n_documents, n_words = counts.shape
    normalize = LogCount(dtype="float32")

    def rows() -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
        order = np.arange(n_documents)
        if random_state is not None:
            generator.shuffle(order)
        for start in range(0, n_documents, batch_size):
            chunk = counts[order[start : start + batch_size]].tocoo()
            places = np.stack([chunk.row, chunk.col], axis=1)
            yield places, chunk.data, chunk.shape[0]

    def dense(
        places: tf.Tensor, values: tf.Tensor, size: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        batch = tf.scatter_nd(places, values, tf.stack([size, n_words]))
        batch.set_shape([None, n_words])
        return batch, normalize(batch)

    signature = (
        tf.TensorSpec([None, 2], tf.int32),
        tf.TensorSpec([None], tf.float32),
        tf.TensorSpec([], tf.int32),
    )
    dataset = tf.data.Dataset.from_generator(rows, output_signature=signature)
    dataset = dataset.map(dense, num_parallel_calls=2, deterministic=True)
    n_batches = -(-n_documents // batch_size)
    return dataset.apply(tf.data.experimental.assert_cardinality(n_batches)).prefetch(2)
