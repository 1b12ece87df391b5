"""What happens at the end of an epoch, beside Keras's own callbacks."""

import math
import sys
from typing import Any

import keras
from tqdm import tqdm

MONITOR = "val_competition_loss"


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
        self.steps = steps
        self.done = 0
        self.bar = tqdm(
            total=epochs * steps,
            unit="batch",
            file=sys.stderr,
            mininterval=0.5 if sys.stderr.isatty() else 15,
            bar_format="{desc} |{bar:20}| {n}/{total} [{elapsed}<{remaining}]{postfix}",
        )

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Names the epoch."""
        self.done = epoch * self.steps
        self.bar.set_description(f"epoch {epoch + 1} of at most {self.epochs}", False)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Moves the bar; Keras counts several steps at once, and past the last."""
        self.bar.update(self.done + min(batch + 1, self.steps) - self.bar.n)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        """Shows the losses of the epoch."""
        self.bar.set_postfix(
            {"loss": f"{logs['loss']:.4f}", "validation": f"{logs[MONITOR]:.4f}"}, False
        )

    def close(self) -> None:
        """Ends the bar where training ended."""
        self.bar.close()


class StopWithoutLoss(keras.callbacks.Callback):
    """Ends training once the loss is not finite; Keras's own says so on stdout."""

    def on_train_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
        """Looks at the mean loss of the epoch so far; resuming passes batches over."""
        if not math.isfinite(float(logs.get("loss", 0.0))):
            self.model.stop_training = True
