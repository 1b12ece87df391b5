"""Batches of documents, cut from CSR one at a time."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from kate_keras.text.stored_counts import Counts, row_lengths
from kate_keras.training.replica import ALONE, Replica
from kate_keras.training.word_sample import WordSample

Batch = dict[str, tf.Tensor]


class Passes:
    """Random numbers of passes over a corpus, of which each has its own.

    Args:
        random_state: Seed.

    Attributes:
        generator: Source of the order and of the word samples.
        start: State that the generator had when the pass that was begun last began.
    """

    def __init__(self, random_state: int) -> None:
        self.generator = np.random.default_rng(random_state)
        self.start = self.generator.bit_generator.state

    def begin(self) -> np.random.Generator:
        """Returns the generator, for a pass that begins now."""
        self.start = self.generator.bit_generator.state
        return self.generator


def documents_with_words(counts: Counts) -> np.ndarray:
    """Returns the rows of documents that have a word, shape `(n_documents,)`."""
    return np.flatnonzero(row_lengths(counts))


def sparse_batches(
    counts: Counts, documents: np.ndarray, batch_size: int
) -> Iterator[tf.SparseTensor]:
    """Yields the counts of documents in order, `(batch, vocabulary_size)` each."""
    for start in range(0, len(documents), batch_size):
        chunk = counts[documents[start : start + batch_size]].tocoo()
        places = np.stack([chunk.row, chunk.col], axis=1).astype(np.int64)
        yield tf.SparseTensor(places, chunk.data.astype(np.float32), chunk.shape)


def batches(
    counts: Counts,
    documents: np.ndarray,
    batch_size: int,
    *,
    sample: WordSample | None = None,
    passes: Passes | None = None,
    replica: Replica = ALONE,
) -> tf.data.Dataset:
    """Makes the dataset that `fit` and `evaluate` read; the corpus is not copied.

    Args:
        counts: Word counts, shape `(n_documents, vocabulary_size)`.
        documents: Rows to read.
        batch_size: Documents per batch; the last one may be smaller.
        sample: Words to reconstruct beside those of the batch; `None`, all.
        passes: What gives every pass an order and samples of its own; `None`, all
            passes are the same, and in the order of `documents`.
        replica: Process that keeps a part of each batch; see `part_of_batch`.

    Returns:
        Dataset of dictionaries: `documents`, `columns` and `counts`, each of shape
        `(nnz,)`, are the entries row by row; `size` is the number of documents. With a
        sample there are `words`, the id of each column, and `log_weights`, minus the
        logarithm of the probability that the column is there, both `(n_words,)`;
        otherwise columns are word ids.
    """

    def rows() -> Iterator[dict[str, Any]]:
        generator = passes.begin() if passes else np.random.default_rng(0)
        order = generator.permutation(documents) if passes else documents
        for start in range(0, len(order), batch_size):
            chunk = counts[order[start : start + batch_size]]
            lengths = np.diff(chunk.indptr)
            entries: dict[str, Any] = {
                "documents": np.repeat(np.arange(len(lengths)), lengths),
                "columns": chunk.indices,
                "counts": chunk.data,
                "size": len(lengths),
            }
            if sample is not None:
                entries = sample.add_to(entries, generator)
            yield replica.part(entries)

    vector = {"documents": tf.int64, "columns": tf.int64, "counts": tf.float32}
    if sample is not None:
        vector |= {"words": tf.int64, "log_weights": tf.float32}
    signature = {name: tf.TensorSpec([None], dtype) for name, dtype in vector.items()}
    scalars = ("size", *replica.added)
    signature |= {name: tf.TensorSpec([], tf.int64) for name in scalars}
    dataset = tf.data.Dataset.from_generator(rows, output_signature=signature)
    n_batches = -(-len(documents) // batch_size)
    return dataset.apply(tf.data.experimental.assert_cardinality(n_batches)).prefetch(4)
