"""What `fit` runs: a batch of sparse counts in, a loss out."""

import keras
import tensorflow as tf

from kate_keras.layers import LogCount
from kate_keras.models import Autoencoder
from kate_keras.training.batches import Batch
from kate_keras.training.losses import Reconstruction
from kate_keras.training.mean_loss import MeanLoss
from kate_keras.training.replica import ALONE, Replica


class TrainingNetwork(keras.Model):
    """An autoencoder with its loss, over sparse batches; see `batches`.

    It has no weights of its own: fitting it fits the autoencoder. Validation measures
    the loss twice, as `val_loss` without competition, and as `val_competition_loss`
    with it, the network that training sees, less its noise and its penalties.

    Args:
        autoencoder: Model to train.
        loss: Reconstruction loss.
        replica: The part that this process has in the training.
    """

    def __init__(
        self,
        autoencoder: Autoencoder,
        loss: Reconstruction,
        replica: Replica = ALONE,
    ) -> None:
        # Whatever the policy: counts and weights of words lose digits in float16.
        super().__init__(name="training_network", dtype="float32")
        self.autoencoder = autoencoder
        self.reconstruction = loss
        self.replica = replica
        self.normalize = LogCount(dtype="float32")
        self.mean_loss = MeanLoss(name="loss")
        self.mean_competition_loss = MeanLoss(name="competition_loss")
        self.built = True

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The means that Keras resets at the start of an epoch."""
        return [self.mean_loss, self.mean_competition_loss]

    def call(
        self, batch: Batch, training: bool = False, competition: bool = False
    ) -> tf.Tensor:
        """Returns the loss of every document without penalties, shape `(batch,)`."""
        words = batch.get("words")
        n_words = self.autoencoder.vocabulary_size if words is None else tf.size(words)
        counts = tf.SparseTensor(
            tf.stack([batch["documents"], batch["columns"]], axis=1),
            batch["counts"],
            tf.stack([batch["size"], tf.cast(n_words, tf.int64)]),
        )
        place = None
        if "first_entry" in batch:
            place = batch["first_entry"], batch["batch_entries"]
        logits = self.autoencoder.logits(counts, words, training, competition, place)
        x = self.normalize(counts)
        return self.reconstruction.sparse(x, logits, batch.get("log_weights", 0.0))

    def train_step(self, batch: Batch) -> dict[str, tf.Tensor]:
        """Moves the weights by one batch; returns the mean loss with penalties."""
        n_documents = _whole(batch)
        with tf.GradientTape() as tape:
            loss = self.replica.mean(self(batch, training=True), n_documents)
            loss += tf.add_n(self.autoencoder.losses) if self.autoencoder.losses else 0
            scaled = self.optimizer.scale_loss(loss)
        weights = self.trainable_weights
        *gradients, loss = self.replica.sum([*tape.gradient(scaled, weights), loss])
        self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        self.mean_loss.update_state(
            loss * tf.cast(n_documents, loss.dtype), n_documents
        )
        return {"loss": self.mean_loss.result()}

    def test_step(self, batch: Batch) -> dict[str, tf.Tensor]:
        """Measures both validation losses."""
        losses = (self(batch), self(batch, competition=True))
        totals = self.replica.sum([tf.reduce_sum(loss) for loss in losses])
        for metric, total in zip(self.metrics, totals, strict=True):
            metric.update_state(total, _whole(batch))
        return {metric.name: metric.result() for metric in self.metrics}


def _whole(batch: Batch) -> tf.Tensor:
    """How many documents the batch has with those of the other processes."""
    return batch.get("batch_documents", batch["size"])
