"""Keeping the topics of a training apart."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from threadpoolctl import threadpool_limits

from kate_keras.text.count_input import document_frequency
from kate_keras.text.stored_counts import Counts

# As many words are moved at the most.
MOST_WORDS = 50_000
# Share of the largest eigenvalue that is taken for none.
ROUNDING = 1e-6


class TopicSeparation(keras.callbacks.Callback):
    """Turns the columns of the kernel away from each other after every epoch.

    With `W = U N` the kernel, `U` its columns at length one and `N` their lengths:

        U <- U (U^T U)^(-share / 2), its columns at length one again
        W <- U N

    The columns keep their lengths; of each other's directions they lose a share. All of
    it would make them orthogonal, by the orthonormal columns that are nearest to them
    (Loewdin). What all topics have in common, one of them can tell; by gradients alone
    each of them learns it. It comes before the epoch is validated, so that the best
    epoch is chosen among weights that have been moved.

    Args:
        share: Share of the way to orthogonal columns, from 0 to 1.
        words: Ids of the words whose rows of `W` are moved, ascending.

    Reference:
        It is not in the paper, which measures what it moves, the mean squared cosine
        deviation of the topics (section 4.3, table 4). Xie, Deng and Xing,
        "Diversifying Restricted Boltzmann Machine for Document Modeling", KDD 2015,
        keep topics apart by a penalty on their angles. Loewdin, "On the
        Non-Orthogonality Problem Connected with the Use of Atomic Wave Functions in the
        Theory of Molecules and Crystals", Journal of Chemical Physics 18, 1950, for the
        orthonormal columns.
    """

    def __init__(self, share: float, words: np.ndarray) -> None:
        super().__init__()
        self.share = share
        self.words = words

    def on_test_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        """Moves the kernel, unless training has diverged."""
        kernel = self.model.autoencoder.get_layer("tied_dense").kernel.value
        # Every process that trains has the same weights, and moves its own.
        kernel = getattr(kernel, "values", [kernel])[0]
        weights = tf.gather(kernel, self.words).numpy()
        # The order of a product's sums goes by the threads that share it.
        with threadpool_limits(1, user_api="blas"):
            # Of weights that are finite still, squares may not be.
            with np.errstate(all="ignore"):
                gram = weights.T @ weights
            if np.isfinite(gram).all():
                moved = weights @ separation(gram, self.share)
                kernel.scatter_update(tf.IndexedSlices(moved, self.words))


def separated_words(counts: Counts) -> np.ndarray:
    """Returns ids of the words that topics are kept apart by, ascending.

    They are the 50,000 of the most documents. Topics hardly have weight in others, and
    an epoch would have to wait for the product of all rows of a large kernel.

    Args:
        counts: Word counts, shape `(n_documents, vocabulary_size)`.
    """
    n_words = counts.shape[1]
    if n_words <= MOST_WORDS:
        return np.arange(n_words)
    order = np.argsort(-document_frequency(counts), kind="stable")
    return np.sort(order[:MOST_WORDS])


def separation(gram: np.ndarray, share: float) -> np.ndarray:
    """Returns the matrix by which a kernel is multiplied to separate its columns.

    Args:
        gram: `W^T W` of the kernel, shape `(n_components, n_components)`.
        share: Share of the way to orthogonal columns, from 0 to 1.

    Returns:
        Float32 array of the shape of `gram`.

    Example:
        >>> import numpy as np
        >>> from kate_keras.training.topic_separation import separation
        >>> kernel = np.array([[2.0, 0.8], [0.0, 0.6]])
        >>> moved = kernel @ separation(kernel.T @ kernel, share=1.0)
        >>> (moved.T @ moved).round(5) + 0.0
        array([[4., 0.],
               [0., 1.]])
    """
    gram = np.asarray(gram, np.float64)
    lengths = np.sqrt(np.diag(gram))
    # A column of zeros has no direction, and stays.
    inverse = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    cosines = inverse[:, None] * gram * inverse
    values, axes = np.linalg.eigh(cosines)
    values = np.maximum(values, ROUNDING * values[-1])
    turn = (axes * np.power(values, -share / 2)) @ axes.T
    turned = np.sqrt(np.einsum("ij,ik,kj->j", turn, cosines, turn, optimize=True))
    scale = np.divide(lengths, turned, out=np.zeros_like(lengths), where=lengths > 0)
    moved: np.ndarray = (inverse[:, None] * turn * scale).astype(np.float32)
    return moved
