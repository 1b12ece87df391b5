"""The part of one worker in a training by several, through `tf.distribute`."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kate_keras.scale.multi_worker_fit import mend
from kate_keras.training.replica import PLACE, Gradient, Replica, part_of_batch

# For the slowest worker, in a sum; Ray notices within seconds when one is dead.
SECONDS_TO_WAIT = 300.0


class WorkerReplica(Replica):
    """A worker that `TF_CONFIG` names, on one CPU device.

    Make it before anything else that starts TensorFlow: it begins to listen for the
    others, and waits for them.

    Attributes:
        steps: How many sums there were of more than losses, one for each step.
        bytes: What was added up in them, in bytes of one worker.
        seconds: How long that took, with waiting for the others.
    """

    # Keras's loop over several steps is a graph in which collectives have no number.
    steps_at_once = 1
    added = PLACE

    def __init__(self) -> None:
        ring = tf.distribute.experimental.CommunicationImplementation.RING
        self.strategy = tf.distribute.MultiWorkerMirroredStrategy(
            communication_options=tf.distribute.experimental.CommunicationOptions(
                implementation=ring, timeout_seconds=SECONDS_TO_WAIT
            )
        )
        # All have as many batches: none has to ask the others whether there is one.
        self.strategy.extended.experimental_enable_get_next_as_optional = False
        self.rank = self.strategy.cluster_resolver.task_id
        self.size = self.strategy.num_replicas_in_sync
        self._traffic = [tf.Variable(0.0, dtype=tf.float64) for _ in range(3)]

    def scope(self) -> AbstractContextManager[Any]:
        """Where variables are mirrored, with the first values of the first worker."""
        scope: AbstractContextManager[Any] = self.strategy.scope()
        return scope

    def prepare(self, network: keras.Model) -> None:
        """Mends `fit`; see `mend`."""
        mend(network)

    def dataset(self, own: tf.data.Dataset) -> Any:
        """Returns the batches of this worker as they are, neither sharded nor cut."""
        return self.strategy.distribute_datasets_from_function(lambda context: own)

    def part(self, entries: dict[str, Any]) -> dict[str, Any]:
        """Returns the documents of a batch that are this worker's."""
        return part_of_batch(entries, self.rank, self.size)

    def mean(self, losses: tf.Tensor, n_documents: tf.Tensor) -> tf.Tensor:
        """Returns the share of these losses in the mean of the batch."""
        return tf.reduce_sum(losses) / tf.cast(n_documents, losses.dtype)

    def sum(self, tensors: Sequence[Gradient]) -> Sequence[Gradient]:
        """Adds up everything in one go, which leaves one message to wait for."""
        values = [
            tensor.values if isinstance(tensor, tf.IndexedSlices) else tensor
            for tensor in tensors
        ]
        flat = tf.concat([tf.reshape(value, [-1]) for value in values], axis=0)
        total = self._measured_sum(flat, is_step=len(tensors) > 2)
        parts = tf.split(total, [tf.size(value) for value in values])
        sums = [
            tf.reshape(part, tf.shape(value))
            for part, value in zip(parts, values, strict=True)
        ]
        return [
            tf.IndexedSlices(part, tensor.indices, tensor.dense_shape)
            if isinstance(tensor, tf.IndexedSlices)
            else part
            for part, tensor in zip(sums, tensors, strict=True)
        ]

    def require_alike(self, place: tuple[int, int]) -> None:
        """Makes sure that all workers begin at the same place.

        A worker that was taken for dead may have written a checkpoint after some of its
        successors had read the one before.

        Raises:
            RuntimeError: If another worker begins elsewhere.
        """
        own = tf.constant(place, tf.float32)
        total = self.strategy.run(lambda: self._all_reduce(own))
        if not np.array_equal(total.numpy(), self.size * own.numpy()):
            raise RuntimeError("the workers have read different checkpoints")

    def traffic(self) -> dict[str, float]:
        """Returns what steps have added up so far: `steps`, `bytes` and `seconds`."""
        names = ("steps", "bytes", "seconds")
        return {
            name: float(value) for name, value in zip(names, self._traffic, strict=True)
        }

    def _measured_sum(self, flat: tf.Tensor, is_step: bool) -> tf.Tensor:
        with tf.control_dependencies([flat]):
            start = tf.timestamp()
        with tf.control_dependencies([start]):
            total = self._all_reduce(tf.identity(flat))
        if is_step:
            with tf.control_dependencies([total]):
                seconds = tf.timestamp() - start
            n_bytes = tf.cast(tf.size(flat) * flat.dtype.size, tf.float64)
            for value, more in zip(self._traffic, (1.0, n_bytes, seconds), strict=True):
                value.assign_add(more)
        return total

    @staticmethod
    def _all_reduce(tensor: tf.Tensor) -> tf.Tensor:
        context = tf.distribute.get_replica_context()
        return context.all_reduce(tf.distribute.ReduceOp.SUM, tensor)
