"""How well a linear classifier labels documents by their vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from threadpoolctl import threadpool_limits

from kate_keras.analysis.labels import (
    Labels,
    have_one_label_each,
    label_matrix,
    label_names,
)
from kate_keras.analysis.linear_probe import hold_out, to_unit_scale
from kate_keras.errors import InputError

# Inverse regularisation strengths that the validation part chooses from.
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


@dataclass(frozen=True)
class Classification:
    """Figures of a classifier on the test documents.

    Args:
        accuracy: Share of documents labelled rightly; `None` where documents have
            several labels.
        macro_f1: F1 of each label, averaged over the labels of either part.
        micro_f1: F1 of all decisions together; with one label each, the accuracy.
        strength: `C` that the validation part chose.
    """

    accuracy: float | None
    macro_f1: float
    micro_f1: float
    strength: float


def classify(
    train: np.ndarray,
    train_labels: Labels,
    test: np.ndarray,
    test_labels: Labels,
    random_state: int = 0,
    strength: float | None = None,
) -> Classification:
    """Fits logistic regression to the training vectors and labels the test vectors.

    With one label each it is multinomial, and its strength is that of the best accuracy
    on a tenth of the training part. With several labels it is one two-class regression
    per label, which says yes above a probability of .5; one strength for all, that of
    the best micro F1 on the tenth. Then it is fitted on the whole training part; the
    test part is only ever predicted. A label that all or no training documents have is
    predicted for all or none. The F1 of a label which no test document has and for
    which none is predicted counts as 0, as with scikit-learn's `zero_division=0`.

    Args:
        train: Training vectors, shape `(n_train, d)`.
        train_labels: Labels of each training document, at least one.
        test: Test vectors, shape `(n_test, d)`.
        test_labels: Labels of each test document, at least one.
        random_state: Seed of the validation part.
        strength: `C`, to compare vectors by the same classifier; `None`, chosen.

    Returns:
        The figures.

    Raises:
        InputError: If there is nothing to tell apart: a single label, or a single one
            outside the validation part.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import classify
        >>> vectors = np.repeat(np.eye(2), 20, axis=0)
        >>> labels = [["cat"]] * 20 + [["dog"]] * 20
        >>> classify(vectors, labels, np.eye(2), [["cat"], ["dog"]]).accuracy
        1.0

    Reference:
        Chen and Zaki 2017, tables 5 and 6. Their released code trains the
        sigmoids of several labels with categorical cross-entropy, which makes labels
        compete for a sum of 1; here each has its own logistic loss, so that table 6
        compares only within itself.
    """
    train, test = to_unit_scale(train, test)
    single = have_one_label_each(train_labels, test_labels)
    kind = _classify_single if single else _classify_several
    # The products are too small to share: where other work keeps the cores busy, the
    # threads' waiting for one another took over a hundred times as long as the work.
    with threadpool_limits(1, user_api="blas"):
        strengths = STRENGTHS if strength is None else (strength,)
        return kind(train, train_labels, test, test_labels, random_state, strengths)


def _classify_single(
    train: np.ndarray,
    train_labels: Labels,
    test: np.ndarray,
    test_labels: Labels,
    random_state: int,
    strengths: Sequence[float],
) -> Classification:
    names = label_names(train_labels, test_labels)
    column = {name: j for j, name in enumerate(names)}
    truth = np.array([column[row[0]] for row in train_labels])
    test_truth = np.array([column[row[0]] for row in test_labels])
    validate, learn = hold_out(len(train), random_state)
    if len(set(truth)) < 2:
        raise InputError(
            "The training corpus has a single label; a classifier needs at least two. "
            f"Received: {train_labels[0][0]!r} for all {len(train)} documents."
        )
    if len(set(truth[learn])) < 2:
        raise InputError(
            f"The training corpus is too small to choose a classifier on: of its "
            f"{len(train)} documents, {len(validate)} are held out, and the others "
            "have a single label. Bring more documents."
        )

    def fit(strength: float, rows: np.ndarray) -> LogisticRegression:
        model = LogisticRegression(C=strength, max_iter=2000)
        return model.fit(train[rows], truth[rows])

    scores = [fit(c, learn).score(train[validate], truth[validate]) for c in strengths]
    strength = strengths[int(np.argmax(scores))]
    found = fit(strength, np.concatenate([validate, learn])).predict(test)
    return Classification(
        accuracy=float(np.mean(found == test_truth)),
        macro_f1=_f1(test_truth, found, "macro", range(len(names))),
        micro_f1=_f1(test_truth, found, "micro", range(len(names))),
        strength=strength,
    )


def _classify_several(
    train: np.ndarray,
    train_labels: Labels,
    test: np.ndarray,
    test_labels: Labels,
    random_state: int,
    strengths: Sequence[float],
) -> Classification:
    names = label_names(train_labels, test_labels)
    truth = label_matrix(train_labels, names).toarray() > 0
    test_truth = label_matrix(test_labels, names).toarray() > 0
    validate, learn = hold_out(len(train), random_state)
    if not len(learn):
        raise InputError(
            "The training corpus is too small to choose a classifier on: its only "
            "labelled document is held out. Bring more documents."
        )
    by_strength = _predict_labels(
        train[learn], truth[learn], train[validate], strengths
    )
    scores = [_f1(truth[validate], found, "micro") for found in by_strength]
    strength = strengths[int(np.argmax(scores))]
    (found,) = _predict_labels(train, truth, test, (strength,))
    return Classification(
        accuracy=None,
        macro_f1=_f1(test_truth, found, "macro"),
        micro_f1=_f1(test_truth, found, "micro"),
        strength=strength,
    )


def _predict_labels(
    train: np.ndarray,
    truth: np.ndarray,
    queries: np.ndarray,
    strengths: Sequence[float],
) -> np.ndarray:
    """Decides every label of every query, `(n_strengths, n_queries, n_labels)`."""
    found = np.empty((len(strengths), len(queries), truth.shape[1]), bool)
    for j, has_label in enumerate(truth.T):
        if has_label.all() or not has_label.any():
            found[:, :, j] = has_label[0]
            continue
        model = LogisticRegression(max_iter=2000, warm_start=True)
        for i, strength in enumerate(strengths):
            model.set_params(C=strength).fit(train, has_label)
            found[i, :, j] = model.predict(queries)
    return found


def _f1(
    truth: np.ndarray,
    found: np.ndarray,
    average: str,
    columns: Sequence[int] | None = None,
) -> float:
    score = f1_score(truth, found, average=average, labels=columns, zero_division=0)
    return float(score)
