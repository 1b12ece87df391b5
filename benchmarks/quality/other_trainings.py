"""Ways to train that were tried, and that the package does not have."""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest import mock

import keras
import numpy as np
import tensorflow as tf
from scipy import sparse
from sklearn.linear_model import Ridge

from kate_keras.layers import k_competitive
from kate_keras.layers.competition import compete
from kate_keras.models import Autoencoder
from kate_keras.text.stored_counts import Counts
from kate_keras.training import compiled, fit, train
from kate_keras.training.batches import documents_with_words, sparse_batches
from kate_keras.training.callbacks import BestWeights
from kate_keras.training.losses import LOSSES, WordCrossentropy
from kate_keras.training.row_adam import RowAdam

# Activations, k and alpha, and how much of training is over, from 0 to 1.
Competition = Callable[[tf.Tensor, int, float, tf.Tensor], tf.Tensor]
History = dict[str, list[float]]


class Elapsed(keras.callbacks.Callback):
    """Holds how much of a training is over, for the graph of its steps."""

    def __init__(self) -> None:
        super().__init__()
        self.share = tf.Variable(0.0, trainable=False)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Moves on; the last epoch has 1."""
        self.share.assign(epoch / max(1, self.params["epochs"] - 1))


def competing(competition: Competition, *arguments: Any, **options: Any) -> History:
    """Trains with another competition in the layer's place."""
    elapsed = Elapsed()

    def other(h: tf.Tensor, k: int, alpha: float) -> tf.Tensor:
        return competition(h, k, alpha, elapsed.share)

    with mock.patch.object(k_competitive, "compete", other):
        return train(*arguments, callbacks=[elapsed], **options)


def let_go(h: tf.Tensor, k: int, alpha: float, elapsed: tf.Tensor) -> tf.Tensor:
    """Blends the competition out over the second half of training."""
    left = tf.clip_by_value(2 * (1 - elapsed), 0.0, 1.0)
    return left * compete(h, k, alpha) + (1 - left) * h


def amplified_late(h: tf.Tensor, k: int, alpha: float, elapsed: tf.Tensor) -> tf.Tensor:
    """Raises the amplification from 0 to its own over the first half of training."""
    z = compete(h, k, 0.0)
    return z + tf.minimum(2 * elapsed, 1.0) * (compete(h, k, alpha) - z)


def half_blended(h: tf.Tensor, k: int, alpha: float, elapsed: tf.Tensor) -> tf.Tensor:  # noqa: ARG001
    """Hands over half of what competed and half of what did not."""
    return 0.5 * compete(h, k, alpha) + 0.5 * h


def half_of_the_documents(*arguments: Any, **options: Any) -> History:
    """Trains with a random half of a batch's documents competing."""
    generator = tf.random.Generator.from_seed(0)

    def competition(
        h: tf.Tensor,
        k: int,
        alpha: float,
        elapsed: tf.Tensor,  # noqa: ARG001
    ) -> tf.Tensor:
        chosen = generator.uniform([tf.shape(h)[0], 1]) < 0.5
        return tf.where(chosen, compete(h, k, alpha), h)

    return competing(competition, *arguments, **options)


class AveragedWeights(BestWeights):
    """Hands out the mean of the last epochs' weights."""

    EPOCHS = 5

    def __init__(self) -> None:
        super().__init__()
        self.last: deque[list[np.ndarray]] = deque(maxlen=self.EPOCHS)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        """Keeps the epoch's weights."""
        super().on_epoch_end(epoch, logs)
        self.last.append(self.model.get_weights())

    def restore(self) -> None:
        """Puts the mean of the last epochs in place."""
        columns = zip(*self.last, strict=True)
        self.model.set_weights([np.mean(weights, axis=0) for weights in columns])


def averaged(*arguments: Any, **options: Any) -> History:
    """Takes the mean weights of the last epochs instead of the best epoch's."""
    with mock.patch.object(fit, "BestWeights", AveragedWeights):
        return train(*arguments, **options)


