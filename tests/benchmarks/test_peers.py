import numpy as np
import pytest
from benchmark_samples import small_corpus
from scipy import sparse

from benchmarks.quality.corpora import prepare
from benchmarks.quality.peers import GRID, NEEDS, PEERS, _averaging, _top_words
from kate_keras.text import Document


@pytest.fixture(scope="module")
def corpus():
    return small_corpus()


@pytest.mark.parametrize("peer", PEERS)
def test_every_setting_of_the_grid_gives_vectors(peer, corpus):
    pytest.importorskip(NEEDS.get(peer, "sklearn"))
    assert 1 <= len(GRID[peer]) <= 4
    for settings in GRID[peer]:
        fitted = PEERS[peer](corpus, 3, 0, **settings)
        assert fitted.train.shape == (120, 3)
        assert fitted.test.shape == (60, 3)
        assert np.isfinite(fitted.train).all() and np.isfinite(fitted.test).all()
        assert np.std(fitted.train, axis=0).min() > 0
        if fitted.word_vectors is not None:
            assert fitted.word_vectors.shape == (20, 3)
        again = PEERS[peer](corpus, 3, 0, **settings)
        np.testing.assert_array_equal(again.test, fitted.test)


def test_lsa_is_the_svd_of_tf_idf(corpus):
    fitted = PEERS["lsa"](corpus, 3, 0, sublinear=False, read_out="activations")
    counts = corpus.train.counts.toarray()
    documents = (counts > 0).sum(axis=0)
    weights = counts * (np.log((1 + 120) / (1 + documents)) + 1)
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    left, values, _ = np.linalg.svd(weights, full_matrices=False)
    expected = left[:, :3] * values[:3]
    # The sign of an axis is free.
    np.testing.assert_allclose(np.abs(fitted.train), np.abs(expected), atol=1e-4)


def test_square_roots_of_topic_mixtures_have_unit_length(corpus):
    fitted = PEERS["lda"](
        corpus, 3, 0, doc_topic_prior=None, max_iter=2, square_root=True
    )
    np.testing.assert_allclose(np.linalg.norm(fitted.test, axis=1), 1.0, rtol=1e-5)


def test_topics_find_the_themes(corpus):
    fitted = PEERS["nmf"](corpus, 3, 0, **GRID["nmf"][0])
    themes = {corpus.train.labels[i][0] for i in np.argmax(fitted.train, axis=0)}
    assert len(themes) == 3
    assert len(fitted.topics) == 3 and len(fitted.topics[0]) == 10


def test_the_strongest_word_comes_first():
    assert _top_words(np.array([[0.1, 0.5, 0.3], [2.0, -1.0, 2.0]])) == [
        [1, 2, 0],
        [0, 2, 1],
    ]


@pytest.mark.parametrize(
    ("weighting", "weights"),
    [
        ("mean", (1.0, 1.0)),
        # "cat" is in 1 of 2 documents, "dog" in both: ln(3 / 2) + 1 and ln(3 / 3) + 1.
        ("idf", (np.log(1.5) + 1, 1.0)),
        # Shares of the 4 words: a quarter and three quarters.
        ("sif", (0.001 / 0.251, 0.001 / 0.751)),
    ],
)
def test_an_average_weighs_words(weighting, weights):
    train = [Document(text, "", (), None) for text in ("cat dog", "dog dog")]
    corpus = prepare(train, train, 2)
    cat, dog = corpus.vocabulary["cat"], corpus.vocabulary["dog"]
    vectors = np.zeros((2, 2), np.float32)
    vectors[cat], vectors[dog] = (1, 0), (0, 1)
    average = _averaging(corpus, vectors, weighting)
    counts = np.zeros((2, 2), np.float32)
    counts[0, cat], counts[0, dog] = 1, 3
    expected = [[weights[0] / 4, 3 * weights[1] / 4], [0.0, 0.0]]
    found = average(sparse.csr_array(counts))
    np.testing.assert_allclose(found, expected, rtol=1e-6)
