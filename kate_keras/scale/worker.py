"""What every worker of a distributed training does."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import ray
import tensorflow as tf

from kate_keras.errors import InputError
from kate_keras.models import Autoencoder
from kate_keras.scale.worker_replica import WorkerReplica
from kate_keras.text.counts_folder import open_counts
from kate_keras.text.stored_counts import Counts
from kate_keras.training import train
from kate_keras.training.checkpoint_file import CheckpointFile

# Of the progress bar, at the least.
SECONDS_APART = 0.2


def work(config: Mapping[str, Any]) -> None:
    """Trains with the other workers, as Ray Train starts them.

    Args:
        config: `threads` of each worker, and `postbox`, handle of the `Postbox` that
            has the task: class, `config` and `variables` of the `autoencoder` to train,
            the `counts` in Ray's store or the folder of them, the `recipe`, further
            arguments of `train` as `options`, and path and `training` of the
            checkpoint.
    """
    # Before anything else that starts TensorFlow.
    tf.config.set_visible_devices([], "GPU")
    tf.config.threading.set_intra_op_parallelism_threads(config["threads"])
    replica = WorkerReplica()
    postbox = config["postbox"]
    task = ray.get(postbox.task.remote())
    try:
        _work(task, replica, postbox)
    except InputError as error:
        # It would be the same again: none for Ray to try again.
        if replica.rank == 0:
            ray.get(postbox.put.remote("refused", str(error)))


def _work(task: dict[str, Any], replica: WorkerReplica, postbox: Any) -> None:
    checkpoint = _Checkpoint(task, replica, postbox)
    replica.require_alike(checkpoint.place())
    with replica.scope():
        autoencoder: Autoencoder = task["autoencoder"].from_config(task["config"])
    assign(autoencoder, task["variables"])
    chief = replica.rank == 0
    history = train(
        autoencoder,
        _counts(task["counts"]),
        task["recipe"],
        **task["options"],
        verbose=False,
        checkpoint=checkpoint,
        callbacks=[_Reports(postbox, replica, checkpoint.place())] if chief else [],
        replica=replica,
    )
    if chief:
        result = {"history": history, "variables": variables(autoencoder)}
        ray.get(postbox.put.remote("result", {**result, "traffic": replica.traffic()}))


def variables(autoencoder: Autoencoder) -> list[np.ndarray]:
    """Returns weights and states of random layers."""
    return [np.array(variable) for variable in autoencoder.variables]


def assign(autoencoder: Autoencoder, values: list[np.ndarray]) -> None:
    """Sets what `variables` returns."""
    for variable, value in zip(autoencoder.variables, values, strict=True):
        variable.assign(value)


def _counts(source: Any) -> Counts:
    if isinstance(source, str):
        return open_counts(source).counts
    counts: Counts = ray.get(source)
    return counts


class _Checkpoint(CheckpointFile):
    """The checkpoint, which the first worker writes and all of them go on from."""

    def __init__(
        self, task: dict[str, Any], replica: WorkerReplica, postbox: Any
    ) -> None:
        path = Path(task["checkpoint"])
        super().__init__(path, task["training"], task["resume"])
        self._postbox = postbox if replica.rank == 0 else None

    def place(self) -> tuple[int, int]:
        """Returns the epoch and the batches of it that were done."""
        if self.state is None:
            return 0, 0
        facts = self.state[0]
        return facts["epoch"], facts["batches"]

    def write(self, facts: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Writes, if this is the first worker, and says so."""
        if self._postbox is not None:
            super().write(facts, arrays)
            ray.get(self._postbox.wrote_checkpoint.remote())
            place = (facts["epoch"], facts["batches"])
            self._postbox.put.remote("checkpoint", place)


class _Reports(keras.callbacks.Callback):
    """Tells the driver how far the training is."""

    def __init__(
        self, postbox: Any, replica: WorkerReplica, place: tuple[int, int]
    ) -> None:
        super().__init__()
        self.postbox = postbox
        self.n_workers = replica.size
        self.place = place
        self.reported = 0.0

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        """Tells by how many workers it goes on, from where, and the steps an epoch."""
        steps = self.params["steps"]
        self.postbox.put.remote("begin", (self.n_workers, self.place, steps))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Tells the epoch."""
        self.postbox.put.remote("epoch_begin", epoch)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Tells the step, now and then."""
        now = time.monotonic()
        if now - self.reported > SECONDS_APART:
            self.reported = now
            self.postbox.put.remote("batch_end", batch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Tells the losses of the epoch."""
        losses = {name: float(value) for name, value in logs.items()}
        self.postbox.put.remote("epoch_end", (epoch, losses))
