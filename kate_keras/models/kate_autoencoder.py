"""The functional KATE autoencoder."""

from typing import Any

import keras

from kate_keras.layers import KCompetitive, LogCount, ReadOut, TiedDense
from kate_keras.layers.competitive_layer import Inference
from kate_keras.layers.k_competitive import PAPER_ALPHA
from kate_keras.layers.log_count import Weighting
from kate_keras.layers.read_out import ReadOutMode


@keras.saving.register_keras_serializable(package="kate_keras")
class KATEAutoencoder(keras.Model):
    """Counts to logits over the vocabulary, through a competition.

        x = log-normalised counts            (batch, vocabulary_size)
        h = tanh(x W + b)                    (batch, n_components)
        z = compete(h), in training          (batch, n_components)
        logits = z W^T + c                   (batch, vocabulary_size)

    A functional Keras model: compile it with a loss on logits and train it with `fit`.
    Two further models share its layers: `encoder` (counts to document vectors, through
    the read-out) and `competitive` (counts to logits with the competition kept, the
    network that training sees, for validation).

    Args:
        vocabulary_size: Number of words `V`.
        n_components: Number of topics `d`.
        k: Winners of the competition; see `KCompetitive`.
        alpha: Amplification; see `KCompetitive`.
        inference: Whether the competition is kept outside training.
        weighting: Input weighting; see `LogCount`.
        input_dropout: Share of the input that training hides, from 0 to below 1.
        read_out: Mode of the read-out; see `ReadOut`.
        shrinkage: Shrinkage of the read-out.
        random_state: Seed of the initial weights and of the dropout.
        **kwargs: Keras model arguments (`name`, `trainable`).

    Example:
        >>> import numpy as np
        >>> import kate_keras
        >>> model = kate_keras.models.KATEAutoencoder(6, n_components=4, k=2)
        >>> counts = np.array([[2.0, 0, 1, 0, 0, 0]], "float32")
        >>> model(counts).shape, model.encoder(counts).shape
        (TensorShape([1, 6]), TensorShape([1, 4]))

    Reference:
        Chen and Zaki, "KATE: K-Competitive Autoencoder for Text", KDD 2017.
    """

    def __init__(
        self,
        vocabulary_size: int,
        n_components: int,
        k: int,
        alpha: float = PAPER_ALPHA,
        inference: Inference = "dense",
        weighting: Weighting = "log",
        input_dropout: float = 0.0,
        read_out: ReadOutMode = "whitened",
        shrinkage: float = 0.1,
        random_state: int = 0,
        **kwargs: Any,
    ) -> None:
        # === Layers ===
        log_count = LogCount(weighting, name="log_count")
        dropout = keras.layers.Dropout(
            input_dropout, seed=random_state, name="input_dropout"
        )
        tied_dense = TiedDense(
            n_components,
            kernel_initializer=keras.initializers.GlorotNormal(seed=random_state),
            name="tied_dense",
        )
        tanh = keras.layers.Activation("tanh", name="activations")
        competition = KCompetitive(k, alpha, inference, name="competition")
        always = KCompetitive(k, alpha, "sparse", name="competition")
        read_out_layer = ReadOut(read_out, shrinkage, name="read_out")

        # === Functional Model ===
        counts = keras.Input((vocabulary_size,), name="counts")
        activations = tanh(tied_dense(dropout(log_count(counts))))
        code = competition(activations)
        super().__init__(
            inputs=counts, outputs=tied_dense(code, reverse=True), **kwargs
        )
        self.encoder = keras.Model(counts, read_out_layer(code), name="encoder")
        self.competitive = keras.Model(
            counts, tied_dense(always(activations), reverse=True), name="competitive"
        )

        # === Config ===
        self.vocabulary_size = vocabulary_size
        self.n_components = n_components
        self.k = k
        self.alpha = alpha
        self.inference = inference
        self.weighting = weighting
        self.input_dropout = input_dropout
        self.read_out = read_out
        self.shrinkage = shrinkage
        self.random_state = random_state

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this model anew."""
        return {
            "name": self.name,
            "trainable": self.trainable,
            "vocabulary_size": self.vocabulary_size,
            "n_components": self.n_components,
            "k": self.k,
            "alpha": self.alpha,
            "inference": self.inference,
            "weighting": self.weighting,
            "input_dropout": self.input_dropout,
            "read_out": self.read_out,
            "shrinkage": self.shrinkage,
            "random_state": self.random_state,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None
    ) -> "KATEAutoencoder":
        """Makes the model from `get_config`'s dictionary."""
        return cls(**config)
