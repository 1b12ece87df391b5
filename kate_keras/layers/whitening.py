"""The read-out's whitening as a layer that is trained through."""

import math
from typing import Any

import keras
import tensorflow as tf

from kate_keras.layers.exact_dtype import exact_dtype
from kate_keras.layers.whitening_matrix import whitening_matrix


@keras.saving.register_keras_serializable(package="kate_keras")
class Whitening(keras.layers.Layer):
    """Takes mean and correlations out of activations, in training too.

        y = (x - m) (S + (shrinkage * mean variance + epsilon) I)^(-1/2)

    This is what `ReadOut` does after training where it is not told the activations of
    the empty text. Here, in training, `m` and `S` are the mean and the covariance of
    the batch, and the gradient passes through both: see `whitening_matrix` for how it
    stays right where eigenvalues meet. They meet where what comes in is white already:
    behind another such layer, or once training has made it so.

    Outside training, and where the layer is not `trainable`, `m` and `S` are moving
    ones, weighted by rows. Their first batch counts in full, so that they are never
    mixed with made-up values; before it, inputs pass unchanged. The moving covariance
    holds the spread of the batches' means too: with `momentum=1` both are exactly those
    of all rows so far, which `ReadOut.adapt` computes. A vector does not depend on the
    others of its batch.

    All of this runs in float32, or in float64 under that dtype policy. A step costs two
    eigendecompositions of `units x units`; outside training there is none.

    Give it batches of several times as many rows as units. With fewer rows than units,
    and little `shrinkage`, whitening makes all rows of a batch equally far from each
    other, and there is nothing to learn from. A constant batch, or one of a single
    row, becomes zeros, and its gradient is finite.

    Args:
        shrinkage: How many times the mean variance is added to each, finite and at
            least 0. See `ReadOut`.
        momentum: What the rows so far keep of their weight at every step, from 0, the
            last batch alone, to 1, all rows alike.
        epsilon: What is added to each variance besides, finite and above 0: it is what
            a batch without variance is divided by.
        **kwargs: Keras layer arguments.

    Call arguments:
        inputs: Activations, tensor of shape `(..., units)`.
        training: Whether to whiten with the batch's mean and covariance.
        mask: Boolean tensor of shape `(...)`: what is False does not count in them.

    Returns:
        Tensor of the shape of `inputs`, of the layer's compute dtype.

    Raises:
        ValueError: If an argument is out of its range.
        tf.errors.InvalidArgumentError: If activations in training are not finite;
            compiled by XLA, which cannot raise, the outputs are NaN.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> layer = kate_keras.layers.Whitening(shrinkage=0.0, epsilon=1e-12)
        >>> x = np.array([[1, 7], [3, 7], [1, 3], [3, 3]], "float32")
        >>> layer(x, training=True).numpy().round(3)
        array([[-1.,  1.],
               [ 1.,  1.],
               [-1., -1.],
               [ 1., -1.]], dtype=float32)

    Reference:
        Huang, Yang, Lang and Deng, "Decorrelated Batch Normalization", CVPR 2018; the
        shrunk covariance is that of `ReadOut`.
    """

    def __init__(
        self,
        shrinkage: float = 0.1,
        momentum: float = 0.99,
        epsilon: float = 1e-5,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not math.isfinite(shrinkage) or shrinkage < 0:
            raise ValueError(
                "`shrinkage` must be finite and at least 0. "
                f"Received: shrinkage={shrinkage!r}"
            )
        if not 0 <= momentum <= 1:
            raise ValueError(
                f"`momentum` must be from 0 to 1. Received: momentum={momentum!r}"
            )
        if not math.isfinite(epsilon) or epsilon <= 0:
            raise ValueError(
                "`epsilon` must be finite and above 0, or a batch without variance "
                f"would be divided by 0. Received: epsilon={epsilon!r}"
            )
        self.shrinkage = float(shrinkage)
        self.momentum = float(momentum)
        self.epsilon = float(epsilon)
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the moving statistics and the matrix that follows from them."""
        units = input_shape[-1]
        self.moving_count = self._add_statistic("moving_count", (), "zeros")
        self.moving_mean = self._add_statistic("moving_mean", (units,), "zeros")
        self.moving_covariance = self._add_statistic(
            "moving_covariance", (units, units), "zeros"
        )
        self.whitening = self._add_statistic("whitening", (units, units), "identity")
        self.built = True

    def _add_statistic(
        self, name: str, shape: tuple[int | None, ...], initializer: str
    ) -> keras.Variable:
        """Makes a weight that no coarse dtype rounds: it moves by small steps."""
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=initializer,
            dtype=exact_dtype(self.compute_dtype),
            trainable=False,
            autocast=False,
        )

    def call(
        self,
        inputs: tf.Tensor,
        training: bool | None = None,
        mask: tf.Tensor | None = None,
    ) -> tf.Tensor:
        """Returns the whitened activations."""
        activations = tf.cast(inputs, exact_dtype(self.compute_dtype))
        if training and self.trainable:
            outputs = self._whiten_batch(activations, mask)
        else:
            # One row at a time, as in the read-out: a vector must not depend on others.
            rows = tf.expand_dims(activations - self.moving_mean, -2)
            outputs = tf.squeeze(tf.matmul(rows, self.whitening.value), -2)
        return tf.cast(outputs, self.compute_dtype)

    def _whiten_batch(
        self, activations: tf.Tensor, mask: tf.Tensor | None
    ) -> tf.Tensor:
        """Whitens a batch with its own statistics, and remembers these."""
        ones = tf.ones_like(activations[..., :1])
        counted = ones if mask is None else ones * tf.cast(mask, ones.dtype)[..., None]
        count = tf.reduce_sum(counted)
        leading = list(range(len(activations.shape) - 1))
        # Without NaN: all rows may be masked, or there may be none.
        mean = tf.math.divide_no_nan(
            tf.reduce_sum(counted * activations, axis=leading), count
        )
        centered = activations - mean
        rows = tf.reshape(counted * centered, (-1, activations.shape[-1]))
        covariance = tf.math.divide_no_nan(
            tf.matmul(rows, rows, transpose_a=True), count
        )
        self._remember(*map(tf.stop_gradient, (count, mean, covariance)))
        return tf.matmul(centered, self._whitening_of(covariance))

    def _whitening_of(self, covariance: tf.Tensor) -> tf.Tensor:
        return whitening_matrix(covariance, self.shrinkage, self.epsilon)

    def _remember(self, count: tf.Tensor, mean: tf.Tensor, scatter: tf.Tensor) -> None:
        """Moves the statistics towards a batch's, by its share of the rows.

        Args:
            count: Number of rows, a scalar.
            mean: Their mean, shape `(units,)`.
            scatter: Their covariance, shape `(units, units)`.
        """
        total = self.momentum * self.moving_count + count
        share = tf.math.divide_no_nan(count, total)
        step = mean - self.moving_mean
        # The means differ from each other: that is variance as well.
        before = self.moving_covariance + share * step[:, None] * step
        covariance = (1.0 - share) * before + share * scatter
        self.moving_count.assign(total)
        self.moving_mean.assign(self.moving_mean + share * step)
        self.moving_covariance.assign(covariance)
        # Before the first rows there is nothing to whiten by.
        whitening = self._whitening_of(covariance)
        self.whitening.assign(tf.where(total > 0, whitening, self.whitening))

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this layer anew."""
        return {
            **super().get_config(),
            "shrinkage": self.shrinkage,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
        }
