"""Counts of surface forms."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from kate_keras.errors import InputError
from kate_keras.text import batched, count_forms, counts


def test_counts_are_those_worked_out_by_hand() -> None:
    forms, matrix = count_forms(["b a b", "", "A c! 12", "?"])
    assert forms == ["b", "a", "c"]
    assert matrix.toarray().tolist() == [[2, 1, 0], [0, 0, 0], [0, 1, 1], [0, 0, 0]]
    assert matrix.dtype == np.float32


def test_a_row_names_each_form_once() -> None:
    _, matrix = count_forms(["a b a b a"])
    assert matrix.nnz == 2
    assert sorted(matrix.data.tolist()) == [2, 3]


@pytest.mark.parametrize("texts", [[], [""], ["?", " "]])
def test_texts_without_words_have_rows_and_no_columns(texts: list[str]) -> None:
    forms, matrix = count_forms(texts)
    assert forms == []
    assert matrix.shape == (len(texts), 0)


def test_a_generator_is_read_once_and_in_order() -> None:
    read = []

    def texts() -> Iterator[str]:
        for text in ["x", "y x", "z"]:
            read.append(text)
            yield text

    forms, matrix = count_forms(texts())
    assert read == ["x", "y x", "z"]
    assert forms == ["x", "y", "z"]
    assert matrix.toarray().tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 1]]


def test_counts_do_not_depend_on_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["a b", "", "b c c", "d", "a"]
    forms, whole = count_forms(texts)
    for size in (1, 2, 5, 6):
        monkeypatch.setattr(counts, "BATCH", size)
        forms_in_batches, in_batches = count_forms(texts)
        assert forms_in_batches == forms
        assert in_batches.toarray().tolist() == whole.toarray().tolist()


def test_more_documents_than_a_batch_are_all_counted() -> None:
    n_documents = counts.BATCH + 3
    forms, matrix = count_forms(f"all w{i}" for i in range(n_documents))
    assert matrix.shape == (n_documents, n_documents + 1)
    assert matrix[:, [0]].sum() == n_documents
    assert forms[-1] == f"w{n_documents - 1}"
    assert matrix[n_documents - 1, n_documents] == 1


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.sampled_from(["a", "bb", "c3"]))))
def test_counts_are_those_of_list_count(documents: list[list[str]]) -> None:
    forms, matrix = count_forms([" ".join(words) for words in documents])
    expected = [[words.count(form) for form in forms] for words in documents]
    assert matrix.toarray().tolist() == expected


@pytest.mark.parametrize("texts", ["one text", b"bytes", None, 3])
def test_what_is_no_list_of_texts_is_refused(texts: Any) -> None:
    with pytest.raises(
        InputError, match=r"must be a list or another iterable.*list of one"
    ):
        count_forms(texts)


@pytest.mark.parametrize("item", [None, 3, b"bytes", ["nested"], float("nan")])
def test_an_item_that_is_no_string_is_refused_with_its_index(item: Any) -> None:
    with pytest.raises(InputError, match=r"^Document 2 must be a string\. Received"):
        count_forms(["a", "b", item])


def test_the_index_of_a_bad_item_counts_earlier_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counts, "BATCH", 2)
    with pytest.raises(InputError, match="^Document 5 must be a string"):
        count_forms(["a", "b", "c", "d", "e", None])  # type: ignore[list-item]


def test_a_lone_surrogate_is_refused_with_its_index() -> None:
    with pytest.raises(
        InputError, match="^Document 1 is not valid Unicode.*character 3"
    ):
        count_forms(["a", "abc\udfff"])


def test_batches_hold_at_most_the_given_number() -> None:
    assert list(batched(iter("abcde"), 2)) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(batched(["a", "b"], 2)) == [["a", "b"]]
    assert list(batched([], 2)) == []
