"""Autoencoders of one hidden layer, whose decoder is the encoder transposed."""

from collections.abc import Callable
from typing import Any, Unpack

import keras
import numpy as np
import tensorflow as tf

from kate_keras.layers import TiedDense
from kate_keras.layers.competitive_layer import CompetitiveLayer
from kate_keras.models.autoencoder import Autoencoder, FrameOptions, Place
from kate_keras.models.first_layer import first_kernel, first_layer


class OneLayerAutoencoder(Autoencoder):
    """Base of the autoencoders with `h = activation(x W + b)` and tied weights.

    Args:
        vocabulary_size: Number of words `V`.
        n_components: Number of topics `d`.
        activation: Keras activation, a name or a registered function.
        competition: Layer between the activations and the decoder, if any.
        dense: Layer that holds `W`; `None`, a `TiedDense`.
        noise: Layer that corrupts `x` in training, if any.
        **options: See `Autoencoder`.

    Raises:
        ValueError: If the read-out is linear and units compete outside training.
    """

    one_layer = True

    def __init__(
        self,
        vocabulary_size: int,
        n_components: int,
        activation: str | Callable[[Any], Any],
        competition: CompetitiveLayer | None = None,
        dense: TiedDense | None = None,
        noise: keras.layers.Layer | None = None,
        **options: Unpack[FrameOptions],
    ) -> None:
        tied_dense = dense or TiedDense(
            n_components, first_kernel(options), name="tied_dense"
        )
        activate = keras.layers.Activation(activation, name="activations")
        linear = options.get("read_out") == "linear"
        if linear and competition is not None and competition.inference != "dense":
            raise ValueError(
                "`read_out='linear'` hands out what comes before the competition: take "
                "'whitened', or `inference='dense'`."
            )

        def connect(x: Any) -> tuple[Any, Any]:
            sums = tied_dense(x)
            code = activate(sums)
            if competition is not None:
                code = competition(code)
            return sums if linear else code, tied_dense(code, reverse=True)

        super().__init__(vocabulary_size, n_components, connect, noise, **options)
        # Noise reaches words that a document lacks, and penalties take all of them.
        self._sliced = noise is None and dense is None

    def takes_word_slices(self) -> bool:
        """Whether `logits` can be asked for some words of the vocabulary alone."""
        return self._sliced

    def logits(
        self,
        counts: tf.SparseTensor,
        words: tf.Tensor | None = None,
        training: bool = False,
        competition: bool = False,
        place: Place | None = None,
    ) -> tf.Tensor:
        """Reconstructs sparse counts; see `Autoencoder.logits`."""
        if not self._sliced:
            return super().logits(counts, words, training, competition)
        sums, kernel, reverse_bias = first_layer(self, counts, words, training, place)
        h = self.get_layer("activations")(sums)
        z = self._compete(h, training or competition)
        return tf.matmul(z, kernel, transpose_b=True) + reverse_bias

    def _compete(self, code: tf.Tensor, competition: bool) -> tf.Tensor:  # noqa: ARG002
        return code

    @property
    def kernel(self) -> np.ndarray:
        """`W`, shape `(vocabulary_size, n_components)`."""
        kernel: np.ndarray = self.get_layer("tied_dense").kernel.numpy()
        return kernel

    @property
    def bias(self) -> np.ndarray:
        """`b`, shape `(n_components,)`."""
        bias: np.ndarray = self.get_layer("tied_dense").bias.numpy()
        return bias

    def activate(self, pre_activations: np.ndarray) -> np.ndarray:
        """Returns the activations of pre-activations, of their shape."""
        activation = self.get_layer("activations").activation
        activations: np.ndarray = keras.ops.convert_to_numpy(
            activation(keras.ops.convert_to_tensor(pre_activations))
        )
        return activations

    def code(self, counts: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
        """Encodes without noise and without the read-out; see `Autoencoder.code`."""
        return self.get_layer("activations")(self._sums(counts))

    def before_read_out(self, counts: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
        """Returns what the read-out reads; see `Autoencoder.before_read_out`."""
        return self._sums(counts) if self.read_out == "linear" else self.code(counts)

    def _sums(self, counts: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
        """Pre-activations `x W + b`."""
        return self.get_layer("tied_dense")(self.get_layer("log_count")(counts))

    def decode(self, code: tf.Tensor) -> tf.Tensor:
        """Returns the logits of a code, `z W^T + c`."""
        return self.get_layer("tied_dense")(code, reverse=True)


class CompetingAutoencoder(OneLayerAutoencoder):
    """Base of the one-layer autoencoders whose units compete in training.

    The further model `competitive` gives the logits with the competition kept, the
    network that training sees.

    Args:
        vocabulary_size: Number of words `V`.
        n_components: Number of topics `d`.
        activation: Keras activation, a name or a registered function.
        competition: Competition of the code.
        **options: See `Autoencoder`.
    """

    def __init__(
        self,
        vocabulary_size: int,
        n_components: int,
        activation: str | Callable[[Any], Any],
        competition: CompetitiveLayer,
        **options: Unpack[FrameOptions],
    ) -> None:
        super().__init__(
            vocabulary_size, n_components, activation, competition, **options
        )
        always = type(competition).from_config(
            {**competition.get_config(), "inference": "sparse"}
        )
        survivors = always(self.get_layer("activations").output)
        self.competitive = keras.Model(
            self.input, self.decode(survivors), name="competitive"
        )
        self.k = competition.k
        self.inference = competition.inference

    def competition(self) -> CompetitiveLayer:
        """Returns the layer in which units compete."""
        layer: CompetitiveLayer = self.get_layer("competition")
        return layer

    def _compete(self, code: tf.Tensor, competition: bool) -> tf.Tensor:
        return self.competition()(code, training=competition)

    def competitors(self, counts: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
        """Returns the activations that compete, `h`; see `Competing`."""
        return super().code(counts)

    def decode_survivors(self, survivors: tf.Tensor) -> tf.Tensor:
        """Returns the logits of what competed, `z`."""
        return self.decode(survivors)

    def code(self, counts: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
        """Encodes; competes if the model does so outside training."""
        return self.competition()(self.competitors(counts), training=False)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this model anew."""
        return {**super().get_config(), "k": self.k, "inference": self.inference}
