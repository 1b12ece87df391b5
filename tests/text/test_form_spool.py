"""Stretches of a corpus in a file."""

import pytest

from kate_keras.text import count_forms, counts
from kate_keras.text.count_blocks import stack_rows
from kate_keras.text.counts import BESIDE_LETTERS, spool_forms

TEXTS = ["aa bb aa", "", "bb cc", "dd", "aa dd dd", "cc"]


def stretches(most, monkeypatch, batch=1):
    """Forms and dense counts of each stretch, read twice."""
    monkeypatch.setattr(counts, "BATCH", batch)
    with spool_forms(iter(TEXTS), most) as spool:
        assert spool.n_documents == len(TEXTS)
        for _ in range(2):
            found = [
                (forms, stack_rows(blocks, len(forms)).toarray().tolist())
                for forms, blocks in spool
            ]
    return found


@pytest.mark.parametrize("batch", [1, 4, 6, 7])
def test_a_corpus_whose_forms_fit_is_one_stretch(batch, monkeypatch):
    ((forms, rows),) = stretches(4 * (BESIDE_LETTERS + 2), monkeypatch, batch)
    whole_forms, whole = count_forms(TEXTS)
    assert forms == whole_forms == ["aa", "bb", "cc", "dd"]
    assert rows == whole.toarray().tolist()


def test_columns_are_numbered_anew_once_forms_take_more_than_they_may(monkeypatch):
    three = 3 * (BESIDE_LETTERS + 2)
    assert stretches(three - 1, monkeypatch) == [
        (["aa", "bb", "cc"], [[2, 1, 0], [0, 0, 0], [0, 1, 1]]),
        (["dd", "aa", "cc"], [[1, 0, 0], [2, 1, 0], [0, 0, 1]]),
        ([], []),
    ]
    assert stretches(three, monkeypatch) == [
        (["aa", "bb", "cc", "dd"], [[2, 1, 0, 0], [0] * 4, [0, 1, 1, 0], [0, 0, 0, 1]]),
        (["aa", "dd", "cc"], [[1, 2, 0], [0, 0, 1]]),
    ]


def test_a_document_is_never_in_two_stretches(monkeypatch):
    found = stretches(0, monkeypatch, batch=2)
    assert [len(rows) for _, rows in found] == [2, 2, 2, 0]
