"""RCV1: counts recovered from weights of the published form."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sklearn.datasets
from scipy import sparse

from kate_keras.text import rcv1, read_corpus
from kate_keras.text.rcv1 import term_counts

N_TRAINING, N_STORIES, N_WORDS = 40, 60, 30
TOPICS = np.array(["C11", "CCAT", "E12", "GCAT"], dtype=object)


def published(counts: np.ndarray, n_training: int) -> sparse.csr_matrix:
    """Weights as Lewis et al. made them; words not in the training rows have none."""
    documents = (counts[:n_training] > 0).sum(axis=0)
    known = (documents > 0).astype(float)
    idf = known * np.log(n_training / np.maximum(documents, 1))
    weights = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * idf
    length = np.linalg.norm(weights, axis=1, keepdims=True)
    return sparse.csr_matrix(weights / np.where(length > 0, length, 1))


@pytest.fixture
def stories() -> SimpleNamespace:
    """Counts up to 200 of words of uneven frequency; each row has a count of one."""
    random = np.random.default_rng(0)
    present = random.random((N_STORIES, N_WORDS)) < np.linspace(0.05, 0.9, N_WORDS)
    counts = present * np.exp(random.random(present.shape) * np.log(200)).astype(int)
    counts[:, -1] = 0
    counts[np.arange(N_STORIES), random.integers(5, 20, N_STORIES)] = 1
    counts[:N_TRAINING, 0] = 0
    counts[N_TRAINING:, 0] = 3
    topics = sparse.csr_matrix(random.integers(0, 2, (N_STORIES, len(TOPICS))))
    return SimpleNamespace(
        counts=counts,
        data=published(counts, N_TRAINING),
        target=topics,
        target_names=TOPICS,
        sample_id=np.arange(2286, 2286 + N_STORIES, dtype=np.uint32),
    )


@pytest.fixture
def asked(
    stories: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []

    def fetch(**options: Any) -> SimpleNamespace:
        calls.append(options)
        return stories

    monkeypatch.setattr(sklearn.datasets, "fetch_rcv1", fetch)
    monkeypatch.setattr(rcv1, "TRAINING_ROWS", N_TRAINING)
    monkeypatch.setattr(rcv1, "BLOCK", 7)
    return calls


ROWS = {"train": (0, 40), "test": (40, 60), "all": (0, 60)}


@pytest.mark.parametrize("subset", ROWS)
@pytest.mark.usefixtures("asked")
def test_recovered_counts_are_exact(stories: SimpleNamespace, subset: str) -> None:
    rows = slice(*ROWS[subset])
    expected = stories.counts[rows].copy()
    # The first word is in no training row, so it has no weight and is left out.
    expected[:, 0] = 0
    recovered = np.zeros_like(expected)
    for row, text in enumerate(read_corpus(f"rcv1:{subset}").texts()):
        for word in text.split():
            recovered[row, int(word.removeprefix("t"))] += 1
    assert recovered.max() > 100
    assert np.array_equal(recovered, expected)


@pytest.mark.parametrize("subset", ROWS)
@pytest.mark.usefixtures("asked")
def test_ids_and_topics_are_those_of_the_rows(
    stories: SimpleNamespace, subset: str
) -> None:
    documents = list(read_corpus(f"rcv1:{subset}"))
    rows = slice(*ROWS[subset])
    assert [d.id for d in documents] == [str(name) for name in stories.sample_id[rows]]
    for document, flags in zip(documents, stories.target.toarray()[rows], strict=True):
        assert document.labels == tuple(TOPICS[flags > 0])


def test_all_stories_are_asked_for_in_order_and_not_from_the_network(
    asked: list[dict[str, Any]],
) -> None:
    list(read_corpus("rcv1:test"))
    list(read_corpus("rcv1", download=True))
    options = {"subset": "all", "shuffle": False}
    assert asked == [
        {**options, "download_if_missing": False},
        {**options, "download_if_missing": True},
    ]


def test_a_story_of_one_word_and_a_story_without_words() -> None:
    weights = sparse.csr_matrix(np.array([[0.0, 1.0], [0.0, 0.0]]))
    counts = term_counts(weights, np.array([2.0, 0.5]))
    assert counts.toarray().tolist() == [[0, 1], [0, 0]]


@pytest.mark.parametrize("idf", [0.0, np.inf, -1.0])
def test_words_without_a_sound_idf_are_left_out(idf: float) -> None:
    weights = sparse.csr_matrix(np.array([[0.6, 0.8]]))
    assert term_counts(weights, np.array([1.0, idf])).toarray().tolist() == [[1, 0]]


def test_the_length_of_a_row_does_not_matter() -> None:
    counts = np.array([[1, 2, 3, 40]])
    weights = sparse.csr_matrix((1 + np.log(counts)) * np.array([[0.1, 3.0, 1.0, 7.0]]))
    idf = np.array([0.1, 3.0, 1.0, 7.0])
    assert np.array_equal(term_counts(weights * 0.01, idf).toarray(), counts)
