import json

import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.analysis import FRACTIONS, classify, evaluate, measure_retrieval


def labelled_vectors(n, seed, several=False):
    generator = np.random.default_rng(seed)
    labels = [[str(generator.integers(4))] for _ in range(n)]
    if several:
        labels = [row + ["x"] * bool(generator.integers(2)) for row in labels]
    centres = np.eye(4, 6) * 3
    vectors = [centres[int(row[0])] + generator.normal(size=6) for row in labels]
    return np.array(vectors), labels


def test_evaluation_of_separable_vectors():
    result = evaluate(*labelled_vectors(300, 3), *labelled_vectors(200, 4))
    assert result.accuracy > 0.9
    assert result.micro_f1 == pytest.approx(result.accuracy)
    assert list(result.precision) == list(FRACTIONS)
    assert result.precision[0.001] > 0.8
    assert result.precision[1.0] == pytest.approx(0.25, abs=0.02)
    assert (result.n_train, result.n_test) == (300, 200)


@pytest.mark.parametrize("several", [False, True])
def test_its_figures_are_those_of_the_single_measures(several):
    train, labels = labelled_vectors(120, 3, several)
    test, test_labels = labelled_vectors(50, 4, several)
    lengths = np.random.default_rng(0).integers(1, 300, size=50).tolist()
    result = evaluate(train, labels, test, test_labels, 7, lengths=lengths)
    classes = classify(train, labels, test, test_labels, 7)
    found = measure_retrieval(test, test_labels, train, labels, lengths=lengths)
    for single in (classes, found):
        for name, value in vars(single).items():
            assert getattr(result, name) == value
    assert (result.accuracy is None) == several
    assert result.macro_f1 > 0.5
    assert len(result.precision_by_length) > 1


def test_documents_without_a_label_are_left_out_with_their_lengths():
    train, labels = labelled_vectors(100, 3)
    test, test_labels = labelled_vectors(20, 4)
    labels[7], test_labels[0] = [], []
    lengths = [5000] + [10] * 19
    result = evaluate(train, labels, test, test_labels, lengths=lengths)
    assert (result.n_train, result.n_test) == (99, 19)
    (only,) = result.precision_by_length
    assert (only.below, only.n_queries) == (100, 19)


def test_figures_are_written_as_json():
    train, labels = labelled_vectors(60, 3)
    figures = evaluate(train, labels, train, labels, lengths=[5] * 60).to_json()
    read = json.loads(json.dumps(figures, allow_nan=False))
    assert read == figures
    assert list(figures["precision"]) == [f"{f:g}" for f in FRACTIONS]
    (length_bin,) = figures["precision_by_length"]
    assert list(length_bin) == ["below", "n_queries", "precision"]
    assert list(length_bin["precision"]) == ["0.001", "0.02"]
    assert evaluate(train, labels, train, labels).to_json()["n_test"] == 60


def test_corpora_without_labels_or_with_one_are_refused():
    vectors, labels = labelled_vectors(30, 3)
    with pytest.raises(InputError, match="The test corpus has no labels"):
        evaluate(vectors, labels, vectors, [[]] * 30)
    with pytest.raises(InputError, match="single label"):
        evaluate(vectors, [["a"]] * 30, vectors, [["a"]] * 30)


def test_numbers_that_differ_are_refused():
    vectors, labels = labelled_vectors(30, 3)
    with pytest.raises(InputError, match="`train_labels`.*29 entries for 30"):
        evaluate(vectors, labels[1:], vectors, labels)
    with pytest.raises(InputError, match="`test_labels`.*29 entries for 30"):
        evaluate(vectors, labels, vectors, labels[1:])
    with pytest.raises(InputError, match="`lengths`.*2 entries for 30"):
        evaluate(vectors, labels, vectors, labels, lengths=[1, 2])
