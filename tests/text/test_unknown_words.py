"""Unknown words by hand, and against plain counting."""

from collections import Counter

import numpy as np
import pytest

from kate_keras.text import Vocabulary, count_words, unknown_words
from kate_keras.text.unknown_words import UnknownWord, count_with_unknown

VOCABULARY = Vocabulary(("cat", "dog"), {"cat": 0, "cats": 0, "dog": 1})
TEXTS = [
    "The cats met a zebra, zebras and a lion.",
    "",
    "Lion! lion: the dog's LIONS, zebra",
    "the of and 12",
]


@pytest.mark.parametrize("batch", [1024, 1, 3])
def test_words_are_known_unknown_or_stop_words(batch, monkeypatch):
    monkeypatch.setattr(unknown_words, "BATCH", batch)
    counts, found = count_with_unknown(iter(TEXTS), VOCABULARY, "english", "english")
    np.testing.assert_array_equal(
        counts.toarray(), count_words(TEXTS, VOCABULARY).toarray()
    )
    # cats, dog; met, zebra 3 times in two forms, lion 4 times in two.
    assert (found.known, found.unknown, found.distinct) == (2, 8, 3)
    assert found.most_frequent(2) == [
        UnknownWord("lion", 4, 2),
        UnknownWord("zebra", 3, 2),
    ]
    assert found.most_frequent(9)[2:] == [UnknownWord("met", 1, 1)]


def test_without_stop_words_and_stemmer_every_form_is_a_word():
    _, found = count_with_unknown(TEXTS, VOCABULARY, None, None)
    words = Counter("the met a zebra zebras and a lion".split())
    words += Counter("lion lion the s lions zebra the of and".split())
    assert (found.known, found.unknown) == (2, words.total())
    assert found.distinct == len(words)
    assert {w.word: w.count for w in found.most_frequent(99)} == dict(words)


def test_a_word_of_many_documents_comes_before_one_of_many_occurrences():
    texts = ["spam " * 50, "ham", "ham egg", "egg"]
    _, found = count_with_unknown(texts, VOCABULARY, None, None)
    assert [w.word for w in found.most_frequent(3)] == ["egg", "ham", "spam"]


def test_both_normal_forms_of_an_accent_are_one_unknown_word():
    texts = ["caf\u00e9", "cafe\u0301"]
    _, found = count_with_unknown(texts, VOCABULARY, None, None)
    assert found.most_frequent(3) == [UnknownWord("caf\u00e9", 2, 2)]


def test_no_documents_have_no_words():
    counts, found = count_with_unknown([], VOCABULARY, "english", "english")
    assert counts.shape == (0, 2)
    assert (found.known, found.unknown, found.most_frequent(3)) == (0, 0, [])
