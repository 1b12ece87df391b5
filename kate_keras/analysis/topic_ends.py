"""The two ends of a unit: what its strongest documents have more of than others."""

import numpy as np
from threadpoolctl import threadpool_limits

# Share of the documents at an end of a unit, and how many there are at the least.
SHARE = 0.01
LEAST = 10


def topic_ends(activations: np.ndarray) -> np.ndarray | None:
    """Returns how documents at the two ends of each unit differ from all documents.

    At the upper end of a unit is the 1 % of the documents, of few of them the ten, but
    no more than half, whose

        g_i / sqrt(|g|)        g = h less the mean of h over all documents

    is the highest, at its lower end those of whom it is the lowest: its square is how
    far a document lies there, times the share of the unit in all that sets it apart.
    By `g_i` alone the longest documents, which move every unit, would be at most ends;
    by `g_i / |g|` many documents that hardly lie anywhere. What ties with the last is
    there too.

    Args:
        activations: Activations before the read-out, shape `(n_documents, d)`.

    Returns:
        Mean activations at an end less those of all documents, float32 of shape
        `(2, d, d)`: `[0, :, i]` at the upper end of unit `i`, `[1, :, i]` at its lower
        end, zeros where a unit says the same of every document; `None` if there are no
        documents.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import topic_ends
        >>> ends = topic_ends(np.array([[1.0, 0.5], [0.0, 0.5], [-1.0, 0.5]]))
        >>> ends[:, :, 0].tolist(), ends[:, :, 1].tolist()
        ([[1.0, 0.0], [-1.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]])
    """
    n = len(activations)
    if not n:
        return None
    at_end = max(1, min(n // 2, max(LEAST, round(SHARE * n))))
    centred = activations - activations.mean(axis=0, dtype=np.float64)
    # Exactly, whatever rounding has made of the mean.
    centred[:, activations.max(axis=0) == activations.min(axis=0)] = 0.0
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    heights = centred / np.sqrt(np.where(lengths > 0, lengths, 1.0))
    ends = []
    for sign in (1, -1):
        height = sign * heights
        last = np.partition(height, n - at_end, axis=0)[n - at_end]
        there = height >= last
        n_there = there.sum(axis=0)
        # The order of a product's sums goes by the threads that share it.
        with threadpool_limits(1, user_api="blas"):
            mean = centred.T @ there / n_there
        ends.append(np.where(n_there < n, mean, 0.0))
    return np.array(ends, np.float32)
