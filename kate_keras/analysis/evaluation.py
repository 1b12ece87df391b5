"""How good vectors are for classification and retrieval."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from kate_keras.analysis.metrics import retrieval_precision
from kate_keras.errors import InputError

# Inverse regularisation strengths that the validation part chooses from.
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)

Labels = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Evaluation:
    """Figures of one set of vectors.

    Args:
        accuracy: Share of test documents that logistic regression labels rightly;
            `None` where documents have several labels.
        strength: `C` that the validation part chose.
        precision: Retrieval precision per fraction of the training part.
        n_train: Labelled training documents.
        n_test: Labelled test documents.
    """

    accuracy: float | None
    strength: float | None
    precision: dict[float, float]
    n_train: int
    n_test: int

    def to_json(self) -> dict[str, Any]:
        """Returns the figures as JSON types."""
        figures = asdict(self)
        figures["precision"] = {f"{f:g}": p for f, p in self.precision.items()}
        return figures


def evaluate(
    train: np.ndarray,
    train_labels: Labels,
    test: np.ndarray,
    test_labels: Labels,
    random_state: int = 0,
) -> Evaluation:
    """Measures vectors by classification and by retrieval.

    The classifier is multinomial logistic regression. Its strength is chosen on a
    tenth of the training part, then it is fitted on all of it; the test part is only
    ever predicted. Retrieval uses every test document as a query to the training part.

    Args:
        train: Training vectors, shape `(n_train, d)`.
        train_labels: Labels of each training document.
        test: Test vectors, shape `(n_test, d)`.
        test_labels: Labels of each test document.
        random_state: Seed of the validation part.

    Returns:
        The figures. Documents without a label are left out.

    Raises:
        InputError: If a part has no labels, or training has a single one.
    """
    train, train_labels = _labelled(train, train_labels, "training")
    test, test_labels = _labelled(test, test_labels, "test")
    single = all(len(row) == 1 for row in (*train_labels, *test_labels))
    accuracy = strength = None
    if single:
        y_train = np.array([row[0] for row in train_labels])
        y_test = np.array([row[0] for row in test_labels])
        accuracy, strength = _accuracy(train, y_train, test, y_test, random_state)
    precision = retrieval_precision(test, test_labels, train, train_labels)
    return Evaluation(accuracy, strength, precision, len(train), len(test))


def _labelled(
    vectors: np.ndarray, labels: Labels, part: str
) -> tuple[np.ndarray, list[Sequence[str]]]:
    rows = [i for i, row in enumerate(labels) if row]
    if not rows:
        raise InputError(
            f"The {part} corpus has no labels: evaluation needs a `labels` key, a "
            "`labels` column or sub-folders."
        )
    return vectors[rows], [labels[i] for i in rows]


def _accuracy(
    train: np.ndarray,
    y_train: np.ndarray,
    test: np.ndarray,
    y_test: np.ndarray,
    seed: int,
) -> tuple[float, float]:
    if len(set(y_train)) < 2:
        raise InputError(
            "The training corpus has a single label; a classifier needs at least two. "
            f"Received: {y_train[0]!r} for all {len(y_train)} documents."
        )
    order = np.random.default_rng(seed).permutation(len(train))
    validate, learn = np.split(order, [max(1, len(train) // 10)])
    if len(set(y_train[learn])) < 2:
        raise InputError(
            f"The training corpus is too small to choose a classifier on: of its "
            f"{len(train)} documents, {len(validate)} are held out, and the others "
            "have a single label. Bring more documents."
        )
    # Steps of lbfgs are for vectors of unit scale; one factor for all keeps the cosine.
    scale = np.sqrt(np.mean(np.square(train), dtype=np.float64)) or 1.0
    train, test = train / scale, test / scale

    def fit(strength: float, rows: np.ndarray) -> LogisticRegression:
        model = LogisticRegression(C=strength, max_iter=2000)
        return model.fit(train[rows], y_train[rows])

    scores = [
        fit(c, learn).score(train[validate], y_train[validate]) for c in STRENGTHS
    ]
    strength = STRENGTHS[int(np.argmax(scores))]
    return float(fit(strength, order).score(test, y_test)), strength
