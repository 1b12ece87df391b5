import numpy as np
from scipy import sparse

from kate_keras.training.batches import batches


def matrix(rows=23):
    dense = np.random.default_rng(0).poisson(0.5, (rows, 9)).astype("float32")
    return sparse.csr_array(dense), dense


def test_batches_in_order_are_the_corpus_and_its_normalised_target():
    counts, dense = matrix()
    parts = list(batches(counts, 10))
    assert [len(x) for x, _ in parts] == [10, 10, 3]
    np.testing.assert_array_equal(np.concatenate([x for x, _ in parts]), dense)
    largest = np.maximum(np.log1p(dense).max(axis=1, keepdims=True), 1e-9)
    target = np.concatenate([y for _, y in parts])
    np.testing.assert_allclose(target, np.log1p(dense) / largest, rtol=1e-6)


def test_a_seed_shuffles_every_epoch_anew_and_repeatably():
    counts, dense = matrix()
    numbered = sparse.csr_array(np.diag(np.arange(1.0, 24.0, dtype="float32")))

    def epochs(seed):
        data = batches(numbered, 10, seed)
        return [np.concatenate([x for x, _ in data]).max(axis=1) for _ in range(2)]

    first, second = epochs(4)
    assert sorted(first) == sorted(second) == list(range(1, 24))
    assert list(first) != list(second)
    assert np.array_equal([first, second], epochs(4))
    assert not np.array_equal(first, epochs(5)[0])


def test_the_number_of_batches_is_known():
    counts, _ = matrix()
    assert batches(counts, 10).cardinality() == 3
    assert batches(counts, 23).cardinality() == 1
