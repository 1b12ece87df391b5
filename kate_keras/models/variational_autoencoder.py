"""The variational autoencoder."""

from typing import Any, Unpack

import keras
import numpy as np
import tensorflow as tf

from kate_keras.layers import GaussianCode, TiedDense, gaussian_divergence
from kate_keras.models.autoencoder import Autoencoder, FrameOptions, seed_of
from kate_keras.models.first_layer import first_kernel


@keras.saving.register_keras_serializable(package="kate_keras")
class VariationalAutoencoder(Autoencoder):
    """A normal distribution per document as its code.

        a = tanh(x W + b)                    (batch, n_hidden)
        m, log s^2 = a M + ..., a L + ...    (batch, n_components) each
        z = m + s * noise, in training; m    (batch, n_components)
        g = tanh(z D + ...)                  (batch, n_hidden)
        logits = g W^T + c                   (batch, vocabulary_size)
        loss += strength * KL(N(m, s^2) || N(0, 1)), in training

    As in the released code: tanh, the mean as the code, a decoder that mirrors the
    encoder and whose last layer is tied to the first. That code leaves both sizes to
    the user; here the hidden layer is twice as wide as the code.

    Args:
        vocabulary_size: Number of words `V`.
        n_components: Number of topics `d`, the size of the code.
        n_hidden: Units of the hidden layers; `None`, `2 * n_components`.
        strength: Weight of the divergence; `None`, 1.
        **options: See `KATEAutoencoder`.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> model = kate_keras.models.VariationalAutoencoder(6, n_components=4)
        >>> counts = np.array([[2.0, 0, 1, 0, 0, 0]], "float32")
        >>> model(counts).shape, model.kernel.shape, model.divergence(counts).shape
        (TensorShape([1, 6]), (6, 4), TensorShape([1, 4]))

    Reference:
        Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014; the VAE of
        Chen and Zaki 2017, section 4.
    """

    def __init__(
        self,
        vocabulary_size: int,
        n_components: int,
        n_hidden: int | None = None,
        strength: float | None = None,
        **options: Unpack[FrameOptions],
    ) -> None:
        def kernel(part: int) -> keras.initializers.Initializer:
            return keras.initializers.GlorotNormal(seed=seed_of(part, options))

        # === Layers ===
        n_hidden = 2 * n_components if n_hidden is None else n_hidden
        kl_weight = 1.0 if strength is None else strength
        tied_dense = TiedDense(n_hidden, first_kernel(options), name="tied_dense")
        tanh = keras.layers.Activation("tanh", name="activations")
        gaussian = GaussianCode(
            n_components,
            kl_weight,
            kernel(1),
            kernel(2),
            seed=seed_of(3, options),
            name="gaussian_code",
        )
        mirror = keras.layers.Dense(
            n_hidden, "tanh", kernel_initializer=kernel(4), name="decoder"
        )

        # === Functional Model ===
        def connect(x: Any) -> tuple[Any, Any]:
            code = gaussian(tanh(tied_dense(x)))
            return code, tied_dense(mirror(code), reverse=True)

        super().__init__(vocabulary_size, n_components, connect, **options)

        # === Config ===
        self.n_hidden = n_hidden
        self.strength = kl_weight

    @property
    def kernel(self) -> np.ndarray:
        """The linear chain `W M`, what a word does to the mean as long as tanh is.

        Shape `(vocabulary_size, n_components)`.
        """
        chain: np.ndarray = (
            self.get_layer("tied_dense").kernel.numpy()
            @ self.get_layer("gaussian_code").mean_kernel.numpy()
        )
        return chain

    def code(self, counts: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
        """Returns the means, without noise and without the read-out."""
        # One row at a time, as in the read-out: a vector must not depend on its batch.
        hidden = keras.ops.expand_dims(self._hidden(counts), -2)
        return keras.ops.squeeze(self.get_layer("gaussian_code")(hidden), -2)

    def decode(self, code: tf.Tensor) -> tf.Tensor:
        """Returns the logits of a code."""
        hidden = self.get_layer("decoder")(code)
        return self.get_layer("tied_dense")(hidden, reverse=True)

    def divergence(self, counts: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
        """Returns what every unit tells of a document.

        A unit whose divergence is near 0 for all documents has collapsed: its
        distribution is the standard normal one, whatever the document.

        Args:
            counts: Counts, dense or sparse, of shape `(batch, vocabulary_size)`.

        Returns:
            `KL(N(m, s^2) || N(0, 1))` in nats, shape `(batch, n_components)`.
        """
        moments = self.get_layer("gaussian_code").moments(self._hidden(counts))
        return gaussian_divergence(*moments)

    def _hidden(self, counts: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
        layer = self.get_layer
        return layer("activations")(layer("tied_dense")(layer("log_count")(counts)))

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this model anew."""
        return {
            **super().get_config(),
            "n_hidden": self.n_hidden,
            "strength": self.strength,
        }
