"""Texts to counts, as SciPy CSR; a corpus is read once and never held as text."""

from array import array
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import tensorflow as tf
from scipy import sparse

from kate_keras.text.batched import batched
from kate_keras.text.count_input import as_counts
from kate_keras.text.tokenizer import as_text_tensor, tokenize
from kate_keras.text.vocabulary import Vocabulary

BATCH = 1024


@tf.function(input_signature=[tf.TensorSpec([None], tf.string)])  # type: ignore[untyped-decorator]
def _tokenize_batch(texts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    words = tokenize(texts)
    return words.values, words.row_lengths()


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
    columns: defaultdict[bytes, int] = defaultdict()
    columns.default_factory = columns.__len__
    indices, row_splits = array("i"), array("q", [0])
    n_documents = 0
    for batch in batched(texts, BATCH):
        words, lengths = _tokenize_batch(as_text_tensor(batch, n_documents))
        n_documents += len(batch)
        indices.extend(columns[word] for word in words.numpy())
        row_splits.extend((row_splits[-1] + np.cumsum(lengths.numpy())).tolist())
    counts = sparse.csr_array(
        (
            np.ones(len(indices), np.float32),
            np.frombuffer(indices, np.int32),
            np.frombuffer(row_splits, np.int64),
        ),
        shape=(n_documents, len(columns)),
    )
    counts.sum_duplicates()
    return [form.decode("utf-8") for form in columns], counts


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
    forms, counts = count_forms(texts)
    known = [(j, vocabulary[f]) for j, f in enumerate(forms) if f in vocabulary]
    columns, word_ids = np.array(known, int).reshape(-1, 2).T
    ones = np.ones(len(columns), np.float32)
    shape = (len(forms), len(vocabulary))
    return as_counts(counts @ sparse.csr_array((ones, (columns, word_ids)), shape))