def from_the_middle(
    autoencoder: Autoencoder, *arguments: Any, **options: Any
) -> History:
    """Trains units whose biases start at 0."""
    autoencoder.start_units(0.0)
    return train(autoencoder, *arguments, **options)


class MassPowered(WordCrossentropy):
    """The loss of a document times its mass to a power; by 0 it is the usual one.

    A document's mass is what its normalised counts sum up to, which grows with its
    words, and so does its loss.
    """

    def __init__(self, power: float) -> None:
        super().__init__()
        self.power = power

    def sparse(
        self,
        x: tf.SparseTensor,
        logits: tf.Tensor,
        log_weights: tf.Tensor | float = 0.0,
    ) -> tf.Tensor:
        """Returns the loss of every document."""
        mass = tf.math.unsorted_segment_sum(x.values, x.indices[:, 0], x.dense_shape[0])
        # A document without words has no loss to weigh.
        weights = tf.pow(tf.where(mass > 0, mass, 1.0), self.power)
        return weights * super().sparse(x, logits, log_weights)


def mass_powered(power: float, *arguments: Any, **options: Any) -> History:
    """Trains with documents that count by another power of their mass."""
    with mock.patch.dict(LOSSES, words=partial(MassPowered, power)):
        return train(*arguments, **options)


# What smoothing adds to each word's sum of squares, as a share of their mean.
SMOOTHING = 0.3


def smoothed_kernel(x: sparse.csr_array, kernel: np.ndarray) -> np.ndarray:
    """Returns the kernel by which a ridge regression gives the pre-activations.

    Least squares alone would give the kernel back; what the penalty takes from it lies
    in directions in which documents hardly differ, and is mostly chance.

    Args:
        x: What the kernel is multiplied by, `(n_documents, vocabulary_size)`.
        kernel: Weights, `(vocabulary_size, n_components)`.
    """
    penalty = SMOOTHING * x.multiply(x).sum() / x.shape[1]
    ridge = Ridge(penalty, fit_intercept=False, solver="cholesky")
    smoothed: np.ndarray = ridge.fit(x, x @ kernel).coef_.T
    return smoothed


def smoothed(
    autoencoder: Autoencoder, counts: Counts, *arguments: Any, **options: Any
) -> History:
    """Smooths the kernel after training."""
    history = train(autoencoder, counts, *arguments, **options)
    normalize, rows = autoencoder.get_layer("log_count"), []
    for batch in sparse_batches(counts, documents_with_words(counts), 1000):
        x = normalize(batch)
        places, values = x.indices.numpy().T, x.values.numpy().astype(np.float64)
        rows.append(sparse.csr_array((values, tuple(places)), shape=x.shape))
    kernel = autoencoder.get_layer("tied_dense").kernel
    kernel.assign(smoothed_kernel(sparse.vstack(rows, format="csr"), kernel.numpy()))
    return history


def of_the_last_steps(*arguments: Any, **options: Any) -> History:
    """Trains by step sizes that go by the last 50 gradients rather than 1,000."""
    with mock.patch.object(compiled, "RowAdam", partial(RowAdam, beta_2=0.98)):
        return train(*arguments, **options)


# What `KATE.fit` takes as its trainer.
OTHER_TRAININGS: dict[str, Callable[..., History]] = {
    "competition let go in the second half": partial(competing, let_go),
    "amplification grows over the first half": partial(competing, amplified_late),
    "half of each code competes": partial(competing, half_blended),
    "half of the documents compete": half_of_the_documents,
    "mean weights of the last 5 epochs": averaged,
    "documents count alike": partial(mass_powered, -1.0),
    "documents count by the root of their mass": partial(mass_powered, -0.5),
    "documents count by the power 3/2 of their mass": partial(mass_powered, 0.5),
    "step sizes by the last 50 gradients": of_the_last_steps,
    "kernel smoothed": smoothed,
    "alpha 2/k, kernel smoothed": smoothed,
    "k-sparse, kernel smoothed": smoothed,
    "units start in the middle": from_the_middle,
    "units start in the middle, k = 8": from_the_middle,
    "units start in the middle, k = 32": from_the_middle,
}
