"""The vocabulary: which words are kept, in which order, under which name."""

import json
import unicodedata
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings, strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from kate_keras.errors import InputError
from kate_keras.text import Vocabulary, build_vocabulary, count_forms, count_words
from kate_keras.text.lookup_table import lookup_table

PLAIN: dict[str, Any] = {
    "max_features": None,
    "min_df": 1,
    "max_df": 1.0,
    "stop_words": None,
    "stemmer": None,
}


def build(texts: list[str], **options: Any) -> tuple[Vocabulary, sparse.csr_array]:
    forms, counts = count_forms(texts)
    return build_vocabulary(forms, counts, **{**PLAIN, **options})


def ids(vocabulary: Vocabulary, *forms: str) -> list[int]:
    found = lookup_table(vocabulary).lookup(tf.constant(forms, tf.string))
    result: list[int] = found.numpy().tolist()
    return result


def test_words_come_by_frequency_and_then_by_name() -> None:
    vocabulary, counts = build(["z z z b a", "c c a b"])
    assert vocabulary.words == ("z", "a", "b", "c")
    assert counts.toarray().tolist() == [[3, 1, 1, 0], [0, 1, 1, 2]]


def test_frequency_is_the_count_of_occurrences_not_of_documents() -> None:
    vocabulary, _ = build(["once often often often", "once"])
    assert vocabulary.words == ("often", "once")


def test_max_features_keeps_the_most_frequent() -> None:
    vocabulary, counts = build(["z z z b a", "c c a b"], max_features=2)
    assert vocabulary.words == ("z", "a")
    assert counts.toarray().tolist() == [[3, 1], [0, 1]]


def test_max_features_above_the_number_of_words_keeps_all() -> None:
    assert len(build(["a b"], max_features=9)[0]) == 2


FOUR = ["all most some one", "all most some", "all most", "all"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"min_df": 1}, {"all", "most", "some", "one"}),
        ({"min_df": 2}, {"all", "most", "some"}),
        ({"min_df": 0.5}, {"all", "most", "some"}),
        ({"min_df": 0.51}, {"all", "most"}),
        ({"min_df": 1.0}, {"all"}),
        ({"max_df": 1}, {"one"}),
        ({"max_df": 0.75}, {"most", "some", "one"}),
        ({"max_df": 0.74}, {"some", "one"}),
        ({"min_df": 2, "max_df": 3}, {"most", "some"}),
    ],
)
def test_document_frequency_bounds_are_inclusive(
    options: dict[str, Any], words: set[str]
) -> None:
    assert set(build(FOUR, **options)[0]) == words


WORDS = ["a", "b", "cc", "d4", "4d"]
DOCUMENTS = st.lists(
    st.lists(st.sampled_from([*WORDS, "17"])).map(" ".join), min_size=1, max_size=8
)
BOUND = st.integers(1, 5) | st.floats(0, 1)


@settings(deadline=None, max_examples=100)
@given(DOCUMENTS, BOUND, BOUND)
def test_bounds_mean_what_they_mean_to_count_vectorizer(
    texts: list[str], min_df: float, max_df: float
) -> None:
    oracle = CountVectorizer(
        token_pattern=r"[a-z0-9]*[a-z][a-z0-9]*", min_df=min_df, max_df=max_df
    )
    try:
        expected = oracle.fit_transform(texts).toarray()
    except ValueError:
        with pytest.raises(InputError, match="No words are left"):
            build(texts, min_df=min_df, max_df=max_df)
        return
    vocabulary, counts = build(texts, min_df=min_df, max_df=max_df)
    assert set(vocabulary) == set(oracle.get_feature_names_out())
    order = [oracle.vocabulary_[word] for word in vocabulary]
    assert np.array_equal(counts.toarray(), expected[:, order])


