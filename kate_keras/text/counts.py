"""Texts to counts, as SciPy CSR; a corpus is read once and never held as text."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import tensorflow as tf
from scipy import sparse

from kate_keras.text.batched import batched
from kate_keras.text.count_spool import CountSpool, folding, stack_rows
from kate_keras.text.tokenizer import as_text_tensor, tokenize
from kate_keras.text.vocabulary import Vocabulary

BATCH = 1024


@tf.function(input_signature=[tf.TensorSpec([None], tf.string)])  # type: ignore[untyped-decorator]
def _tokenize_batch(texts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    words = tokenize(texts)
    return words.values, words.row_lengths()


def spool_forms(texts: Iterable[str]) -> tuple[list[str], "CountSpool"]:
    """Counts every surface form of a corpus in one pass, in bounded memory.

    What grows with the corpus is written to a temporary file once it is large; only the
    list of distinct forms stays in memory.

    Args:
        texts: The documents; a generator is read once.

    Returns:
        The surface forms in order of first appearance, and their counts.
    """
    columns: defaultdict[bytes, int] = defaultdict()
    columns.default_factory = columns.__len__
    spool = CountSpool()
    try:
        _spool_batches(texts, columns, spool)
    except BaseException:
        spool.close()
        raise
    spool.n_columns = len(columns)
    return [form.decode("utf-8") for form in columns], spool


def _spool_batches(
    texts: Iterable[str], columns: dict[bytes, int], spool: CountSpool
) -> None:
    for batch in batched(texts, BATCH):
        tensor = as_text_tensor(batch, spool.n_documents)
        words, lengths = (part.numpy() for part in _tokenize_batch(tensor))
        ids = np.fromiter((columns[word] for word in words), np.int64, len(words))
        rows = np.repeat(np.arange(len(batch)), lengths)
        places, counts = np.unique(rows * (len(columns) + 1) + ids, return_counts=True)
        rows, ids = np.divmod(places, len(columns) + 1)
        spool.append(np.bincount(rows, minlength=len(batch)), ids, counts)


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
    forms, spool = spool_forms(texts)
    with spool:
        return forms, stack_rows(spool, len(forms))


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
    forms, spool = spool_forms(texts)
    known = [(j, vocabulary[f]) for j, f in enumerate(forms) if f in vocabulary]
    columns, word_ids = np.array(known, int).reshape(-1, 2).T
    fold = folding(columns, word_ids, len(forms), len(vocabulary))
    with spool:
        return stack_rows((block @ fold for block in spool), len(vocabulary))
