"""How well ratings follow from vectors."""

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import Ridge

from kate_keras.analysis.linear_probe import hold_out, to_unit_scale
from kate_keras.errors import InputError

# Regularisation strengths that the validation part chooses from; the vectors have
# entries of about 1, so that these span from hardly any to almost all shrinkage.
PENALTIES = (0.1, 1.0, 10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 1e5)

Ratings = Sequence[float | None]


def evaluate_ratings(
    train: np.ndarray,
    train_ratings: Ratings,
    test: np.ndarray,
    test_ratings: Ratings,
    random_state: int = 0,
) -> float:
    """Measures vectors by how much of the test ratings' variance they explain.

        R^2 = 1 - sum (rating - prediction)^2 / sum (rating - mean rating)^2

    Ratings are predicted by ridge regression. Its strength is that of the least squared
    error on a tenth of the training part, then it is fitted on all of it; the test part
    is only ever predicted. Documents without a rating are left out.

    Args:
        train: Training vectors, shape `(n_train, d)`.
        train_ratings: Rating of each training document, or `None`.
        test: Test vectors, shape `(n_test, d)`.
        test_ratings: Rating of each test document, or `None`.
        random_state: Seed of the validation part.

    Returns:
        `R^2` on the test part, at most 1; below 0, worse than the mean rating.

    Raises:
        InputError: If training has fewer than two rated documents, or the test ratings
            are fewer than two or all the same.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import evaluate_ratings
        >>> vectors = np.linspace(-1, 1, 50)[:, None]
        >>> ratings = (3 + 2 * vectors[:, 0]).tolist()
        >>> round(evaluate_ratings(vectors, ratings, vectors, ratings), 3)
        1.0

    Reference:
        Chen and Zaki 2017, table 7. Their regression is a network of one
        sigmoid unit, trained by steps; ridge regression is convex, so the figure
        depends on the vectors alone.
    """
    train, train_truth = _rated(train, train_ratings, "training")
    test, test_truth = _rated(test, test_ratings, "test")
    spread = float(np.square(test_truth - test_truth.mean()).sum())
    if not spread:
        raise InputError(
            "The ratings of the test corpus must differ, or there is no variance to "
            f"explain. Received: {test_truth[0]:g} for all {len(test_truth)} documents."
        )
    train, test = to_unit_scale(train, test)
    validate, learn = hold_out(len(train), random_state)

    def fit(penalty: float, rows: np.ndarray) -> Ridge:
        return Ridge(alpha=penalty).fit(train[rows], train_truth[rows])

    def squared_error(model: Ridge, vectors: np.ndarray, truth: np.ndarray) -> float:
        return float(np.square(truth - model.predict(vectors)).sum())

    errors = [
        squared_error(fit(penalty, learn), train[validate], train_truth[validate])
        for penalty in PENALTIES
    ]
    best = fit(PENALTIES[int(np.argmin(errors))], np.concatenate([validate, learn]))
    return 1 - squared_error(best, test, test_truth) / spread


def _rated(
    vectors: np.ndarray, ratings: Ratings, part: str
) -> tuple[np.ndarray, np.ndarray]:
    rows = [i for i, rating in enumerate(ratings) if rating is not None]
    if len(rows) < 2:
        raise InputError(
            f"The {part} corpus must have at least 2 documents with a rating: a "
            f"`rating` key or column. Received: {len(rows)} of {len(ratings)}."
        )
    truth = np.array([ratings[i] for i in rows], np.float64)
    return vectors[rows].astype(np.float64), truth