@settings(deadline=None, max_examples=50)
@given(DOCUMENTS, st.integers(1, 5))
def test_max_features_keeps_as_frequent_words_as_count_vectorizer(
    texts: list[str], max_features: int
) -> None:
    oracle = CountVectorizer(
        token_pattern=r"[a-z0-9]*[a-z][a-z0-9]*", max_features=max_features
    )
    try:
        expected = oracle.fit_transform(texts).sum(axis=0).A1
    except ValueError:
        return
    _, counts = build(texts, max_features=max_features)
    # Which of the words at the limit stays is for ties to settle, their counts not.
    assert counts.sum(axis=0).tolist() == sorted(expected, reverse=True)


def test_english_stop_words_and_remains_of_contractions_go() -> None:
    vocabulary, counts = build(["The cats don't see the dog"], stop_words="english")
    assert set(vocabulary) == {"cats", "dog"}
    assert counts.sum() == 2


def test_stop_words_of_ones_own_go_in_any_case() -> None:
    assert set(build(["Cat dog bird"], stop_words=["CAT", "bird"])[0]) == {"dog"}


def test_no_stop_words_go_unless_asked_for() -> None:
    assert set(build(["the cat"])[0]) == {"the", "cat"}


def test_unknown_stop_words_are_refused() -> None:
    with pytest.raises(InputError, match="`stop_words` must be 'english'.*'klingon'"):
        build(["a"], stop_words="klingon")


def test_unknown_stemmer_is_refused_and_the_known_are_listed() -> None:
    with pytest.raises(
        InputError, match="`stemmer` must be None.*'english'.*'klingon'"
    ):
        build(["a"], stemmer="klingon")


COMPUTERS = ["computers computers computing", "computer computers cat"]


def test_stems_fold_under_the_most_frequent_surface_form() -> None:
    vocabulary, counts = build(COMPUTERS, stemmer="english")
    assert vocabulary.words == ("computers", "cat")
    assert counts.toarray().tolist() == [[3, 0], [2, 1]]


def test_every_surface_form_finds_its_word() -> None:
    vocabulary, _ = build(COMPUTERS, stemmer="english")
    forms = ["computer", "computers", "computing", "cat"]
    assert [vocabulary[form] for form in forms] == [0, 0, 0, 1]
    assert ids(vocabulary, *forms) == [0, 0, 0, 1]


def test_a_form_not_seen_in_training_is_unknown_even_if_its_stem_is_known() -> None:
    vocabulary, _ = build(COMPUTERS, stemmer="english")
    assert ids(vocabulary, "compute", "dog", "") == [2, 2, 2]
    assert "compute" not in vocabulary
    with pytest.raises(KeyError):
        vocabulary["compute"]


def test_equally_frequent_surface_forms_are_named_by_the_first_in_order() -> None:
    assert build(["dogs dog"], stemmer="english")[0].words == ("dog",)


def test_stems_count_documents_once_for_the_bounds() -> None:
    texts = ["dog dogs", "cat", "cats"]
    assert set(build(texts, stemmer="english", min_df=2)[0]) == {"cat"}
    assert set(build(texts, stemmer="english", max_df=1)[0]) == {"dog"}


def test_forms_of_words_left_out_are_unknown() -> None:
    vocabulary, _ = build(["cat cats cat dog"], stemmer="english", max_features=1)
    assert ids(vocabulary, "cats", "dog") == [0, 1]
    assert set(vocabulary.forms) == {"cat", "cats"}


def test_stop_words_are_compared_before_stemming() -> None:
    vocabulary, _ = build(["cat cats"], stemmer="english", stop_words=["cat"])
    assert vocabulary.words == ("cats",)
    assert ids(vocabulary, "cat") == [1]


def test_composed_and_decomposed_spellings_are_one_word() -> None:
    vocabulary, counts = build(["caf\u00e9 cafe\u0301", "cafe\u0301 cafe"])
    assert vocabulary.words == ("caf\u00e9", "cafe")
    assert counts.toarray().tolist() == [[2, 0], [1, 1]]
    assert ids(vocabulary, "caf\u00e9", "cafe\u0301", "cafe") == [0, 0, 1]
    assert vocabulary["cafe\u0301"] == vocabulary["CAF\u00c9"] == 0


