"""The part that one process has in a training by several."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import keras
import numpy as np
import tensorflow as tf

# A `tf.Tensor` or `tf.IndexedSlices`.
Gradient = Any


class Replica:
    """One of the processes that train a model together; this one trains it alone.

    All of them hold the same weights, read the same counts and draw the same batches,
    and each keeps some documents of each batch. What they add up, they have alike: so
    how many they are changes sums by their rounding, and nothing else.

    Attributes:
        rank: Number of the process, from 0.
        size: How many they are.
        steps_at_once: Steps between two returns to Python, which take as long as a
            small step.
        added: Names of the numbers that `part` adds to a batch.
    """

    rank = 0
    size = 1
    steps_at_once = 8
    added: tuple[str, ...] = ()

    def scope(self) -> AbstractContextManager[Any]:
        """Where variables are made that all processes have alike."""
        return nullcontext()

    def prepare(self, network: keras.Model) -> None:
        """Makes a compiled network ready for `fit`."""

    def dataset(self, own: tf.data.Dataset) -> Any:
        """Returns what `fit` reads, of the batches of this process."""
        return own

    def part(self, entries: dict[str, Any]) -> dict[str, Any]:
        """Returns what this process keeps of a batch; see `part_of_batch`."""
        return entries

    def mean(self, losses: tf.Tensor, n_documents: tf.Tensor) -> tf.Tensor:
        """Returns what the losses add to the mean over the whole batch, a scalar.

        Args:
            losses: Losses of the documents that were kept, shape `(batch,)`.
            n_documents: How many the whole batch has.
        """
        del n_documents
        return tf.reduce_mean(losses)

    def sum(self, tensors: Sequence[Gradient]) -> Sequence[Gradient]:
        """Returns sums over all processes.

        Args:
            tensors: Float32, of the same shapes everywhere; of `tf.IndexedSlices` the
                rows are the same ones in the same order.
        """
        return tensors


ALONE = Replica()
# What `part_of_batch` adds.
PLACE = ("batch_documents", "batch_entries", "first_entry")


def part_of_batch(entries: dict[str, Any], rank: int, size: int) -> dict[str, Any]:
    """Cuts the documents of a batch among processes, as evenly as can be.

    Args:
        entries: A batch; see `batches`.
        rank: Number of the process.
        size: How many they are. Some have no documents if there are fewer of these.

    Returns:
        The batch with the documents of the process, numbered from 0, and with
        `batch_documents` and `batch_entries`, how many the whole batch has, and
        `first_entry`, how many of its entries belong to documents before these.

    Example:
        >>> import numpy as np
        >>> from kate_keras.training.replica import part_of_batch
        >>> batch = {"documents": np.array([0, 0, 1, 2]), "size": 3,
        ...          "columns": np.array([4, 7, 7, 5]), "counts": np.ones(4)}
        >>> part = part_of_batch(batch, rank=1, size=2)
        >>> part["documents"].tolist(), part["columns"].tolist(), part["size"]
        ([0, 1], [7, 5], 2)
        >>> part["batch_documents"], part["batch_entries"], part["first_entry"]
        (3, 4, 2)
    """
    n_documents = entries["size"]
    first, last = (n_documents * number // size for number in (rank, rank + 1))
    start, end = np.searchsorted(entries["documents"], [first, last]).tolist()
    kept = {name: entries[name][start:end] for name in ("columns", "counts")}
    return {
        **entries,
        **kept,
        "documents": entries["documents"][start:end] - first,
        "size": last - first,
        "batch_documents": n_documents,
        "batch_entries": len(entries["documents"]),
        "first_entry": start,
    }
