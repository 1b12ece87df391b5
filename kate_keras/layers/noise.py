"""Noise that corrupts the input of a denoising autoencoder, in training only."""

import math
from typing import Any

import keras
import tensorflow as tf


class Noise(keras.layers.Layer):
    """Base of layers that corrupt their input in training and pass it on otherwise.

    Random numbers are drawn in float32 under any dtype policy: bfloat16 knows too few
    numbers to hide one element in a hundred.

    Args:
        level: Strength of the noise; see the layer.
        seed: Seed of the noise; `None` draws one.
        **kwargs: Keras layer arguments (`name`, `dtype`, `trainable`).
    """

    most = math.inf

    def __init__(self, level: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not math.isfinite(level) or not 0 <= level <= self.most:
            limit = "" if self.most == math.inf else f" and at most {self.most:g}"
            raise ValueError(
                f"`level` of {type(self).__name__} must be finite, at least 0{limit}. "
                f"Received: level={level!r}"
            )
        self.level = float(level)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """Returns the corrupted inputs in training, the inputs otherwise.

        Args:
            inputs: Tensor of shape `(..., features)`.
            training: Whether the model is being trained.

        Returns:
            Tensor of the shape and dtype of `inputs`.
        """
        if not training or self.level == 0:
            return inputs
        return self.corrupt(tf.convert_to_tensor(inputs))

    def corrupt(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns noisy `inputs`, of their shape and dtype."""
        raise NotImplementedError

    def _uniform(self, inputs: tf.Tensor) -> tf.Tensor:
        """Draws from 0 to 1 for every element."""
        shape = tf.shape(inputs)
        return keras.random.uniform(shape, dtype="float32", seed=self.seed_generator)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this layer anew."""
        return {**super().get_config(), "level": self.level, "seed": self.seed}


@keras.saving.register_keras_serializable(package="kate_keras")
class MaskingNoise(Noise):
    """Sets a share of the elements to 0 in training; the others keep their value.

    Unlike `keras.layers.Dropout` it does not divide the others by `1 - level`: the
    network sees documents in which words are missing, at their usual size.

    Args:
        level: Probability that an element is hidden, from 0 to 1. The released code of
            KATE uses .01 and hides exactly that share of each document.
        seed: Seed of the noise; `None` draws one.
        **kwargs: Keras layer arguments.

    Call arguments:
        inputs: Tensor of shape `(..., features)`.
        training: Whether to corrupt.

    Returns:
        Tensor of the shape and dtype of `inputs`.

    Raises:
        ValueError: If `level` is out of its range.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> layer = kate_keras.layers.MaskingNoise(0.5, seed=0)
        >>> noisy = layer(np.ones((1, 1000), "float32"), training=True).numpy()
        >>> sorted(set(noisy[0].tolist())), bool(400 < noisy.sum() < 600)
        ([0.0, 1.0], True)

    Reference:
        Vincent et al., "Stacked Denoising Autoencoders", JMLR 2010, section 3.3.
    """

    most = 1.0

    def corrupt(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns `inputs` with a share of the elements at 0."""
        hidden = self._uniform(inputs) < self.level
        return tf.where(hidden, tf.zeros_like(inputs), inputs)


@keras.saving.register_keras_serializable(package="kate_keras")
class GaussianNoise(Noise):
    """Adds normal noise in training and clips to the document's range.

    The range is from 0 to the largest element along the last axis, which is 1 for
    log-normalised counts. `keras.layers.GaussianNoise` does not clip.

    Args:
        level: Standard deviation of the noise, at least 0; the released code of KATE
            uses .1.
        seed: Seed of the noise; `None` draws one.
        **kwargs: Keras layer arguments.

    Call arguments:
        inputs: Non-negative tensor of shape `(..., features)`.
        training: Whether to corrupt.

    Returns:
        Tensor of the shape and dtype of `inputs`.

    Raises:
        ValueError: If `level` is out of its range.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> layer = kate_keras.layers.GaussianNoise(0.1, seed=0)
        >>> noisy = layer(np.eye(2, dtype="float32"), training=True).numpy()
        >>> bool(0 <= noisy.min() and noisy.max() <= 1)
        True

    Reference:
        Vincent et al., "Stacked Denoising Autoencoders", JMLR 2010, section 3.3.
    """

    def corrupt(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns `inputs` plus noise, clipped."""
        noise = keras.random.normal(
            tf.shape(inputs), 0.0, self.level, "float32", self.seed_generator
        )
        noisy = inputs + tf.cast(noise, inputs.dtype)
        largest = tf.reduce_max(inputs, axis=-1, keepdims=True)
        return tf.minimum(tf.nn.relu(noisy), largest)


@keras.saving.register_keras_serializable(package="kate_keras")
class SaltAndPepperNoise(Noise):
    """Sets a share of the elements to 0 or to the largest, by a fair coin, in training.

    The largest is that along the last axis: 1 for log-normalised counts.

    Args:
        level: Probability that an element is replaced, from 0 to 1; the released code
            of KATE uses .1.
        seed: Seed of the noise; `None` draws one.
        **kwargs: Keras layer arguments.

    Call arguments:
        inputs: Tensor of shape `(..., features)`.
        training: Whether to corrupt.

    Returns:
        Tensor of the shape and dtype of `inputs`.

    Raises:
        ValueError: If `level` is out of its range.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> layer = kate_keras.layers.SaltAndPepperNoise(1.0, seed=0)
        >>> x = np.array([[0.25, 0.5, 0.75, 1.0]], "float32")
        >>> set(layer(x, training=True).numpy()[0].tolist()) <= {0.0, 1.0}
        True

    Reference:
        Vincent et al., "Stacked Denoising Autoencoders", JMLR 2010, section 3.3.
    """

    most = 1.0

    def corrupt(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns `inputs` with a share of the elements at either end of the range."""
        draw = self._uniform(inputs)
        largest = tf.reduce_max(inputs, axis=-1, keepdims=True)
        salted = tf.where(draw < self.level, largest, inputs)
        return tf.where(draw < self.level / 2, tf.zeros_like(inputs), salted)