@pytest.mark.parametrize("spelling", ["caf\u00e9", "cafe\u0301"])
def test_a_spelling_not_seen_in_training_is_known(spelling: str) -> None:
    vocabulary, _ = build([spelling])
    assert ids(vocabulary, "caf\u00e9", "cafe\u0301") == [0, 0]


def test_each_word_is_there_once() -> None:
    texts = ["Cat cat CATS cats' caf\u00e9 cafe\u0301 a", "cat's dog dogs a A"]
    vocabulary, counts = build(texts, stemmer="english")
    assert len(set(vocabulary)) == len(vocabulary) == counts.shape[1]
    assert set(vocabulary.forms.values()) == set(range(len(vocabulary)))
    assert all(vocabulary[word] == index for index, word in enumerate(vocabulary))


def test_a_vocabulary_returns_from_json_as_it_was() -> None:
    vocabulary, _ = build([*COMPUTERS, "caf\u00e9"], stemmer="english")
    copy = Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json())))
    assert copy.words == vocabulary.words
    assert copy.forms == vocabulary.forms
    assert ids(copy, "computing", "cafe\u0301", "x") == [0, copy["caf\u00e9"], 3]


def test_given_words_keep_their_order() -> None:
    vocabulary = Vocabulary.from_words(["b", "a"])
    assert vocabulary.words == ("b", "a")
    assert ids(vocabulary, "a", "b", "c") == [1, 0, 2]


@pytest.mark.parametrize("words", [["a", "b", "a"], ["caf\u00e9", "x", "cafe\u0301"]])
def test_a_word_given_twice_is_refused(words: list[str]) -> None:
    with pytest.raises(InputError, match="each word once"):
        Vocabulary.from_words(words)


@pytest.mark.parametrize(
    ("texts", "options"),
    [
        ([""], {}),
        (["12 34"], {}),
        (["the and"], {"stop_words": "english"}),
        (["a", "b"], {"min_df": 2}),
        (["a", "a"], {"max_df": 1}),
        (["a b", "a"], {"min_df": 2, "max_df": 1}),
    ],
)
def test_a_vocabulary_without_words_is_refused_with_what_to_change(
    texts: list[str], options: dict[str, Any]
) -> None:
    with pytest.raises(InputError, match="No words are left.*Lower `min_df`"):
        build(texts, **options)


def test_further_documents_add_to_the_frequencies_if_there_are_any() -> None:
    vocabulary = Vocabulary.from_words(["cat", "dog"])
    assert vocabulary.seen_also_in(np.array([1, 2]), 3) == vocabulary
    grown = vocabulary.seen_in(np.array([4, 5]), 6).seen_also_in(np.array([1, 0]), 2)
    assert grown.document_frequency == (5, 5)
    assert grown.n_documents == 8
    assert grown.to_json()["document_frequency"] == [5, 5]


# Composed and decomposed ways are others: a letter that Unicode takes apart, marks in
# the order they are typed in, a letter that is composed in part.
IRREGULAR = [
    "\u09b8\u09ae\u09df",
    "\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f",
    "vi\u00ea\u0323t",
]


@pytest.mark.parametrize("word", IRREGULAR)
def test_a_word_is_found_as_documents_write_it(word: str) -> None:
    texts = [f"{word} cat", "cat"]
    forms, counts = count_forms(texts)
    vocabulary, matrix = build_vocabulary(
        forms,
        counts,
        max_features=None,
        min_df=1,
        max_df=1.0,
        stop_words=None,
        stemmer=None,
    )
    composed = unicodedata.normalize("NFC", word)
    assert vocabulary.words == ("cat", composed)
    assert word in vocabulary.forms
    np.testing.assert_array_equal(
        count_words(texts, vocabulary).toarray(), matrix.toarray()
    )
    ways = [word, composed, unicodedata.normalize("NFD", word)]
    found = lookup_table(vocabulary).lookup(tf.constant(ways))
    assert found.numpy().tolist() == [1, 1, 1]
    given = Vocabulary.from_words([word])
    assert count_words(ways, given).toarray().tolist() == [[1], [1], [1]]
    assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary
