"""The code of a variational autoencoder."""

import math
from typing import Any

import keras
import tensorflow as tf

from kate_keras.argument_checks import is_integer


def gaussian_divergence(mean: tf.Tensor, log_variance: tf.Tensor) -> tf.Tensor:
    """Returns the divergence of normal distributions from the standard normal one.

        KL(N(m, s^2) || N(0, 1)) = (m^2 + s^2 - 1 - log s^2) / 2

    Args:
        mean: `m`, any shape.
        log_variance: `log s^2`, the same shape.

    Returns:
        Nats per element, at least 0.

    Example:
        >>> import numpy as np
        >>> from kate_keras.layers import gaussian_divergence
        >>> gaussian_divergence(np.array([0.0, 2.0]), np.zeros(2)).numpy().tolist()
        [0.0, 2.0]

    Reference:
        Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014, appendix B.
    """
    return 0.5 * (keras.ops.square(mean) + keras.ops.expm1(log_variance) - log_variance)


@keras.saving.register_keras_serializable(package="kate_keras")
class GaussianCode(keras.layers.Layer):
    """A normal distribution per document: a sample in training, its mean otherwise.

        m = a M + b        log s^2 = a L + c        z = m + s * e,  e ~ N(0, 1)

    Training adds `kl_weight` times the mean over the documents of the divergence of
    that distribution from `N(0, 1)`, summed over the units. Sums and the exponential
    run in float32 under any dtype policy.

    Args:
        units: Size `d` of the code.
        kl_weight: Weight of the divergence, finite and at least 0; 1 is the bound of
            the paper.
        mean_initializer: Initialiser of `M`.
        log_variance_initializer: Initialiser of `L`.
        seed: Seed of the samples; `None` draws one.
        **kwargs: Keras layer arguments.

    Call arguments:
        inputs: `a`, tensor of shape `(..., features)`.
        training: Whether to sample and to add the divergence.

    Returns:
        `z`, or `m` outside training, of shape `(..., units)`.

    Raises:
        ValueError: If an argument is out of its range.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> layer = kate_keras.layers.GaussianCode(2, mean_initializer="ones")
        >>> layer(np.ones((1, 3), "float32")).numpy()
        array([[3., 3.]], dtype=float32)

    Reference:
        Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014, section 3.
    """

    def __init__(
        self,
        units: int,
        kl_weight: float = 1.0,
        mean_initializer: Any = "glorot_normal",
        log_variance_initializer: Any = "glorot_normal",
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not is_integer(units) or units < 1:
            raise ValueError(
                "`units` must be a whole number of at least 1. "
                f"Received: units={units!r}"
            )
        if not math.isfinite(kl_weight) or kl_weight < 0:
            raise ValueError(
                "`kl_weight` must be finite and at least 0. "
                f"Received: kl_weight={kl_weight!r}"
            )
        self.units = int(units)
        self.kl_weight = float(kl_weight)
        self.mean_initializer = keras.initializers.get(mean_initializer)
        self.log_variance_initializer = keras.initializers.get(log_variance_initializer)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes kernel and bias of the means and of the logarithms of the variance."""
        shape = (input_shape[-1], self.units)
        self.mean_kernel = self.add_weight(
            name="mean_kernel", shape=shape, initializer=self.mean_initializer
        )
        self.mean_bias = self.add_weight(
            name="mean_bias", shape=(self.units,), initializer="zeros"
        )
        self.log_variance_kernel = self.add_weight(
            name="log_variance_kernel",
            shape=shape,
            initializer=self.log_variance_initializer,
        )
        self.log_variance_bias = self.add_weight(
            name="log_variance_bias", shape=(self.units,), initializer="zeros"
        )
        self.built = True

    def moments(self, inputs: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the means and the logarithms of the variance, `(..., units)` each."""
        mean = keras.ops.matmul(inputs, self.mean_kernel) + self.mean_bias
        log_variance = keras.ops.matmul(inputs, self.log_variance_kernel)
        return mean, log_variance + self.log_variance_bias

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """Returns a sample in training, the mean otherwise."""
        if not training:
            return keras.ops.matmul(inputs, self.mean_kernel) + self.mean_bias
        mean, log_variance = (
            keras.ops.cast(moment, "float32") for moment in self.moments(inputs)
        )
        divergence = keras.ops.sum(gaussian_divergence(mean, log_variance), axis=-1)
        self.add_loss(self.kl_weight * keras.ops.mean(divergence))
        noise = keras.random.normal(
            keras.ops.shape(mean), dtype="float32", seed=self.seed_generator
        )
        sample = mean + keras.ops.exp(0.5 * log_variance) * noise
        return keras.ops.cast(sample, self.compute_dtype)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the shape of the code."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this layer anew."""
        return {
            **super().get_config(),
            "units": self.units,
            "kl_weight": self.kl_weight,
            "mean_initializer": keras.initializers.serialize(self.mean_initializer),
            "log_variance_initializer": keras.initializers.serialize(
                self.log_variance_initializer
            ),
            "seed": self.seed,
        }
