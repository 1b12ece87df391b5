import numpy as np
import pytest
import tensorflow as tf
from scipy import sparse

from kate_keras.training.batches import (
    Passes,
    batches,
    documents_with_words,
    sparse_batches,
)
from kate_keras.training.word_sample import WordSample


def matrix(rows=23):
    dense = np.random.default_rng(0).poisson(0.5, (rows, 9)).astype("float32")
    return sparse.csr_array(dense), dense


def to_dense(batch, n_words=9):
    """The counts of a batch, `(batch, vocabulary_size)`."""
    batch = {name: value.numpy() for name, value in batch.items()}
    dense = np.zeros((batch["size"], n_words), "float32")
    words = batch.get("words", np.arange(n_words))
    dense[batch["documents"], words[batch["columns"]]] = batch["counts"]
    return dense


def sample(size=3):
    return WordSample(np.arange(1, 10), size)


@pytest.mark.parametrize("drawn", [None, sample()])
def test_batches_in_order_are_the_documents_asked_for(drawn):
    counts, dense = matrix()
    documents = np.array([1, 2, 3, 5, 7, 8, 13, 21, 22])
    parts = [to_dense(b) for b in batches(counts, documents, 4, sample=drawn)]
    assert [len(part) for part in parts] == [4, 4, 1]
    np.testing.assert_array_equal(np.concatenate(parts), dense[documents])


@pytest.mark.parametrize("drawn", [None, sample()])
def test_entries_beyond_32_bits_are_read_like_others(drawn):
    counts, _ = matrix()
    wide = counts.copy()
    wide.indices, wide.indptr = counts.indices.astype("i8"), counts.indptr.astype("i8")
    read = [
        list(batches(c, np.arange(23), 5, sample=drawn, passes=Passes(1)))
        for c in (counts, wide)
    ]
    for batch, other in zip(*read, strict=True):
        assert batch.keys() == other.keys()
        for name in batch:
            np.testing.assert_array_equal(batch[name], other[name])
    for batch, other in zip(
        *(sparse_batches(c, np.arange(23), 5) for c in (counts, wide)), strict=True
    ):
        np.testing.assert_array_equal(batch.indices, other.indices)
        np.testing.assert_array_equal(batch.values, other.values)


@pytest.mark.parametrize("drawn", [None, sample()])
def test_shuffled_passes_differ_and_come_again_with_the_seed(drawn):
    numbered = sparse.csr_array(np.diag(np.arange(1.0, 10.0, dtype="float32")))

    def passes(seed):
        data = batches(numbered, np.arange(9), 4, sample=drawn, passes=Passes(seed))
        return [np.concatenate([to_dense(b).max(axis=1) for b in data]) for _ in "ab"]

    first, second = passes(4)
    assert sorted(first) == sorted(second) == list(range(1, 10))
    assert list(first) != list(second)
    assert np.array_equal([first, second], passes(4))
    assert not np.array_equal(first, passes(5)[0])


@pytest.mark.parametrize("drawn", [None, sample()])
def test_a_pass_comes_again_from_the_state_that_it_began_with(drawn):
    counts, _ = matrix()

    def read(passes):
        data = batches(counts, np.arange(23), 5, sample=drawn, passes=passes)
        return [np.concatenate([to_dense(b) for b in data]) for _ in "ab"]

    first = Passes(3)
    (_, second), begun = read(first), Passes(4)
    begun.generator.bit_generator.state = first.start
    np.testing.assert_array_equal(read(begun)[0], second)
    begun.generator.bit_generator.state = first.generator.bit_generator.state
    assert begun.generator.random() == first.generator.random()


def test_unshuffled_passes_draw_the_same_words():
    counts, _ = matrix()
    data = batches(counts, np.arange(23), 2, sample=sample())
    words = [[b["words"].numpy().tolist() for b in data] for _ in "ab"]
    assert words[0] == words[1]
    assert len({tuple(row) for row in words[0]}) > 1


def test_shuffled_passes_draw_other_words():
    one = sparse.csr_array(np.eye(9, dtype="float32")[:1])
    data = batches(one, np.array([0]), 1, sample=sample(), passes=Passes(0))
    assert len({tuple(b["words"].numpy()) for _ in range(20) for b in data}) > 3


def test_the_number_of_batches_is_known():
    counts, _ = matrix()
    assert batches(counts, np.arange(23), 10).cardinality() == 3
    assert batches(counts, np.arange(20), 10).cardinality() == 2


def test_sparse_batches_are_the_documents_in_order():
    counts, dense = matrix()
    documents = np.array([0, 4, 22])
    first, second = sparse_batches(counts, documents, 2)
    assert first.shape == (2, 9)
    assert second.shape == (1, 9)
    np.testing.assert_array_equal(tf.sparse.to_dense(first), dense[[0, 4]])
    np.testing.assert_array_equal(tf.sparse.to_dense(second), dense[[22]])


def test_documents_without_words_are_known():
    counts = sparse.csr_array(np.array([[0, 0], [1, 0], [0, 0], [0, 2]]))
    assert documents_with_words(counts).tolist() == [1, 3]
