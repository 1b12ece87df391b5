"""The part of one process in a batch: which documents, and what dropout hides."""

import numpy as np
import pytest
import tensorflow as tf

from kate_keras.models import KATEAutoencoder
from kate_keras.training.batches import Passes, batches
from kate_keras.training.losses import LOSSES
from kate_keras.training.mean_loss import MeanLoss
from kate_keras.training.network import TrainingNetwork
from kate_keras.training.replica import PLACE, Replica, part_of_batch
from kate_keras.training.word_sample import WordSample

# Documents 0 to 4 with 2, 0, 1, 3 and 1 words.
BATCH = {
    "documents": np.array([0, 0, 2, 3, 3, 3, 4]),
    "columns": np.array([5, 6, 0, 1, 2, 3, 4]),
    "counts": np.arange(7.0),
    "size": 5,
}


class Part(Replica):
    """One of several, as their batches go, without the others."""

    added = PLACE

    def __init__(self, rank, size):
        self.rank, self.size = rank, size

    def part(self, entries):
        return part_of_batch(entries, self.rank, self.size)


def test_documents_go_to_processes_in_a_row():
    first, second = (part_of_batch(BATCH, rank, 2) for rank in (0, 1))
    assert first["size"] == 2
    assert first["documents"].tolist() == [0, 0]
    assert first["columns"].tolist() == [5, 6]
    assert [first["first_entry"], first["batch_entries"]] == [0, 7]
    assert second["size"] == 3
    assert second["documents"].tolist() == [0, 1, 1, 1, 2]
    assert second["counts"].tolist() == [2, 3, 4, 5, 6]
    assert [second["first_entry"], second["batch_documents"]] == [2, 5]


def test_some_have_none_where_documents_are_fewer():
    sizes = [part_of_batch(BATCH, rank, 8)["size"] for rank in range(8)]
    assert sum(sizes) == 5
    assert sorted(sizes) == [0, 0, 0, 1, 1, 1, 1, 1]
    none = part_of_batch(BATCH, 0, 8)
    assert len(none["documents"]) == 0
    # The second document has no words, and an entry belongs to the one after it.
    empty = [part_of_batch(BATCH, rank, 5) for rank in (1, 2)]
    assert [len(part["columns"]) for part in empty] == [0, 1]


def test_one_of_one_has_all():
    whole = part_of_batch(BATCH, 0, 1)
    for name, value in BATCH.items():
        np.testing.assert_array_equal(whole[name], value)


def network(dropout):
    model = KATEAutoencoder(15, 6, k=3, alpha=0.7, input_dropout=dropout)
    return TrainingNetwork(model, LOSSES["words"]())


@pytest.mark.parametrize("sampled", [False, True])
@pytest.mark.parametrize("size", [2, 3, 16])
def test_parts_have_the_losses_of_the_whole_and_its_dropout(counts, size, sampled):
    # The last batch has 60 - 3 * 19 = 3 documents: most of 16 have none.
    sample = WordSample(np.ones(15), 6) if sampled else None

    def losses(replica):
        trained = network(0.5)
        data = batches(
            counts, np.arange(60), 19, sample=sample, passes=Passes(0), replica=replica
        )
        return [trained(batch, training=True).numpy() for batch in data]

    whole = losses(Replica())
    parts = [losses(Part(rank, size)) for rank in range(size)]
    together = [np.concatenate(batch) for batch in zip(*parts, strict=True)]
    for one, other in zip(together, whole, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-6)
    # It hides something: without dropout losses are others.
    (batch,) = batches(counts, np.arange(19), 19)
    hidden, seen = (network(share)(batch, training=True) for share in (0.5, 0.0))
    assert np.abs(hidden - seen).max() > 1e-3


def test_without_documents_gradients_are_zeros(counts):
    trained = network(0.5)
    weights = trained.trainable_weights
    (batch,) = batches(counts, np.arange(3), 3, replica=Part(0, 16))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(trained(batch, training=True))
    assert float(loss) == 0
    for gradient in tape.gradient(loss, weights):
        assert not np.any(tf.convert_to_tensor(gradient))


def test_the_mean_loss_counts_documents_not_batches():
    mean = MeanLoss("loss")
    assert float(mean.result()) == 0
    mean.update_state(tf.constant(6.0), tf.constant(3, tf.int64))
    mean.update_state(tf.constant(10.0), tf.constant(1, tf.int64))
    assert float(mean.result()) == 4
    mean.reset_state()
    assert float(mean.result()) == 0
