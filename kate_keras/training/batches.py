"""Batches of documents, cut from CSR one at a time."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from scipy import sparse

from kate_keras.training.word_sample import WordSample

Batch = dict[str, tf.Tensor]


def documents_with_words(counts: sparse.csr_array) -> np.ndarray:
    """Returns the rows of documents that have a word, shape `(n_documents,)`."""
    return np.flatnonzero(np.diff(counts.indptr))


def sparse_batches(
    counts: sparse.csr_array, documents: np.ndarray, batch_size: int
) -> Iterator[tf.SparseTensor]:
    """Yields the counts of documents in order, `(batch, vocabulary_size)` each."""
    for start in range(0, len(documents), batch_size):
        chunk = counts[documents[start : start + batch_size]].tocoo()
        places = np.stack([chunk.row, chunk.col], axis=1).astype(np.int64)
        yield tf.SparseTensor(places, chunk.data.astype(np.float32), chunk.shape)


def batches(
    counts: sparse.csr_array,
    documents: np.ndarray,
    batch_size: int,
    *,
    sample: WordSample | None = None,
    random_state: int = 0,
    shuffle: bool = False,
) -> tf.data.Dataset:
    """Makes the dataset that `fit` and `evaluate` read; the corpus is not copied.

    Args:
        counts: Word counts, shape `(n_documents, vocabulary_size)`.
        documents: Rows to read.
        batch_size: Documents per batch; the last one may be smaller.
        sample: Words to reconstruct beside those of the batch; `None`, all.
        random_state: Seed of the order and of the sample.
        shuffle: Whether every pass has an order and samples of its own; otherwise all
            passes are the same.

    Returns:
        Dataset of dictionaries: `documents`, `columns` and `counts`, each of shape
        `(nnz,)`, are the entries row by row; `size` is the number of documents. With a
        sample there are `words`, the id of each column, and `log_weights`, minus the
        logarithm of the probability that the column is there, both `(n_words,)`;
        otherwise columns are word ids.
    """
    passes = np.random.default_rng(random_state)

    def rows() -> Iterator[dict[str, Any]]:
        generator = passes if shuffle else np.random.default_rng(random_state)
        order = generator.permutation(documents) if shuffle else documents
        for start in range(0, len(order), batch_size):
            chunk = counts[order[start : start + batch_size]]
            lengths = np.diff(chunk.indptr)
            entries: dict[str, Any] = {
                "documents": np.repeat(np.arange(len(lengths)), lengths),
                "columns": chunk.indices,
                "counts": chunk.data,
                "size": len(lengths),
            }
            yield entries if sample is None else sample.add_to(entries, generator)

    vector = {"documents": tf.int64, "columns": tf.int64, "counts": tf.float32}
    if sample is not None:
        vector |= {"words": tf.int64, "log_weights": tf.float32}
    signature = {name: tf.TensorSpec([None], dtype) for name, dtype in vector.items()}
    signature["size"] = tf.TensorSpec([], tf.int64)
    dataset = tf.data.Dataset.from_generator(rows, output_signature=signature)
    n_batches = -(-len(documents) // batch_size)
    return dataset.apply(tf.data.experimental.assert_cardinality(n_batches)).prefetch(4)
