"""Which documents watch training and are not trained on."""

import numpy as np

# A few hundred documents tell epochs apart.
USUAL_FRACTION = 0.05
MOST_HELD_OUT = 200


def split(
    n_documents: int, validation_fraction: float | None, random_state: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draws a validation part; rows of a corpus file are often sorted by class.

    Args:
        n_documents: Number of documents, at least 2.
        validation_fraction: Share of them held out, at least one document; `None`, one
            in twenty, but no more than 200.
        random_state: Seed.

    Returns:
        Indices of the training and of the validation documents.
    """
    order = np.random.default_rng(random_state).permutation(n_documents)
    if validation_fraction is None:
        wanted = min(round(USUAL_FRACTION * n_documents), MOST_HELD_OUT)
    else:
        wanted = round(validation_fraction * n_documents)
    held_out = min(max(1, wanted), n_documents - 1)
    return np.sort(order[held_out:]), np.sort(order[:held_out])
