"""Texts to counts, as SciPy CSR; a corpus is read once and never held as text."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count, islice

import numpy as np
import tensorflow as tf
from scipy import sparse

from kate_keras.text.batched import batched
from kate_keras.text.count_blocks import folding, stack_rows
from kate_keras.text.form_spool import FormSpool, csr_rows
from kate_keras.text.tokenizer import as_text_tensor, tokenize
from kate_keras.text.vocabulary import Vocabulary

BATCH = 1024
# About what a form takes beside its letters: two objects and a dictionary's entry.
BESIDE_LETTERS = 150
# What the forms of a stretch may take: more than a million of them.
MOST_IN_FORMS = 192 * 2**20


@tf.function(input_signature=[tf.TensorSpec([None], tf.string)])  # type: ignore[untyped-decorator]
def _tokenize_batch(texts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    words = tokenize(texts)
    return words.values, words.row_lengths()


def spool_forms(texts: Iterable[str], most: float) -> FormSpool:
    """Counts every surface form of a corpus in one pass, in bounded memory.

    What grows with the corpus is written to a temporary file once it is large, and the
    forms themselves whenever they take too much memory: then a new stretch begins.

    Args:
        texts: The documents; a generator is read once.
        most: Bytes that the forms of a stretch may take, about.

    Returns:
        The stretches of the corpus; at least one.
    """
    spool = FormSpool()
    try:
        _spool_batches(texts, most, spool)
    except BaseException:
        spool.close()
        raise
    return spool


def _spool_batches(texts: Iterable[str], most: float, spool: FormSpool) -> None:
    columns, size = numbering(), 0
    for batch in batched(texts, BATCH):
        n_known = len(columns)
        spool.append(*count_batch(batch, columns, spool.n_documents))
        new = islice(reversed(columns), len(columns) - n_known)
        size += sum(BESIDE_LETTERS + len(form) for form in new)
        if size > most:
            spool.end_stretch(columns)
            columns, size = numbering(), 0
    spool.end_stretch(columns)


def numbering() -> defaultdict[bytes, int]:
    """Returns a dictionary that gives every new form the next column."""
    return defaultdict(count().__next__)


def count_batch(
    texts: list[str], columns: dict[bytes, int], first: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns entries of each text, and columns and counts of the entries."""
    words, lengths = (
        part.numpy() for part in _tokenize_batch(as_text_tensor(texts, first))
    )
    ids = np.fromiter((columns[word] for word in words), np.int64, len(words))
    rows = np.repeat(np.arange(len(texts)), lengths)
    places, counts = np.unique(rows * (len(columns) + 1) + ids, return_counts=True)
    rows, ids = np.divmod(places, len(columns) + 1)
    return np.bincount(rows, minlength=len(texts)), ids, counts


def count_forms(texts: Iterable[str]) -> tuple[list[str], sparse.csr_array]:
    """Counts every surface form of a corpus in one pass.

    Args:
        texts: The documents; a generator is read once.

    Returns:
        The surface forms in order of first appearance, and their counts as
        float32 CSR of shape `(n_documents, n_forms)`.

    Example:
        >>> from kate_keras.text import count_forms
        >>> forms, counts = count_forms(["a cat, a dog", "", "dog"])
        >>> forms, counts.toarray().tolist()
        (['a', 'cat', 'dog'], [[2.0, 1.0, 1.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    """
    with spool_forms(texts, math.inf) as spool:
        [(forms, blocks)] = spool
        return forms, stack_rows(blocks, len(forms))


def count_words(texts: Iterable[str], vocabulary: Vocabulary) -> sparse.csr_array:
    """Counts the words of a vocabulary, whatever form of theirs stands in the texts.

    Args:
        texts: The documents; a generator is read once.
        vocabulary: Words to count; all others are left out.

    Returns:
        Counts as float32 CSR of shape `(n_documents, len(vocabulary))`.

    Example:
        >>> from kate_keras.text import Vocabulary, count_words
        >>> vocabulary = Vocabulary(("cat", "dog"), {"cat": 0, "cats": 0, "dog": 1})
        >>> count_words(["Cats, a cat", "cow"], vocabulary).toarray().tolist()
        [[2.0, 0.0], [0.0, 0.0]]
    """
    return stack_rows(_word_blocks(texts, vocabulary), len(vocabulary))


def _word_blocks(
    texts: Iterable[str], vocabulary: Vocabulary
) -> Iterator[sparse.csr_array]:
    n_documents = 0
    for batch in batched(texts, BATCH):
        # Forms are forgotten with their batch: most are in no vocabulary.
        columns = numbering()
        counts = count_batch(batch, columns, n_documents)
        ids = [vocabulary.spellings.get(form.decode("utf-8"), -1) for form in columns]
        fold = folding(np.array(ids, int), len(vocabulary))
        yield csr_rows(*counts, len(columns)) @ fold
        n_documents += len(batch)
