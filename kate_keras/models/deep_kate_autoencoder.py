"""KATE with the competition in a hidden layer before the code."""

from typing import Any, Unpack

import keras
import numpy as np
import tensorflow as tf

from kate_keras.layers import KCompetitive, TiedDense
from kate_keras.layers.competitive_layer import CompetitiveLayer, Inference
from kate_keras.models.autoencoder import Autoencoder, FrameOptions, Place, seed_of
from kate_keras.models.first_layer import first_kernel, first_layer

# Hidden units per component.
WIDTH = 4


@keras.saving.register_keras_serializable(package="kate_keras")
class DeepKATEAutoencoder(Autoencoder):
    """Counts to logits over the vocabulary, through a competition and then a code.

        x = log-normalised counts              (batch, vocabulary_size)
        h = tanh(x W + b)                      (batch, 4 * n_components)
        z = compete(h), in training            (batch, 4 * n_components)
        code = tanh(z M + a)                   (batch, n_components)
        logits = (code M^T + e) W^T + c        (batch, vocabulary_size)

    Four times as many units compete as there are components, and a plain code of them
    is the document's. Better vectors than one layer gives, at about three times the
    cost of training; but words act on a component through two layers, so that no vector
    can be split exactly into the shares of words.

    Args:
        vocabulary_size: Number of words `V`.
        n_components: Number of components `d`, the size of the code.
        k: Winners among the hidden units; see `KCompetitive`.
        alpha: Amplification; see `KCompetitive`.
        inference: Whether the competition is kept outside training.
        **options: See `KATEAutoencoder`.

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> model = kate_keras.models.DeepKATEAutoencoder(6, 2, k=2, alpha=1.0)
        >>> counts = np.array([[2.0, 0, 1, 0, 0, 0]], "float32")
        >>> model(counts).shape, model.encoder(counts).shape
        (TensorShape([1, 6]), TensorShape([1, 2]))

    Reference:
        Not in the paper. Competition in both layers, in the second alone, a linear
        code, a decoder that mirrors the encoder and one of its own gave less.
    """

    def __init__(
        self,
        vocabulary_size: int,
        n_components: int,
        k: int,
        alpha: float,
        inference: Inference = "dense",
        **options: Unpack[FrameOptions],
    ) -> None:
        # === Layers ===
        outer = TiedDense(
            WIDTH * n_components, first_kernel(options), name="tied_dense"
        )
        inner = TiedDense(
            n_components,
            keras.initializers.GlorotNormal(seed=seed_of(1, options)),
            name="inner_dense",
        )
        hidden = keras.layers.Activation("tanh", name="hidden")
        competition = KCompetitive(k, alpha, inference, name="competition")
        activate = keras.layers.Activation("tanh", name="activations")

        # === Functional Model ===
        def connect(x: Any) -> tuple[Any, Any]:
            code = activate(inner(competition(hidden(outer(x)))))
            return code, outer(inner(code, reverse=True), reverse=True)

        super().__init__(vocabulary_size, n_components, connect, **options)

        # === Config ===
        self.k, self.alpha, self.inference = k, alpha, inference

    def takes_word_slices(self) -> bool:
        """Whether `logits` can be asked for some words of the vocabulary alone."""
        return True

    def logits(
        self,
        counts: tf.SparseTensor,
        words: tf.Tensor | None = None,
        training: bool = False,
        competition: bool = False,
        place: Place | None = None,
    ) -> tf.Tensor:
        """Reconstructs sparse counts; see `Autoencoder.logits`."""
        sums, kernel, reverse_bias = first_layer(self, counts, words, training, place)
        h = self.get_layer("hidden")(sums)
        z = self.competition()(h, training=training or competition)
        inner = self.get_layer("inner_dense")
        code = self.get_layer("activations")(inner(z))
        outer = inner(code, reverse=True)
        return tf.matmul(outer, kernel, transpose_b=True) + reverse_bias

    def competition(self) -> CompetitiveLayer:
        """Returns the layer in which units compete."""
        layer: CompetitiveLayer = self.get_layer("competition")
        return layer

    def competitors(self, counts: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
        """Returns what would compete, `h`, shape `(batch, 4 * n_components)`."""
        layer = self.get_layer
        return layer("hidden")(layer("tied_dense")(layer("log_count")(counts)))

    def decode_survivors(self, survivors: tf.Tensor) -> tf.Tensor:
        """Returns the logits of what competed, `z`."""
        return self.decode(self._code_of(survivors))

    @property
    def kernel(self) -> np.ndarray:
        """The linear chain `W M`, what a word does to the code as long as tanh is.

        Shape `(vocabulary_size, n_components)`.
        """
        layer = self.get_layer
        chain: np.ndarray = (
            layer("tied_dense").kernel.numpy() @ layer("inner_dense").kernel.numpy()
        )
        return chain

    def code(self, counts: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
        """Encodes without noise and without the read-out; see `Autoencoder.code`."""
        survivors = self.competition()(self.competitors(counts), training=False)
        # One row at a time, as in the read-out: a vector must not depend on its batch.
        rows = keras.ops.expand_dims(survivors, -2)
        return keras.ops.squeeze(self._code_of(rows), -2)

    def decode(self, code: tf.Tensor) -> tf.Tensor:
        """Returns the logits of a code."""
        hidden = self.get_layer("inner_dense")(code, reverse=True)
        return self.get_layer("tied_dense")(hidden, reverse=True)

    def _code_of(self, survivors: tf.Tensor) -> tf.Tensor:
        return self.get_layer("activations")(self.get_layer("inner_dense")(survivors))

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this model anew."""
        own = {"k": self.k, "alpha": self.alpha, "inference": self.inference}
        return {**super().get_config(), **own}
