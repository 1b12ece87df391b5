from math import log, sqrt

import numpy as np
import pytest
from scipy import sparse

from kate_keras import InputError
from kate_keras.analysis import c_v, npmi

# Words 0 to 3 in four documents; word 3 is in none.
REFERENCE = sparse.csr_array(
    np.array([[2, 1, 0, 0], [1, 3, 0, 0], [1, 0, 1, 0], [0, 0, 5, 0]])
)
# p_0 = 3/4, p_1 = p_2 = 1/2; together: 0 and 1 in 2/4, 0 and 2 in 1/4, 1 and 2 never.
NPMI_01 = log((1 / 2) / (3 / 8)) / -log(1 / 2)
NPMI_02 = log((1 / 4) / (3 / 8)) / -log(1 / 4)
NPMI_12 = log(1e-12 / (1 / 4)) / -log(1e-12)


def cosine(first, second):
    return np.dot(first, second) / sqrt(np.dot(first, first) * np.dot(second, second))


def test_npmi_worked_by_hand():
    found = npmi([[0, 1, 2], [2, 0, 1]], REFERENCE)
    expected = (NPMI_01 + NPMI_02 + NPMI_12) / 3
    np.testing.assert_allclose(found, [expected, expected], rtol=1e-9)
    np.testing.assert_allclose(npmi([[0, 1]], REFERENCE), [NPMI_01], rtol=1e-9)
    assert NPMI_02 < 0 < NPMI_01 and NPMI_12 == pytest.approx(-0.95, abs=0.01)


def test_c_v_worked_by_hand():
    # A word's NPMI with itself is log(p / p^2) / -log(p) = 1.
    vectors = np.array(
        [[1, NPMI_01, NPMI_02], [NPMI_01, 1, NPMI_12], [NPMI_02, NPMI_12, 1]]
    )
    expected = np.mean([cosine(v, vectors.sum(axis=0)) for v in vectors])
    np.testing.assert_allclose(c_v([[0, 1, 2]], REFERENCE), [expected], rtol=1e-9)


def test_both_are_those_of_gensim():
    # Printed by gensim 4.4.0, with `topics` and `texts` as words, by
    #   CoherenceModel(topics=topics, texts=texts, dictionary=Dictionary(texts),
    #                  coherence=c, window_size=1000, processes=1, topn=3
    #                  ).get_coherence_per_topic()       for c in ("c_npmi", "c_v")
    # A window longer than every document makes each document one window.
    texts = ["cat dog", "cat dog bird", "cat", "dog fish", "bird fish", "fish boat"]
    texts = [text.split() for text in [*texts, "boat sail sea", "sea sail fish"]]
    topics = [["cat", "dog", "bird"], ["boat", "sail", "sea"], ["cat", "fish", "sea"]]
    words = sorted({word for text in texts for word in text})
    counts = sparse.csr_array([[text.count(word) for word in words] for text in texts])
    ids = [[words.index(word) for word in topic] for topic in topics]
    np.testing.assert_allclose(
        npmi(ids, counts),
        [0.23057638849252712, 0.5555555555608988, -0.6179159041227037],
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        c_v(ids, counts),
        [0.7905479438830203, 0.9109540660817738, 0.25893977011036556],
        rtol=1e-12,
    )


def test_a_word_of_no_document_counts_as_chance():
    # Pairs 01, 03 and 13, of which the last two count as 0.
    np.testing.assert_allclose(npmi([[0, 1, 3]], REFERENCE), [NPMI_01 / 3], rtol=1e-9)
    # The zero vector has cosine 0; the sum of the others is of two words alone.
    first, second = np.array([1, NPMI_01]), np.array([NPMI_01, 1])
    expected = (cosine(first, first + second) + cosine(second, first + second)) / 3
    np.testing.assert_allclose(c_v([[0, 1, 3]], REFERENCE), [expected], rtol=1e-9)
    nothing = sparse.csr_array((2, 3))
    assert npmi([[0, 1]], nothing) == c_v([[0, 1]], nothing) == 0


def test_documents_without_a_word_of_a_topic_count_as_documents():
    empty = sparse.vstack([REFERENCE, sparse.csr_array((4, 4), dtype=int)])
    # p_0 = 3/8, p_1 = 2/8 = p_01.
    expected = log((2 / 8) / (6 / 64)) / -log(2 / 8)
    np.testing.assert_allclose(npmi([[0, 1]], empty), [expected], rtol=1e-9)


def test_a_pair_in_every_document_is_minus_one_as_in_gensim():
    assert npmi([[0, 1]], np.ones((3, 2))) == pytest.approx(-1)


@pytest.mark.parametrize("form", [sparse.csr_matrix, sparse.csc_array, np.asarray])
def test_how_often_a_word_stands_in_a_document_and_the_form_do_not_matter(form):
    dense = REFERENCE.toarray()
    topics = np.array([[0, 1, 2], [1, 2, 3]])
    for measure in (npmi, c_v):
        expected = measure(topics, REFERENCE)
        np.testing.assert_array_equal(measure(topics, form(dense * 7.0)), expected)


def test_zeros_that_are_stored_are_no_words():
    stored = REFERENCE.astype(float)
    stored.data[0] = 0.0  # Word 0 leaves document 0.
    removed = REFERENCE.toarray()
    removed[0, 0] = 0
    np.testing.assert_array_equal(npmi([[0, 1]], stored), npmi([[0, 1]], removed))


@pytest.mark.parametrize("measure", [npmi, c_v])
@pytest.mark.parametrize(
    ("topics", "message"),
    [
        ([], "at least one topic"),
        ([[]], "at least one word"),
        ([[0]], "at least two words each"),
        ([[0, 1], [1]], "2 words in topic 0, 1 in topic 1"),
        ([[0, 1], [2, 2]], r"each name a word once.*topic 1: \[2, 2\]"),
        ([[0, 4]], "below the 4 columns.*from 0 to 4"),
        ([[-1, 0]], "from -1 to 0"),
        ([[0.0, 1.0]], "whole numbers.*float64"),
        ([["a", "b"]], "whole numbers.*from a to b"),
    ],
)
def test_topics_of_another_form_are_refused(measure, topics, message):
    with pytest.raises(InputError, match=message):
        measure(topics, REFERENCE)


def test_a_reference_without_documents_is_refused():
    with pytest.raises(InputError, match="`reference` must have at least one document"):
        npmi([[0, 1]], sparse.csr_array((0, 4)))
