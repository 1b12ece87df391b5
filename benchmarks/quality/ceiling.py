"""The linear ceiling: a linear model straight on TF-IDF, no vectors between."""

from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import MultiLabelBinarizer

from benchmarks.quality.corpora import Prepared
from kate_keras.analysis.linear_probe import hold_out

STRENGTHS = (1.0, 3.0, 10.0, 30.0)


def linear_ceiling(corpus: Prepared) -> dict[str, Any]:
    """Measures a linear model on sublinear TF-IDF of all words.

    Logistic regression for a label, one per label for several, ridge regression for
    ratings; its strength is chosen on a tenth of train, as for vectors.

    Args:
        corpus: The corpus.

    Returns:
        Figures under the names they have for vectors.
    """
    weights = TfidfTransformer(sublinear_tf=True)
    train = weights.fit_transform(corpus.train.counts)
    test = weights.transform(corpus.test.counts)
    validate, learn = hold_out(train.shape[0], random_state=0)
    task = _task(corpus)

    def scores(strength: float, rows: np.ndarray, inputs: Any, goal: Any) -> Any:
        model = task.model(strength).fit(train[rows], task.y_train[rows])
        return task.figures(goal, model.predict(inputs))

    held_out = [
        scores(c, learn, train[validate], task.y_train[validate])[task.chosen_by]
        for c in STRENGTHS
    ]
    strength = STRENGTHS[int(np.argmax(held_out))]
    figures: dict[str, Any] = scores(
        strength, np.concatenate([validate, learn]), test, task.y_test
    )
    return {**figures, "strength": strength}


class _Labels:
    chosen_by = "accuracy"

    def __init__(self, corpus: Prepared) -> None:
        self.y_train, self.y_test = (
            np.array([row[0] for row in part.labels])
            for part in (corpus.train, corpus.test)
        )

    def model(self, strength: float) -> Any:
        return LogisticRegression(C=strength, max_iter=2000)

    def figures(self, goal: Any, predicted: Any) -> dict[str, float]:
        macro = f1_score(goal, predicted, average="macro", zero_division=0)
        return {"accuracy": float(np.mean(goal == predicted)), "macro_f1": float(macro)}


class _SeveralLabels:
    chosen_by = "micro_f1"

    def __init__(self, corpus: Prepared) -> None:
        labels = MultiLabelBinarizer()
        self.y_train = labels.fit_transform(corpus.train.labels)
        self.y_test = labels.transform(corpus.test.labels)

    def model(self, strength: float) -> Any:
        return OneVsRestClassifier(LogisticRegression(C=strength, solver="liblinear"))

    def figures(self, goal: Any, predicted: Any) -> dict[str, float]:
        return {
            f"{average}_f1": float(
                f1_score(goal, predicted, average=average, zero_division=0)
            )
            for average in ("macro", "micro")
        }


class _Ratings:
    chosen_by = "r2"

    def __init__(self, corpus: Prepared) -> None:
        self.y_train, self.y_test = (
            np.array(part.ratings, np.float64) for part in (corpus.train, corpus.test)
        )

    def model(self, strength: float) -> Any:
        return Ridge(alpha=1 / strength)

    def figures(self, goal: Any, predicted: Any) -> dict[str, float]:
        residual = np.square(goal - predicted).sum()
        return {"r2": float(1 - residual / np.square(goal - goal.mean()).sum())}


def _task(corpus: Prepared) -> Any:
    if not corpus.train.labels[0]:
        return _Ratings(corpus)
    rows = (*corpus.train.labels, *corpus.test.labels)
    return (_Labels if all(len(row) == 1 for row in rows) else _SeveralLabels)(corpus)
