"""What KATE and its relatives share: the frame from counts to logits."""

from collections.abc import Callable
from typing import Any, Self, TypedDict

import keras
import numpy as np
import tensorflow as tf

from kate_keras.layers import LogCount, ReadOut
from kate_keras.layers.log_count import Weighting
from kate_keras.layers.read_out import ReadOutMode

# How many entries of a batch are before these, and how many it has.
Place = tuple[tf.Tensor, tf.Tensor]


class FrameOptions(TypedDict, total=False):
    """Arguments that every autoencoder takes; see `Autoencoder`."""

    weighting: Weighting
    input_dropout: float
    read_out: ReadOutMode
    shrinkage: float | None
    random_state: int
    name: str
    trainable: bool


class Autoencoder(keras.Model):
    """Base of the autoencoders: counts to logits over the vocabulary, through a code.

        x = log-normalised counts              (batch, vocabulary_size)
        noise, then input dropout, in training (batch, vocabulary_size)
        code = what a subclass makes of it     (batch, n_components)
        logits = what a subclass decodes       (batch, vocabulary_size)

    A functional Keras model: compile it with a loss on logits and train it with `fit`;
    penalties of a subclass come with it. The further model `encoder` shares its layers
    and gives document vectors, the code through the read-out.

    Args:
        vocabulary_size: Number of words `V`.
        n_components: Number of topics `d`, the size of the code.
        connect: Makes of the corrupted input what the read-out reads, which is the
            code or comes before it, and logits, both symbolic.
        noise: Layer that corrupts `x` in training, if any.
        weighting: Input weighting; see `LogCount`.
        input_dropout: Share of the input that training hides, from 0 to below 1.
        read_out: Mode of the read-out; see `ReadOut`.
        shrinkage: Shrinkage of the read-out; see `ReadOut`.
        random_state: Seed of the initial weights, the dropout and any noise.
        **kwargs: Keras model arguments (`name`, `trainable`).

    Attributes:
        topic_ends: By what words of topics are chosen, `(2, n_components,
            n_components)`; see `kate_keras.analysis.topic_ends`. It is measured after
            training and no part of the network; `None`, not known.
    """

    topic_ends: np.ndarray | None = None
    # Whether its read-out may be linear: words act on its code through one layer.
    one_layer = False

    def __init__(
        self,
        vocabulary_size: int,
        n_components: int,
        connect: Callable[[Any], tuple[Any, Any]],
        noise: keras.layers.Layer | None = None,
        weighting: Weighting = "log",
        input_dropout: float = 0.0,
        read_out: ReadOutMode = "whitened",
        shrinkage: float | None = None,
        random_state: int = 0,
        **kwargs: Any,
    ) -> None:
        if read_out == "linear" and not self.one_layer:
            raise ValueError(
                "`read_out='linear'` needs a code that is one layer away from the "
                f"words. {type(self).__name__} has more: take 'whitened'."
            )
        # === Functional Model ===
        counts = keras.Input((vocabulary_size,), name="counts")
        x = LogCount(weighting, name="log_count")(counts)
        if noise is not None:
            x = noise(x)
        dropout = keras.layers.Dropout(
            input_dropout, seed=random_state, name="input_dropout"
        )
        before_read_out, logits = connect(dropout(x))
        super().__init__(inputs=counts, outputs=logits, **kwargs)
        read_out_layer = ReadOut(read_out, shrinkage, name="read_out")
        vectors = read_out_layer(before_read_out)
        self.encoder = keras.Model(counts, vectors, name="encoder")

        # === Config ===
        self.vocabulary_size = vocabulary_size
        self.n_components = n_components
        self.weighting = weighting
        self.input_dropout = input_dropout
        self.read_out = read_out
        self.shrinkage = shrinkage
        self.random_state = random_state

    def takes_word_slices(self) -> bool:
        """Whether `logits` can be asked for some words of the vocabulary alone."""
        return False

    def logits(
        self,
        counts: tf.SparseTensor,
        words: tf.Tensor | None = None,
        training: bool = False,
        competition: bool = False,  # noqa: ARG002
        place: Place | None = None,  # noqa: ARG002
    ) -> tf.Tensor:
        """Reconstructs sparse counts, as training and validation do.

        Args:
            counts: Counts of shape `(batch, n_words)`, row by row.
            words: Ids of the words that the columns of `counts` are, in any order,
                shape `(n_words,)`; `None`, the whole vocabulary. Only where
                `takes_word_slices`.
            training: Whether to corrupt the input, to compete and to add penalties.
            competition: Whether to compete though `training` is false; without effect
                where nothing competes.
            place: If the documents are some of a batch, how many of its entries are
                before theirs, and how many it has: input dropout then hides what it
                would hide of them in the whole batch. Only where `takes_word_slices`.

        Returns:
            Logits of shape `(batch, n_words)`.
        """
        if words is not None:
            raise ValueError(
                f"{type(self).__name__} reconstructs the whole vocabulary only. "
                "Leave `words` at None."
            )
        dense = tf.sparse.to_dense(counts, validate_indices=False)
        return self(dense, training=training)

    def network_weights(self) -> list[Any]:
        """Returns every weight once: the encoder's, then the others of the decoder."""
        weights = list(self.encoder.weights)
        known = {id(weight) for weight in weights}
        return weights + [w for w in self.weights if id(w) not in known]

    @property
    def kernel(self) -> np.ndarray:
        """How words move the code, shape `(vocabulary_size, n_components)`."""
        raise NotImplementedError

    def code(self, counts: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
        """Encodes without noise and without the read-out.

        Args:
            counts: Counts, dense or sparse, of shape `(batch, vocabulary_size)`. From
                sparse ones a document's code does not depend on the other documents.

        Returns:
            Tensor of shape `(batch, n_components)`.
        """
        raise NotImplementedError

    def before_read_out(self, counts: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
        """Returns what the read-out turns into vectors, of the shape of the code.

        It is the code; where the read-out is linear, the pre-activations.

        Args:
            counts: See `code`.
        """
        return self.code(counts)

    def decode(self, code: tf.Tensor) -> tf.Tensor:
        """Returns the logits `(batch, vocabulary_size)` of `(batch, n_components)`."""
        raise NotImplementedError

    def adapt_input(self, document_frequency: np.ndarray, n_documents: int) -> None:
        """Sets the word weights of the input layer; see `LogCount.adapt`."""
        self.get_layer("log_count").adapt(document_frequency, n_documents)

    def adapt_output(self, logits: np.ndarray) -> None:
        """Sets the bias `c` of the decoder, the logits of an empty code.

        Args:
            logits: One per word, shape `(vocabulary_size,)`.
        """
        self.get_layer("tied_dense").reverse_bias.assign(logits)

    def start_units(self, bias: float) -> None:
        """Sets the biases `b` of all units, from which training starts."""
        biases = self.get_layer("tied_dense").bias
        biases.assign(np.full(biases.shape, bias, np.float32))

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that make this model anew."""
        return {
            "name": self.name,
            "trainable": self.trainable,
            "vocabulary_size": self.vocabulary_size,
            "n_components": self.n_components,
            "weighting": self.weighting,
            "input_dropout": self.input_dropout,
            "read_out": self.read_out,
            "shrinkage": self.shrinkage,
            "random_state": self.random_state,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes the model from `get_config`'s dictionary."""
        return cls(**config)


def seed_of(part: int, options: FrameOptions) -> int:
    """Returns the seed of one random part of a model.

    Parts that shared a seed would draw the same numbers: noise would hide just what the
    dropout hides.

    Args:
        part: Number of the part, from 1; the first kernel and the dropout, which draw
            from different distributions, share `random_state` itself.
        options: The model's options.
    """
    sequence = np.random.SeedSequence(options.get("random_state", 0), spawn_key=(part,))
    return int(sequence.generate_state(1)[0])
