"""What happens at the end of an epoch, beside Keras's own callbacks."""

import sys
from typing import Any

import keras
import tensorflow as tf
from tqdm import tqdm

MONITOR = "val_competition_loss"


class CompetitionLoss(keras.callbacks.Callback):
    """Adds the validation loss of the network with competition to the logs.

    `val_loss` is that of the network without competition, which training never sees;
    early stopping, learning-rate drops and the best weights watch this one instead.
    Where nothing competes the two are the same.

    Args:
        network: `Autoencoder.trained_network()` of the model that is trained, compiled.
        data: Validation batches.
    """

    def __init__(self, network: keras.Model, data: tf.data.Dataset) -> None:
        super().__init__()
        self.network = network
        self.data = data

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        """Writes `logs["val_competition_loss"]`."""
        if self.network is self.model:
            logs[MONITOR] = logs["val_loss"]
        else:
            logs[MONITOR] = float(self.network.evaluate(self.data, verbose=0))


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights of the epoch with the lowest monitored loss in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.best = float("inf")
        self.epoch: int | None = None
        self.weights: list[Any] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        """Takes a copy if this epoch is the best so far."""
        if logs[MONITOR] < self.best:
            self.best, self.epoch = logs[MONITOR], epoch
            self.weights = self.model.get_weights()

    def restore(self) -> None:
        """Puts the best weights back."""
        self.model.set_weights(self.weights)


class Progress(keras.callbacks.Callback):
    """A progress bar on stderr: epoch, losses and time left."""

    def __init__(self, epochs: int, steps: int) -> None:
        super().__init__()
        self.epochs = epochs
        self.bar = tqdm(
            total=epochs * steps,
            unit="batch",
            file=sys.stderr,
            mininterval=0.5 if sys.stderr.isatty() else 15,
            bar_format="{desc} |{bar:20}| {n}/{total} [{elapsed}<{remaining}]{postfix}",
        )

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Names the epoch."""
        self.bar.set_description(f"epoch {epoch + 1} of at most {self.epochs}", False)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Moves the bar."""
        self.bar.update()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        """Shows the losses of the epoch."""
        self.bar.set_postfix(
            {"loss": f"{logs['loss']:.4f}", "validation": f"{logs[MONITOR]:.4f}"}, False
        )

    def close(self) -> None:
        """Ends the bar where training ended."""
        self.bar.close()
