"""Counts in memory and counts in shards, looked at in one way."""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from kate_keras.text.sharded_counts import ShardedCounts

Counts = sparse.csr_array | ShardedCounts


def row_lengths(counts: Counts) -> np.ndarray:
    """Returns how many words each document has, `(n_documents,)`."""
    if isinstance(counts, ShardedCounts):
        return counts.row_lengths()
    return np.diff(counts.indptr)


def blocks(counts: Counts) -> Iterator[sparse.csr_array]:
    """Yields the documents in their order, `(block, n_words)` at a time."""
    if isinstance(counts, ShardedCounts):
        yield from counts.blocks()
    else:
        yield counts
