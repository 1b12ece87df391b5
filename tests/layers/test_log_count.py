import keras
import numpy as np
import pytest
import tensorflow as tf

from kate_keras.layers import LogCount

COUNTS = np.array([[3, 1, 0], [0, 0, 0], [0, 0, 7]], "float32")


def test_log_normalised_by_the_largest_of_the_document():
    np.testing.assert_allclose(LogCount()(COUNTS), [[1, 0.5, 0], [0, 0, 0], [0, 0, 1]])


def test_idf_weights_worked_by_hand():
    layer = LogCount("log-idf")
    layer.adapt(np.array([4, 1, 2]), n_documents=4)
    idf = np.array([np.log(5 / 5) + 1, np.log(5 / 2) + 1, np.log(5 / 3) + 1])
    weights = idf / idf.mean()
    expected = np.array([[1, 0.5, 0], [0, 0, 0], [0, 0, 1]]) * weights
    np.testing.assert_allclose(layer(COUNTS), expected, rtol=1e-6)


@pytest.mark.parametrize("weighting", ["log", "log-idf"])
def test_a_sparse_input_gives_the_same(weighting):
    layer = LogCount(weighting)
    layer.adapt(np.array([3, 1, 2]), n_documents=5)
    counts = np.random.default_rng(0).poisson(0.7, (20, 3)).astype("float32")
    sparse = layer(tf.sparse.from_dense(counts))
    np.testing.assert_allclose(tf.sparse.to_dense(sparse), layer(counts), rtol=1e-6)


@pytest.mark.parametrize("policy", ["mixed_float16", "float16", "mixed_bfloat16"])
def test_counts_beyond_half_precision_are_read(policy):
    layer = LogCount("log-idf", dtype=policy)
    layer.adapt(np.array([2, 1, 1]), n_documents=3)
    single = LogCount("log-idf")
    single.adapt(np.array([2, 1, 1]), n_documents=3)
    counts = np.array([[1e6, 1, 0], [0, 70_000, 3]], "float32")
    expected = single(counts)
    for found in (
        layer(counts),
        layer(keras.ops.convert_to_tensor(counts)),
        tf.sparse.to_dense(layer(tf.sparse.from_dense(counts))),
    ):
        assert found.dtype == layer.compute_dtype
        np.testing.assert_allclose(
            tf.cast(found, "float32"), expected, rtol=0.01, atol=1e-6
        )


@pytest.mark.parametrize("weighting", ["log", "log-idf"])
def test_columns_of_some_words_weigh_what_these_words_weigh(weighting):
    layer = LogCount(weighting)
    layer.adapt(np.array([3, 1, 2]), n_documents=5)
    some = layer(tf.sparse.from_dense(COUNTS[:, [2, 0]]), words=tf.constant([2, 0]))
    whole = layer(COUNTS * [1, 0, 1]).numpy()
    np.testing.assert_allclose(tf.sparse.to_dense(some), whole[:, [2, 0]], rtol=1e-6)


def test_sparse_zeros_that_are_stored_are_zeros():
    sparse = tf.SparseTensor([[0, 1]], [0.0], [1, 3])
    np.testing.assert_array_equal(tf.sparse.to_dense(LogCount()(sparse)), [[0, 0, 0]])


def test_an_unknown_weighting_is_refused():
    with pytest.raises(ValueError, match="'log' or 'log-idf'.*'tfidf'"):
        LogCount("tfidf")
