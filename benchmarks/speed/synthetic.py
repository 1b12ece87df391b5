"""Documents in any number with the shape of 20 Newsgroups, drawn from a seed."""

from collections.abc import Iterator
from itertools import pairwise
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
    blocks = [
        sparse.csr_array(
            (np.ones(len(words), np.float32), words, splits), (len(splits) - 1, n_words)
        )
        for splits, words in _token_blocks(n_documents, n_words, seed)
    ]
    counts = sparse.vstack(blocks, format="csr")
    counts.sum_duplicates()
    return counts


def write_texts(n_documents: int, n_words: int, path: str) -> dict[str, Any]:
    """Writes the same documents as texts, one a line: who trains should not draw."""
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    digits = np.arange(n_words)[:, None] // 26 ** np.arange(5) % 26
    names = np.array(["".join(row) for row in letters[digits]])
    with Path(path).open("w", encoding="ascii") as file:
        for splits, words in _token_blocks(n_documents, n_words, 0):
            for start, end in pairwise(splits.tolist()):
                file.write(" ".join(names[words[start:end]]) + "\n")
    return {}


def _token_blocks(
    n_documents: int, n_words: int, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields blocks of documents: where each begins, and the words of all."""
    generator = np.random.default_rng(seed)
    weights = 1 / (np.arange(n_words) + SHIFT) ** EXPONENT
    ends = np.cumsum(weights / weights.sum())
    for start in range(0, n_documents, BLOCK):
        size = min(BLOCK, n_documents - start)
        n_tokens = np.exp(generator.normal(*LOG_LENGTH, size)).astype(np.int64) + 1
        words = np.searchsorted(ends, generator.random(n_tokens.sum()))
        splits = np.concatenate([[0], np.cumsum(n_tokens)]).astype(np.int32)
        yield splits, np.minimum(words, n_words - 1).astype(np.int32)
