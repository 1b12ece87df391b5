"""Closed forms: how long shards, sums and steps take."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.speed.synthetic import zipf_counts
from kate_keras.text.count_input import document_frequency
from kate_keras.training.word_sample import WordSample

# Drawn to learn how often words are met.
DRAWN = 20_000


def makespan(n_shards: int, seconds: float, cores: int, dispatch: float = 0.0) -> float:
    """Seconds of a job whose shards take all as long; exact without `dispatch`.

    Every core takes a shard in each of `ceil(shards / cores)` rounds; or the driver,
    which gives out one at a time, is what all wait for.

    Args:
        n_shards: Number of shards.
        seconds: Of a shard.
        cores: Number of cores.
        dispatch: Seconds of the driver for each shard.

    Example:
        >>> makespan(5, 10.0, 2), makespan(5, 10.0, 2, dispatch=20.0)
        (30.0, 110.0)
    """
    rounds = math.ceil(n_shards / cores) * seconds
    return max(rounds, n_shards * dispatch + seconds) if dispatch else rounds


def loss_of_failures(seconds: float, per_hour: float, repair: float) -> float:
    """Share of the cores' time that failures of nodes cost.

    Each takes half of a shard from every core of the node, and the time until the node
    is back.

    Args:
        seconds: Of a shard.
        per_hour: Failures of a node in an hour.
        repair: Seconds until a node is back.
    """
    return per_hour / 3600 * (seconds / 2 + repair)


def ring(n_bytes: float, workers: int, bandwidth: float, latency: float) -> float:
    """Seconds of an all-reduce over a ring; exact if all begin at once.

        2 (n - 1) (bytes / (n bandwidth) + latency)

    Example:
        >>> ring(8.0, 2, bandwidth=4.0, latency=1.0)
        4.0
    """
    return 2 * (workers - 1) * (n_bytes / (workers * bandwidth) + latency)


def gradient_bytes(words: float, n_components: int) -> float:
    """Bytes that a step adds up: rows of the slice, both biases, the loss; float32."""
    return 4 * (words * (n_components + 1) + n_components + 1)


@dataclass(frozen=True)
class Step:
    """What a worker computes in a step, in seconds.

        alone     of documents of the whole batch + of words of the slice
        shared    of documents of the worker x words of the slice

    Every worker reads the whole batch and moves the whole slice; only the products of
    its own documents with the words become less when there are more workers.

    Attributes:
        of_document: For each document of the global batch, on every worker.
        of_word: For each word of the slice, on every worker.
        of_both: For each document of the worker and word of the slice.
        words: Words of the slice by the size of the global batch.
    """

    of_document: float
    of_word: float
    of_both: float
    words: Callable[[int], float]

    def alone(self, batch: int) -> float:
        """Seconds that more workers do not shorten."""
        return self.of_document * batch + self.of_word * self.words(batch)

    def shared(self, batch: int, workers: int = 1) -> float:
        """Seconds of the worker that has the most documents."""
        return math.ceil(batch / workers) * self.words(batch) * self.of_both

    def compute(self, batch: int, workers: int = 1) -> float:
        """Seconds that a worker computes."""
        return self.alone(batch) + self.shared(batch, workers)


def best_workers(
    shared: float, n_bytes: float, bandwidth: float, latency: float
) -> float:
    """How many workers make a step shortest, if documents could be cut at will.

    The step's derivative by `n` is 0 at

        n = sqrt((shared - 2 bytes / bandwidth) / (2 latency))

    and it grows from `n = 1` on where what is shared takes less than twice what the
    bytes take.

    Example:
        >>> best_workers(0.010, 1e6, bandwidth=1e9, latency=1e-3)
        2.0
        >>> best_workers(0.002, 1e6, bandwidth=1e9, latency=1e-3)
        1.0
    """
    gain = shared - 2 * n_bytes / bandwidth
    return max(1.0, math.sqrt(max(0.0, gain) / (2 * latency)))


def needed_bandwidth(shared: float, n_bytes: float, latency: float) -> float:
    """Bytes a second above which a second worker pays: `shared / 2` is then saved.

    Infinite where the messages' latency alone takes as long.
    """
    left = shared / 2 - 2 * latency
    return n_bytes / left if left > 0 else math.inf


class WordsOfBatches:
    """How many words a step reconstructs, by Zipf's law as in `benchmarks.speed`.

    Args:
        n_words: Size of the vocabulary.

    Attributes:
        rarest: Share of the documents that have the rarest word.
    """

    def __init__(self, n_words: int) -> None:
        self._frequency = document_frequency(zipf_counts(DRAWN, n_words))
        self._sample = WordSample(self._frequency)
        self._n_words = n_words
        # A twentieth of the words, the rarest: one alone is met too seldom to tell.
        self.rarest = float(np.mean(self._frequency[-(n_words // 20) :])) / DRAWN

    def __call__(self, batch: int) -> float:
        """Returns the words of a step of so many documents."""
        return self._sample.expected_words(self._frequency, DRAWN, batch)
