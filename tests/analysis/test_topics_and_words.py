import numpy as np
import pytest
from scipy import sparse

from kate_keras import InputError
from kate_keras.analysis import mscd, similar_words, topics
from kate_keras.text import Vocabulary

VOCABULARY = Vocabulary.from_words(["ape", "bee", "cat", "dog"])
KERNEL = np.array([[3.0, 0.0], [1.0, -2.0], [-1.0, -5.0], [0.0, 4.0]])


def test_topics_show_both_signs_strongest_first():
    first, second = topics(KERNEL, VOCABULARY, n_words=2)
    assert first.positive == (("ape", 3.0), ("bee", 1.0))
    assert first.negative == (("cat", -1.0),)
    assert second.index == 1
    assert second.positive == (("dog", 4.0),)
    assert second.negative == (("cat", -5.0), ("bee", -2.0))
    assert str(second) == "   1  + dog\n      - cat bee"


def test_a_words_influence_is_its_weight_times_its_spread_over_the_corpus():
    # In 1, 2, 4 and 3 of 4 documents; what is in every document tells none apart.
    presence = sparse.csr_array(
        np.array([[1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 1, 0]], "float32")
    )
    (first, _) = topics(KERNEL, VOCABULARY.seen_in(presence), n_words=4)
    assert [word for word, _ in first.positive] == ["ape", "bee"]
    assert first.positive[0][1] == pytest.approx(3.0 * np.sqrt(0.25 * 0.75))
    assert first.positive[1][1] == pytest.approx(1.0 * np.sqrt(0.5 * 0.5))
    assert first.negative == ()


def test_similar_words_by_cosine_without_the_word_itself():
    rows = np.array([[1.0, 0.0], [2.0, 0.0], [1.0, 1.0], [-1.0, 0.0]])
    found = similar_words(rows, VOCABULARY, "ape", n=10)
    assert [word for word, _ in found] == ["bee", "cat", "dog"]
    np.testing.assert_allclose([c for _, c in found], [1, np.sqrt(0.5), -1], rtol=1e-6)


def test_a_word_without_weight_is_similar_to_nothing():
    rows = np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 1.0], [-1.0, 0.0]])
    assert {c for _, c in similar_words(rows, VOCABULARY, "ape", 3)} == {0.0}


def test_an_unknown_word_is_refused_with_the_nearest_spellings():
    with pytest.raises(InputError, match="'catt' is not in the vocabulary.*mean cat"):
        similar_words(KERNEL, VOCABULARY, "catt", 3)


def test_mscd_worked_by_hand():
    # Cosines of the pairs: 1 (equal), 0 and 0; sqrt((1 + 0 + 0) / 3).
    kernel = np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 3.0]])
    assert mscd(kernel) == pytest.approx(np.sqrt(1 / 3))
    assert mscd(-kernel) == pytest.approx(np.sqrt(1 / 3))
