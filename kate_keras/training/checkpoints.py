"""Checkpoints of a training, so that it can end as if it had not been stopped."""

import hashlib
import sys
import time
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from kate_keras.text.stored_counts import Counts, blocks, row_lengths
from kate_keras.training.batches import Passes
from kate_keras.training.callbacks import BestWeights
from kate_keras.training.checkpoint_file import CheckpointFile
from kate_keras.training.replica import ALONE

# At the least. A kill costs so much work.
SECONDS_APART = 10.0
# Entries that are hashed at a time.
PART = 2**20
# Times what the last one took, which is under a hundredth of the training.
COST_APART = 100


class Checkpoints(keras.callbacks.Callback):
    """Keeps what a training is in a file, and restores it before the first step.

    That is every variable of network and optimiser (with the states of random layers
    and the learning rate), the mean loss of the epoch so far, the history, the best
    weights, and where the batches are: the state of their generator at the start of the
    pass, and how many of its batches are done. These are drawn again and dropped, so
    that those that follow are the same. What callbacks of the schedule know is what the
    history made them: they are shown it again.

    The last of the callbacks, after those whose work an epoch's checkpoint has to hold.

    Args:
        file: Where checkpoints go, and the state to go on from.
        passes: Random numbers of the batches.
        counts: Word counts that are trained on, shape `(n_documents, n_words)`.
        history: The callback that keeps the values per epoch.
        best: The callback that keeps the best weights.
        schedule: Callbacks that decide by the values of past epochs.
    """

    def __init__(
        self,
        file: CheckpointFile,
        passes: Passes,
        counts: Counts,
        history: keras.callbacks.History,
        best: BestWeights,
        schedule: Sequence[keras.callbacks.Callback],
    ) -> None:
        super().__init__()
        self.file = file
        self.passes = passes
        self.history = history
        self.best = best
        self.schedule = schedule
        self.corpus = {
            "documents": counts.shape[0],
            "words": counts.shape[1],
            "sha256": _digest(counts),
        }
        file.check_corpus(self.corpus)
        self.first_epoch = file.state[0]["epoch"] if file.state else 0
        self.epoch = self.first_epoch
        self.pause = SECONDS_APART
        self.warned = False

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        """Restores all but the metrics, which Keras resets after this."""
        self.written = time.monotonic()
        if self.file.state is None:
            return
        facts, arrays = self.file.state
        past = facts["history"]
        for epoch in range(self.first_epoch):
            for callback in self.schedule:
                logs = {name: values[epoch] for name, values in past.items()}
                callback.on_epoch_end(epoch, logs)
        self.history.history = past
        self.best.best, self.best.epoch = facts["best"]
        self.best.weights = _of_group("best", arrays)
        self.passes.generator.bit_generator.state = facts["generator"]
        for group in ("network", "optimizer"):
            _assign(self._variables(group), _of_group(group, arrays))
        self._drop(facts["batches"])

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Restores the metrics of an epoch that the checkpoint is in the middle of."""
        self.epoch = epoch
        if self.file.state is not None:
            facts, arrays = self.file.state
            if facts["batches"]:
                _assign(self._variables("metrics"), _of_group("metrics", arrays))
            self.file.state = None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Writes a checkpoint if it is time."""
        # The epoch's end, which has more to keep, follows its last batch at once. A
        # process alone could not go on from within what it executes at once.
        done = batch + 1
        if done < self.params["steps"] and done % ALONE.steps_at_once == 0:
            self._write_in_time(self.epoch, batch + 1, self.passes.start)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Writes a checkpoint if it is time and there is another epoch."""
        if epoch + 1 < self.params["epochs"]:
            state = self.passes.generator.bit_generator.state
            self._write_in_time(epoch + 1, 0, state)

    def _drop(self, n_batches: int) -> None:
        """Has Keras read the batches of the first pass that were trained on before."""
        train, at_once = self.model.train_function, self.model.steps_per_execution

        def drop(iterator: Any) -> dict[str, Any]:
            nonlocal n_batches
            for _ in range(at_once):
                next(iterator)
            n_batches -= at_once
            if not n_batches:
                self.model.train_function = train
            return {}

        if n_batches:
            self.model.train_function = drop

    def _write_in_time(self, epoch: int, n_batches: int, generator: Any) -> None:
        # What Keras is about to stop has nothing to go on with.
        due = time.monotonic() - self.written >= self.pause
        if not due or self.model.stop_training:
            return
        start = time.monotonic()
        try:
            self._write(epoch, n_batches, generator)
        except OSError as error:
            if not self.warned:
                sys.stderr.write(
                    f"no checkpoint: {error}; training goes on, and tries again\n"
                )
            self.warned = True
        self.written = time.monotonic()
        self.pause = max(SECONDS_APART, COST_APART * (self.written - start))

    def _write(self, epoch: int, n_batches: int, generator: Any) -> None:
        past = {
            name: [float(value) for value in values]
            for name, values in self.history.history.items()
        }
        facts = {
            "epoch": epoch,
            "batches": n_batches,
            "generator": generator,
            "history": past,
            "best": [float(self.best.best), self.best.epoch],
            "corpus": self.corpus,
        }
        arrays = {
            f"{group}/{index}": variable.numpy()
            for group in ("network", "optimizer", "metrics")
            for index, variable in enumerate(self._variables(group))
        }
        arrays |= {f"best/{i}": weight for i, weight in enumerate(self.best.weights)}
        self.file.write(facts, arrays)

    def _variables(self, group: str) -> list[Any]:
        if group == "optimizer":
            variables = self.model.optimizer.variables
        elif group == "metrics":
            variables = self.model.metrics_variables
        else:
            variables = self.model.variables
        return list(variables)


def _of_group(group: str, arrays: dict[str, np.ndarray]) -> list[np.ndarray]:
    n = sum(name.startswith(f"{group}/") for name in arrays)
    return [arrays[f"{group}/{index}"] for index in range(n)]


def _assign(variables: Sequence[Any], values: Sequence[np.ndarray]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _digest(counts: Counts) -> str:
    """SHA-256 of the lengths of the documents, their words and their counts."""
    digest = hashlib.sha256(row_lengths(counts).astype("<i8").data)
    for name, dtype in (("indices", "<i8"), ("data", "<f4")):
        for block in blocks(counts):
            values = getattr(block, name)
            for start in range(0, len(values), PART):
                digest.update(values[start : start + PART].astype(dtype).data)
    return digest.hexdigest()
