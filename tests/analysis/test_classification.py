import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier

from kate_keras import InputError
from kate_keras.analysis import classify


def noisy_vectors(n, seed, several=False):
    """Vectors around one of three centres; if `several`, some are also an "x"."""
    generator = np.random.default_rng(seed)
    names = generator.integers(3, size=n)
    vectors = 1.5 * np.eye(3, 4)[names] + generator.normal(size=(n, 4))
    labels = [["abc"[name]] for name in names]
    if several:
        labels = [
            row + ["x"] * bool(v[3] > 0.5)
            for row, v in zip(labels, vectors, strict=True)
        ]
    return vectors, labels


def unit_scale(train, test):
    scale = np.sqrt((train**2).mean())
    return train / scale, test / scale


def f1_of(truth, found):
    """F1 of one label from its definition, 2 TP / (2 TP + FP + FN)."""
    hits = sum(t and f for t, f in zip(truth, found, strict=True))
    wrong = sum(t != f for t, f in zip(truth, found, strict=True))
    return 2 * hits / (2 * hits + wrong) if hits or wrong else 0.0


def test_one_label_each_has_accuracy_and_f1_of_the_fitted_regression():
    train, labels = noisy_vectors(200, 1)
    test, test_labels = noisy_vectors(150, 2)
    result = classify(train, labels, test, test_labels)
    train, test = unit_scale(train, test)
    model = LogisticRegression(C=result.strength, max_iter=2000)
    found = model.fit(train, [row[0] for row in labels]).predict(test)
    truth = np.array([row[0] for row in test_labels])
    assert result.accuracy == pytest.approx(np.mean(found == truth))
    assert 0.5 < result.accuracy < 0.95
    assert result.micro_f1 == pytest.approx(result.accuracy)
    macro = np.mean([f1_of(truth == name, found == name) for name in "abc"])
    assert result.macro_f1 == pytest.approx(macro)
    assert result.macro_f1 != pytest.approx(result.accuracy, abs=1e-6)


def test_several_labels_have_a_regression_each():
    train, labels = noisy_vectors(200, 1, several=True)
    test, test_labels = noisy_vectors(150, 2, several=True)
    result = classify(train, labels, test, test_labels)
    assert result.accuracy is None
    train, test = unit_scale(train, test)

    def truth(rows):
        return np.array([[name in row for name in "abcx"] for row in rows]).astype(int)

    # scikit-learn's own one-versus-rest, each from a cold start.
    model = OneVsRestClassifier(LogisticRegression(C=result.strength, max_iter=2000))
    found = model.fit(train, truth(labels)).predict(test)
    answer = truth(test_labels)
    assert result.micro_f1 == pytest.approx(f1_score(answer, found, average="micro"))
    assert result.macro_f1 == pytest.approx(f1_score(answer, found, average="macro"))
    by_label = [f1_of(answer[:, j] == 1, found[:, j] == 1) for j in range(4)]
    assert result.macro_f1 == pytest.approx(np.mean(by_label))
    assert 0.5 < result.macro_f1 < 0.99


def test_the_strength_is_that_of_the_best_micro_f1_on_the_tenth_held_out():
    train, labels = noisy_vectors(200, 3, several=True)
    result = classify(train, labels, train, labels, random_state=5)
    order = np.random.default_rng(5).permutation(200)
    scaled, _ = unit_scale(train, train)
    truth = np.array([[name in row for name in "abcx"] for row in labels]).astype(int)
    scores = {}
    for strength in (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0):
        model = OneVsRestClassifier(LogisticRegression(C=strength, max_iter=2000))
        found = model.fit(scaled[order[20:]], truth[order[20:]])
        found = found.predict(scaled[order[:20]])
        scores[strength] = f1_score(truth[order[:20]], found, average="micro")
    assert result.strength == max(scores, key=scores.get)
    assert len(set(scores.values())) > 1


def test_labels_rarely_or_never_trained_count_without_an_error():
    # Two groups far apart. "once" has one training document, "new" has none, and "old"
    # has training documents but no test document.
    vectors = np.repeat([[5.0, 0.0], [0.0, 5.0]], 30, axis=0)
    vectors += np.random.default_rng(0).normal(size=vectors.shape) * 0.1
    labels = [["a", "old"]] * 30 + [["b"]] * 30
    labels[59] = ["b", "once"]
    test = np.array([[5.0, 0.0], [0.0, 5.0]])
    result = classify(vectors, labels, test, [["a"], ["b", "new"]])
    # Of a, b, new, old, once: a and b are right. "old" is predicted for the first by
    # mistake; "new" is missed; "once" is neither there nor predicted, and counts as 0.
    assert result.macro_f1 == pytest.approx((1 + 1 + 0 + 0 + 0) / 5)
    # 2 hits, 1 false, 1 missed: 2 * 2 / (2 * 2 + 1 + 1).
    assert result.micro_f1 == pytest.approx(4 / 6)


def test_a_label_of_all_training_documents_is_predicted_for_all():
    vectors, labels = noisy_vectors(60, 4)
    labels = [[*row, "all"] for row in labels]
    result = classify(vectors, labels, vectors[:2], [["all"], ["all"]])
    assert result.micro_f1 > 0


def test_a_label_given_twice_is_one_label():
    vectors, labels = noisy_vectors(60, 4)
    twice = [row * 2 for row in labels]
    once = classify(vectors, labels, vectors, labels)
    assert classify(vectors, twice, vectors, twice) == once
    assert once.accuracy is not None


@pytest.mark.parametrize("several", [False, True])
def test_neither_the_scale_nor_the_test_labels_move_the_choice(several):
    train, labels = noisy_vectors(200, 1, several)
    test, test_labels = noisy_vectors(150, 2, several)
    one = classify(train, labels, test, test_labels)
    scaled = classify(train * 1e4, labels, test * 1e4, test_labels)
    assert scaled == one
    shuffled = classify(train, labels, test, test_labels[::-1])
    assert shuffled.strength == one.strength
    assert shuffled.micro_f1 < one.micro_f1 - 0.1


def test_nothing_to_tell_apart_is_refused():
    vectors = np.eye(2)
    with pytest.raises(InputError, match="single label.*'a' for all 2 documents"):
        classify(vectors, [["a"], ["a"]], vectors, [["a"], ["b"]])
    with pytest.raises(InputError, match="too small.*2 documents, 1 are held out"):
        classify(vectors, [["a"], ["b"]], vectors, [["a"], ["b"]])
    with pytest.raises(InputError, match="only labelled document is held out"):
        classify(vectors[:1], [["a", "b"]], vectors[:1], [["a"]])


@pytest.mark.parametrize("several", [False, True])
def test_a_strength_that_is_given_is_kept(several):
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(90, 3))
    labels = [["up" if x > 0 else "down"] + ["far"] * several for x in vectors[:, 0]]
    chosen = classify(vectors, labels, vectors, labels)
    for strength in (0.01, 30.0, chosen.strength):
        given = classify(vectors, labels, vectors, labels, strength=strength)
        assert given.strength == strength
    assert given == chosen
