import numpy as np
import pytest

from kate_keras.training.held_out import split


@pytest.mark.parametrize("n_documents", [2, 9, 10, 11, 1000])
def test_the_split_is_shuffled_complete_and_without_overlap(n_documents):
    learn, validate = split(n_documents, 0.1, random_state=0)
    assert len(validate) == max(1, round(0.1 * n_documents))
    assert sorted([*learn, *validate]) == list(range(n_documents))
    if n_documents == 1000:
        assert not np.array_equal(validate, np.arange(900, 1000))
        assert 300 < validate.mean() < 700


@pytest.mark.parametrize(
    ("n_documents", "held_out"),
    [(2, 1), (29, 1), (30, 2), (1000, 50), (4000, 200), (4020, 200), (10**6, 200)],
)
def test_a_twentieth_but_no_more_than_200_documents_watch(n_documents, held_out):
    assert len(split(n_documents, None, 0)[1]) == held_out
    assert len(split(n_documents, 0.5, 0)[1]) == n_documents // 2
