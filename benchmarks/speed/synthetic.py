"""Counts of any size with the shape of 20 Newsgroups, drawn from a seed."""

from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

# Mean and spread of the logarithm of the number of tokens: with them and the law below
# a document has 93 distinct words and a hundred documents have 3,950, as in 20
# Newsgroups at V = 20,000.
LOG_LENGTH = (4.27, 0.9)
# Zipf's law with Mandelbrot's shift.
EXPONENT, SHIFT = 1.05, 10.0
BLOCK = 20_000


def zipf_counts(n_documents: int, n_words: int, seed: int = 0) -> sparse.csr_array:
    """Draws counts.

    Args:
        n_documents: Number of documents.
        n_words: Size of the vocabulary.
        seed: Seed.

    Returns:
        Float32 CSR, `(n_documents, n_words)`, about 100 distinct words a document.

    Example:
        >>> counts = zipf_counts(500, 20_000)
        >>> counts.shape, 80 < counts.nnz / 500 < 110
        ((500, 20000), True)
    """
    generator = np.random.default_rng(seed)
    weights = 1 / (np.arange(n_words) + SHIFT) ** EXPONENT
    ends = np.cumsum(weights / weights.sum())
    indices, data, lengths = [], [], []
    for start in range(0, n_documents, BLOCK):
        size = min(BLOCK, n_documents - start)
        n_tokens = np.exp(generator.normal(*LOG_LENGTH, size)).astype(np.int64) + 1
        words = np.searchsorted(ends, generator.random(n_tokens.sum()))
        words = np.minimum(words, n_words - 1)
        keys = np.repeat(np.arange(size), n_tokens) * n_words + words
        places, counts = np.unique(keys, return_counts=True)
        rows, columns = np.divmod(places, n_words)
        lengths.append(np.bincount(rows, minlength=size))
        indices.append(columns.astype(np.int32))
        data.append(counts.astype(np.float32))
    splits = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
    arrays = (np.concatenate(data), np.concatenate(indices), splits)
    return sparse.csr_array(arrays, shape=(n_documents, n_words))


def write(n_documents: int, n_words: int, folder: str) -> dict[str, Any]:
    """Draws counts into a folder: a process that trains should not have drawn them."""
    counts = zipf_counts(n_documents, n_words)
    for name in ("data", "indices", "indptr"):
        np.save(Path(folder) / f"{name}.npy", getattr(counts, name))
    np.save(Path(folder) / "shape.npy", counts.shape)
    return {}


def read(folder: str) -> sparse.csr_array:
    """Returns the counts of a folder."""
    arrays = [
        np.load(Path(folder) / f"{name}.npy")
        for name in ("data", "indices", "indptr", "shape")
    ]
    return sparse.csr_array(tuple(arrays[:3]), shape=tuple(arrays[3]))
