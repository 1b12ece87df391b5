import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.analysis import (
    FRACTIONS,
    LENGTHS,
    measure_retrieval,
    retrieval as module,
)


def labelled_vectors(n, seed, several=False):
    generator = np.random.default_rng(seed)
    labels = [[str(generator.integers(4))] for _ in range(n)]
    if several:
        labels = [row + ["x"] * bool(generator.integers(2)) for row in labels]
    centres = np.eye(4, 6)
    vectors = [centres[int(row[0])] + generator.normal(size=6) for row in labels]
    return np.array(vectors, "float32"), labels


def ranked_relevance(query, mine, database, labels):
    """Relevance of each document by rank, one document at a time."""
    cosines = [
        float(query @ d / (np.linalg.norm(query) * np.linalg.norm(d))) for d in database
    ]
    order = sorted(range(len(database)), key=lambda i: -cosines[i])
    return [bool(set(mine) & set(labels[i])) for i in order]


def loop_average_precision(relevance):
    hits = [i for i, relevant in enumerate(relevance, 1) if relevant]
    return np.mean([n / rank for n, rank in enumerate(hits, 1)]) if hits else 0.0


@pytest.mark.parametrize("several", [False, True])
def test_every_figure_equals_the_plain_loop(several, monkeypatch):
    # Blocks that do not divide the number of queries.
    monkeypatch.setattr(module, "QUERIES_AT_A_TIME", 16)
    queries, query_labels = labelled_vectors(37, 1, several)
    database, labels = labelled_vectors(83, 2, several)
    found = measure_retrieval(queries, query_labels, database, labels)
    relevance = [
        ranked_relevance(query, mine, database, labels)
        for query, mine in zip(queries, query_labels, strict=True)
    ]
    assert list(found.precision) == list(FRACTIONS)
    for fraction in FRACTIONS:
        places = max(1, round(fraction * 83))
        expected = np.mean([np.mean(row[:places]) for row in relevance])
        assert found.precision[fraction] == pytest.approx(expected)
    at_10 = np.mean([np.mean(row[:10]) for row in relevance])
    assert found.precision_at_10 == pytest.approx(at_10)
    average = np.mean([loop_average_precision(row) for row in relevance])
    assert found.mean_average_precision == pytest.approx(average)
    assert found.precision_by_length is None


def test_figures_worked_by_hand():
    # Cosines with (1, 0) fall in this order; labels c d c d.
    database = np.array([[2.0, 0.0], [3.0, 1.0], [1.0, 1.0], [-1.0, 1.0]])
    labels = [["c"], ["d"], ["c"], ["d"]]
    queries = np.array([[1.0, 0.0], [1.0, 0.0], [9.0, 0.0]])
    found = measure_retrieval(
        queries, [["c"], ["d"], ["e"]], database, labels, fractions=[0.25, 0.5, 1.0]
    )
    # Of c: 1, 1/2, 2/4 of the nearest; of d: 0, 1/2, 2/4; of e, which is nowhere: 0.
    assert found.precision == pytest.approx({0.25: 1 / 3, 0.5: 1 / 3, 1.0: 1 / 3})
    # Fewer than ten documents: all of them.
    assert found.precision_at_10 == pytest.approx(1 / 3)
    # c at ranks 1 and 3: (1/1 + 2/3) / 2; d at 2 and 4: (1/2 + 2/4) / 2; e: 0.
    assert found.mean_average_precision == pytest.approx((5 / 6 + 1 / 2 + 0) / 3)


def test_equal_cosines_are_ranked_by_place():
    database, labels = np.ones((4, 3)), [["a"], ["b"], ["b"], ["b"]]
    for query_label, expected in (("a", 1.0), ("b", 0.0)):
        found = measure_retrieval(np.ones((1, 3)), [[query_label]], database, labels)
        assert found.precision[0.001] == expected


def test_a_zero_vector_is_as_far_from_all():
    # Cosines 0 and -0: the first of them is the first document all the same.
    for database in (np.eye(2), -np.eye(2)):
        found = measure_retrieval(
            np.zeros((1, 2)), [["a"]], database, [["a"], ["b"]], fractions=[0.5, 1.0]
        )
        assert found.precision == {0.5: 1.0, 1.0: 0.5}


def test_negative_cosines_rank_below_zero_and_the_least_last():
    database = np.array([[-1.0, 0.0], [0.0, 1.0], [-1.0, 2.0], [1.0, 5.0]])
    labels = [["last"], ["second"], ["third"], ["first"]]
    found = [
        measure_retrieval(np.array([[1.0, 0.0]]), [[name]], database, labels)
        for name in ("first", "second", "third", "last")
    ]
    # One relevant document at rank r has average precision 1 / r.
    expected = [1, 1 / 2, 1 / 3, 1 / 4]
    assert [f.mean_average_precision for f in found] == pytest.approx(expected)


def test_queries_are_binned_by_the_first_bound_they_are_under():
    # The nearest of each query is the document in its own direction.
    database = np.eye(2)
    lengths = [0, 99, 100, 119, 3999, 4000, 90_000]
    queries = np.repeat([[1.0, 0.0]], 7, axis=0)
    labels = [["a"], ["b"], ["a"], ["a"], ["b"], ["a"], ["b"]]
    found = measure_retrieval(
        queries, labels, database, [["a"], ["b"]], lengths=lengths
    )
    bins = [(b.below, b.n_queries, b.precision) for b in found.precision_by_length]
    assert bins == [
        (100, 2, {0.001: 0.5, 0.02: 0.5}),
        (120, 2, {0.001: 1.0, 0.02: 1.0}),
        (4000, 1, {0.001: 0.0, 0.02: 0.0}),
        (None, 2, {0.001: 0.5, 0.02: 0.5}),
    ]
    assert LENGTHS[0] == 100 and LENGTHS[-1] == 4000


def test_bins_add_up_to_the_whole():
    queries, query_labels = labelled_vectors(60, 1)
    database, labels = labelled_vectors(500, 2)
    lengths = np.random.default_rng(0).integers(50, 5000, size=60)
    found = measure_retrieval(queries, query_labels, database, labels, lengths=lengths)
    for fraction in (0.001, 0.02):
        total = sum(
            b.n_queries * b.precision[fraction] for b in found.precision_by_length
        )
        assert total / 60 == pytest.approx(found.precision[fraction])


def test_what_does_not_fit_together_is_refused():
    vectors, labels = np.eye(2), [["a"], ["b"]]
    with pytest.raises(InputError, match="`query_labels`.*1 entries for 2 vectors"):
        measure_retrieval(vectors, labels[:1], vectors, labels)
    with pytest.raises(InputError, match="`database_labels`.*0 entries for 0 vectors"):
        measure_retrieval(vectors, labels, vectors[:0], [])
    with pytest.raises(InputError, match="`lengths`.*3 entries for 2 vectors"):
        measure_retrieval(vectors, labels, vectors, labels, lengths=[1, 2, 3])
    for fraction in (0.0, 1.1):
        with pytest.raises(InputError, match=f"`fractions`.*{fraction}"):
            measure_retrieval(vectors, labels, vectors, labels, fractions=[fraction])
