"""What the linear models that measure vectors share."""

import numpy as np


def hold_out(n_documents: int, random_state: int) -> tuple[np.ndarray, np.ndarray]:
    """Draws a tenth of the training documents, at least one, to choose a strength on.

    Args:
        n_documents: Number of training documents.
        random_state: Seed.

    Returns:
        Indices of the documents held out, and of those to learn from.
    """
    order = np.random.default_rng(random_state).permutation(n_documents)
    validate, learn = np.split(order, [max(1, n_documents // 10)])
    return validate, learn


def to_unit_scale(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Divides both by the root mean square of the training vectors' entries.

    A strength then means the same whatever the scale of the vectors, and solvers start
    with steps of the right size. One factor for all entries keeps every cosine.

    Args:
        train: Training vectors, shape `(n_train, d)`.
        test: Test vectors, shape `(n_test, d)`.

    Returns:
        The scaled vectors; unchanged where all training vectors are zero.
    """
    scale = float(np.sqrt(np.mean(np.square(train), dtype=np.float64))) or 1.0
    return train / scale, test / scale
