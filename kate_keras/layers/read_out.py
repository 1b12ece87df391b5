"""Activations to the vectors that are handed out."""

from collections.abc import Iterable
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

ReadOutMode = Literal["activations", "centered", "whitened"]
MODES = ("activations", "centered", "whitened")


@keras.saving.register_keras_serializable(package="kate_keras")
class ReadOut(keras.layers.Layer):
    """Turns activations into document vectors with the training corpus' statistics.

    Args:
        mode: `"activations"`, unchanged (the paper); `"centered"`, less the training
            mean; `"whitened"`, also rotated to the principal axes, divided by
            `sqrt(variance + shrinkage * mean variance)` there, and rotated back, so
            that a dimension stays with its unit. Cosines and distances are those of
            the principal axes.
        shrinkage: How many times the mean variance is added to each; keeps the noise
            of weak axes small. In Ledoit and Wolf's terms, a covariance shrunk by
            `shrinkage / (1 + shrinkage)` towards the identity.
        **kwargs: Keras layer arguments.

    Call arguments:
        inputs: Activations, tensor of shape `(batch, units)`.

    Returns:
        Vectors of the shape of `inputs`.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> layer = kate_keras.layers.ReadOut("centered")
        >>> layer.adapt([np.array([[1.0, 0.0], [3.0, 2.0]])])
        >>> layer(np.array([[1.0, 0.0]], "float32")).numpy()
        array([[-1., -1.]], dtype=float32)

    Reference:
        The read-out is not in the paper. The shrunk covariance is that of Ledoit and
        Wolf, "A well-conditioned estimator for large-dimensional covariance matrices",
        Journal of Multivariate Analysis 2004, with a fixed intensity.
    """

    def __init__(
        self, mode: ReadOutMode = "whitened", shrinkage: float = 8.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if mode not in MODES:
            raise ValueError(f"`mode` must be one of {MODES}. Received: mode={mode!r}")
        if not np.isfinite(shrinkage) or shrinkage <= 0:
            raise ValueError(
                "`shrinkage` must be finite and above 0, or a direction without "
                f"variance would be divided by 0. Received: shrinkage={shrinkage!r}"
            )
        self.mode = mode
        self.shrinkage = float(shrinkage)
        self.supports_masking = True
        self.reset_state()

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights of an identity; `adapt` fills them."""
        units = input_shape[-1]
        if self.mode != "activations":
            self.mean = self.add_weight(
                name="mean", shape=(units,), initializer="zeros", trainable=False
            )
        if self.mode == "whitened":
            self.whitening = self.add_weight(
                name="whitening",
                shape=(units, units),
                initializer="identity",
                trainable=False,
            )
        self.built = True

    def reset_state(self) -> None:
        """Forgets what `update_state` gathered."""
        self._count = 0
        self._mean: Any = 0.0
        self._scatter: Any = 0.0

    def update_state(self, activations: np.ndarray) -> None:
        """Adds a batch to the running mean and scatter, in float64.

        Args:
            activations: Array of shape `(batch, units)`.
        """
        batch = np.asarray(activations, np.float64)
        if not len(batch):
            return
        count, mean = len(batch), batch.mean(axis=0)
        delta = mean - self._mean
        total = self._count + count
        between = np.outer(delta, delta) * (self._count * count / total)
        self._scatter = self._scatter + (batch - mean).T @ (batch - mean) + between
        self._mean = self._mean + delta * (count / total)
        self._count = total

    def finalize_state(self) -> None:
        """Turns the gathered statistics into the layer's weights.

        Raises:
            ValueError: If nothing was gathered, or the activations are constant.
        """
        if not self._count:
            raise ValueError(
                "ReadOut has no statistics: give `adapt` at least a batch."
            )
        if not self.built:
            self.build((None, len(self._mean)))
        if self.mode != "activations":
            self.mean.assign(self._mean)
        if self.mode == "whitened":
            variances, axes = np.linalg.eigh(self._scatter / self._count)
            variances, axes = np.maximum(variances[::-1], 0.0), axes[:, ::-1]
            if variances[0] == 0:
                raise ValueError(
                    "All documents have the same activations: nothing to whiten."
                )
            scale = np.sqrt(variances + self.shrinkage * variances.mean())
            self.whitening.assign((axes / scale) @ axes.T)

    def adapt(self, batches: Iterable[np.ndarray]) -> None:
        """Learns the statistics of batches of activations, each `(batch, units)`."""
        self.reset_state()
        for activations in batches:
            self.update_state(activations)
        self.finalize_state()

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns the document vectors."""
        if self.mode == "activations":
            return inputs
        centered = inputs - self.mean
        if self.mode == "centered":
            return centered
        # One row at a time: a product of the whole batch sums in an order that
        # depends on the batch's size, and a vector must not depend on its neighbours.
        rows = keras.ops.expand_dims(centered, -2)
        return keras.ops.squeeze(keras.ops.matmul(rows, self.whitening), -2)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this layer anew."""
        return {**super().get_config(), "mode": self.mode, "shrinkage": self.shrinkage}
