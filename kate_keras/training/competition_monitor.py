"""What the competition does while a model is trained, epoch by epoch."""

from collections.abc import Callable
from typing import Any, Self

import keras
import numpy as np
import tensorflow as tf

from kate_keras.layers import LogCount
from kate_keras.layers.competition_gradient import competition_gradient
from kate_keras.layers.competitive_layer import CompetitiveLayer
from kate_keras.models.competing import Competing
from kate_keras.text.stored_counts import Counts
from kate_keras.training.batches import sparse_batches
from kate_keras.training.losses import Reconstruction

# Logits of the sample; with them an epoch takes a few hundredths longer.
MOST_LOGITS = 1_000_000

Measure = Callable[[], tuple[tf.Tensor, tf.Tensor]]


class CompetitionMonitor(keras.callbacks.Callback):
    """Adds to the history of `model.fit` what the competition does to a sample.

    `winners`, mean number of a document; `units_without_wins`, those that win for no
    document of the sample; `share_through_alpha`, how much of the absolute gradient at
    the competition's input has come to losers by way of the energy.

    Args:
        layer: The competitive layer.
        measure: Returns its input for the sample, `(batch, units)`, and the gradient of
            the loss at its output, of the same shape.

    Example:
        >>> import keras, numpy as np
        >>> import kate_keras
        >>> from kate_keras.training import CompetitionMonitor
        >>> x = np.random.default_rng(0).random((64, 8), "float32")
        >>> compete = kate_keras.layers.KCompetitive(k=2, alpha=1.0)
        >>> inputs = keras.Input((8,))
        >>> code = compete(keras.layers.Dense(6, activation="tanh")(inputs))
        >>> model = keras.Model(inputs, keras.layers.Dense(8)(code))
        >>> model.compile("adam", "mse")
        >>> monitor = CompetitionMonitor.of_layer(model, compete, x, x)
        >>> history = model.fit(x, x, epochs=2, verbose=0, callbacks=[monitor]).history
        >>> sorted(history)
        ['loss', 'share_through_alpha', 'units_without_wins', 'winners']
    """

    def __init__(self, layer: CompetitiveLayer, measure: Measure) -> None:
        super().__init__()
        self.layer = layer
        self.measure = measure

    @classmethod
    def of_layer(
        cls, model: keras.Model, layer: CompetitiveLayer, x: Any, y: Any
    ) -> Self:
        """Watches a layer of a functional model.

        Args:
            model: Compiled model with one output, in which `layer` is called once.
            layer: The competitive layer.
            x: Inputs of the sample.
            y: Targets of the sample.
        """
        before = keras.Model(model.input, layer.input)
        after = keras.Model(layer.output, model.output)

        def measure() -> tuple[tf.Tensor, tf.Tensor]:
            h = before(x, training=False)
            z = tf.convert_to_tensor(layer(h, training=True))
            with tf.GradientTape() as tape:
                tape.watch(z)
                loss = model.compute_loss(x, y, after(z, training=False))
            return h, tape.gradient(loss, z)

        return cls(layer, measure)

    @classmethod
    def of_autoencoder(
        cls,
        autoencoder: Competing,
        loss: Reconstruction,
        counts: Counts,
        documents: np.ndarray,
    ) -> Self:
        """Watches an autoencoder of texts.

        Args:
            autoencoder: Model.
            loss: Its reconstruction loss.
            counts: Word counts, shape `(n_documents, vocabulary_size)`.
            documents: Rows to look at; where there are many words, the first of them.
        """
        layer, normalize = autoencoder.competition(), LogCount(dtype="float32")
        most = max(1, MOST_LOGITS // counts.shape[1])
        (sample,) = sparse_batches(counts, documents[:most], most)

        def measure() -> tuple[tf.Tensor, tf.Tensor]:
            # Not the model's own code, which may have competed already.
            h = autoencoder.competitors(sample)
            z = layer(h, training=True)
            with tf.GradientTape() as tape:
                tape.watch(z)
                losses = loss.sparse(normalize(sample), autoencoder.decode_survivors(z))
                total = tf.reduce_sum(losses)
            return h, tape.gradient(total, z)

        return cls(layer, measure)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:  # noqa: ARG002
        """Measures the sample with the weights of now."""
        h, upstream = (tf.cast(tensor, tf.float32) for tensor in self.measure())
        h, upstream = (tf.reshape(t, (-1, t.shape[-1])) for t in (h, upstream))
        masks = self.layer.winners(h)
        direct, through = (
            float(tf.reduce_sum(tf.abs(part)))
            for part in competition_gradient(h, upstream, masks, self.layer.alpha)
        )
        won = (masks[0] | masks[1]).numpy()
        whole = direct + through
        logs["winners"] = float(won.sum(axis=1).mean())
        logs["units_without_wins"] = int((~won.any(axis=0)).sum())
        logs["share_through_alpha"] = through / whole if whole else 0.0
