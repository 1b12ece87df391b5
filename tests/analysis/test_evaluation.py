import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.analysis import FRACTIONS, evaluate, retrieval_precision


def loop_precision(queries, query_labels, database, labels, fraction):
    """One query and one document at a time."""
    places, shares = max(1, round(fraction * len(database))), []
    for query, mine in zip(queries, query_labels, strict=True):
        cosines = [
            float(query @ d / (np.linalg.norm(query) * np.linalg.norm(d)))
            for d in database
        ]
        nearest = sorted(range(len(database)), key=lambda i: -cosines[i])[:places]
        shares.append(np.mean([bool(set(mine) & set(labels[i])) for i in nearest]))
    return float(np.mean(shares))


def labelled_vectors(n, seed, several=False):
    generator = np.random.default_rng(seed)
    labels = [[str(generator.integers(4))] for _ in range(n)]
    if several:
        labels = [row + ["x"] * bool(generator.integers(2)) for row in labels]
    centres = np.eye(4, 6) * 3
    vectors = [centres[int(row[0])] + generator.normal(size=6) for row in labels]
    return np.array(vectors), labels


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("fraction", [0.001, 0.05, 0.5, 1.0])
def test_retrieval_precision_equals_the_plain_loop(fraction, several):
    queries, query_labels = labelled_vectors(37, 1, several)
    database, labels = labelled_vectors(83, 2, several)
    found = retrieval_precision(queries, query_labels, database, labels, [fraction])
    expected = loop_precision(queries, query_labels, database, labels, fraction)
    assert found[fraction] == pytest.approx(expected)


def test_precision_of_the_whole_database_is_chance():
    queries, query_labels = np.ones((2, 3)), [["a"], ["b"]]
    database, labels = np.ones((4, 3)), [["a"], ["a"], ["a"], ["b"]]
    found = retrieval_precision(queries, query_labels, database, labels, [1.0])
    assert found == {1.0: (0.75 + 0.25) / 2}


def test_a_zero_vector_stays_finite():
    database = np.array([[1.0, 0.0], [0.0, 1.0]])
    found = retrieval_precision(
        np.zeros((1, 2)), [["a"]], database, [["a"], ["b"]], [1.0]
    )
    assert found == {1.0: 0.5}


def test_evaluation_of_separable_vectors():
    result = evaluate(*labelled_vectors(300, 3), *labelled_vectors(200, 4))
    assert result.accuracy > 0.9
    assert list(result.precision) == list(FRACTIONS)
    assert result.precision[0.001] > 0.8
    assert result.precision[1.0] == pytest.approx(0.25, abs=0.02)
    assert (result.n_train, result.n_test) == (300, 200)


def test_accuracy_does_not_depend_on_the_scale_of_the_vectors():
    train, train_labels = labelled_vectors(300, 3)
    test, test_labels = labelled_vectors(200, 4)
    one = evaluate(train, train_labels, test, test_labels)
    other = evaluate(train * 1e4, train_labels, test * 1e4, test_labels)
    assert one.accuracy == other.accuracy


def test_the_test_part_does_not_choose_the_strength():
    train, train_labels = labelled_vectors(300, 3)
    test, test_labels = labelled_vectors(200, 4)
    shuffled = list(np.random.default_rng(0).permutation(np.array(test_labels)))
    one = evaluate(train, train_labels, test, test_labels)
    other = evaluate(train, train_labels, test, shuffled)
    assert one.strength == other.strength
    assert other.accuracy < 0.5


def test_several_labels_are_retrieved_but_not_classified():
    data = labelled_vectors(100, 3, True)
    result = evaluate(*data, *data)
    assert result.accuracy is None
    assert result.precision[0.01] > 0.5


def test_documents_without_a_label_are_left_out():
    train, labels = labelled_vectors(100, 3)
    labels[7] = []
    assert evaluate(train, labels, train, labels).n_train == 99


def test_corpora_without_labels_or_with_one_are_refused():
    vectors, labels = labelled_vectors(30, 3)
    with pytest.raises(InputError, match="The test corpus has no labels"):
        evaluate(vectors, labels, vectors, [[]] * 30)
    with pytest.raises(InputError, match="single label"):
        evaluate(vectors, [["a"]] * 30, vectors, [["a"]] * 30)
