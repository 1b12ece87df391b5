"""Which surface forms are the same word, and which words a vocabulary keeps."""

import unicodedata
from collections.abc import Collection, Sequence
from numbers import Integral

import numpy as np
from scipy import sparse

from kate_keras.errors import InputError, require
from kate_keras.text.count_input import document_frequency
from kate_keras.text.count_spool import CountSpool, folding, stack_rows
from kate_keras.text.stemmer import resolve_stemmer
from kate_keras.text.stop_words import resolve_stop_words
from kate_keras.text.vocabulary import Vocabulary


def build_vocabulary(
    forms: Sequence[str],
    counts: sparse.csr_array | CountSpool,
    *,
    max_features: int | None,
    min_df: float,
    max_df: float,
    stop_words: str | Collection[str] | None,
    stemmer: str | None,
) -> tuple[Vocabulary, sparse.csr_array]:
    """Folds surface forms into words and keeps the words that count.

    Args:
        forms: Surface forms, one per column of `counts`.
        counts: Counts of the surface forms, shape `(n_documents, len(forms))`; what
            `spool_forms` returns is read twice, block by block.
        max_features: Keep this many of the most frequent words; `None`, all.
        min_df: Leave out words in fewer documents; a float is a share of them.
        max_df: Leave out words in more documents; a float is a share of them.
        stop_words: See `resolve_stop_words`.
        stemmer: See `resolve_stemmer`.

    Returns:
        The vocabulary and the counts of its words, `(n_documents, n_words)`.

    Raises:
        InputError: If an option is out of its range, or no word is left.
    """
    _check_limits(max_features, min_df, max_df)
    stops = resolve_stop_words(stop_words)
    stem = resolve_stemmer(stemmer)
    composed = [unicodedata.normalize("NFC", form) for form in forms]
    stems: dict[str, int] = {}
    kept = [j for j, form in enumerate(composed) if form not in stops]
    group = np.array(
        [stems.setdefault(stem(composed[j]), len(stems)) for j in kept], int
    )
    frequencies = _Frequencies(len(forms), len(stems))
    blocks = [counts] if isinstance(counts, sparse.csr_array) else counts
    fold = folding(kept, group, len(forms), len(stems))
    for block in blocks:
        frequencies.add(block, block @ fold)
    chosen = _select(frequencies, list(stems), max_features, min_df, max_df)
    if not len(chosen):
        raise InputError(
            "No words are left for the vocabulary: the "
            f"{frequencies.n_documents} documents "
            f"have {len(forms)} distinct words, none of which passes "
            f"stop_words={stop_words!r:.40}, min_df={min_df}, max_df={max_df}. "
            "Lower `min_df`, raise `max_df`, or check that the documents hold text."
        )
    new_id = np.full(len(stems), -1)
    new_id[chosen] = np.arange(len(chosen))
    word_ids = new_id[group]
    vocabulary = _label(composed, kept, word_ids, frequencies.forms)
    known = np.flatnonzero(word_ids >= 0)
    fold = folding(np.array(kept)[known], word_ids[known], len(forms), len(chosen))
    words = stack_rows((block @ fold for block in blocks), len(chosen))
    frequency = frequencies.documents[chosen]
    return vocabulary.seen_in(frequency, frequencies.n_documents), words


class _Frequencies:
    """What choosing words needs to know of a corpus, added up block by block.

    Args:
        n_forms: Number of surface forms.
        n_stems: Number of groups of forms.
    """

    def __init__(self, n_forms: int, n_stems: int) -> None:
        self.n_documents = 0
        self.forms = np.zeros(n_forms)
        self.stems = np.zeros(n_stems)
        self.documents = np.zeros(n_stems, np.int64)

    def add(self, counts: sparse.csr_array, folded: sparse.csr_array) -> None:
        """Adds the documents of a block, by form and by stem."""
        self.n_documents += counts.shape[0]
        for total, block in ((self.forms, counts), (self.stems, folded)):
            total += np.bincount(block.indices, block.data, minlength=len(total))
        self.documents += document_frequency(folded)


def _check_limits(max_features: int | None, min_df: float, max_df: float) -> None:
    whole = max_features is None or (
        isinstance(max_features, Integral) and max_features > 0
    )
    require(whole, "max_features", "a whole number of at least 1 or None", max_features)
    for name, value in (("min_df", min_df), ("max_df", max_df)):
        valid = value >= 1 if isinstance(value, Integral) else 0 <= value <= 1
        expected = (
            "a whole number of at least 1 (documents) or a float from 0 to 1 (share)"
        )
        require(valid, name, expected, value)


def _select(
    frequencies: _Frequencies,
    names: list[str],
    max_features: int | None,
    min_df: float,
    max_df: float,
) -> np.ndarray:
    """Groups to keep, most frequent first; the name settles ties."""
    n_documents, documents = frequencies.n_documents, frequencies.documents
    fewest = min_df if isinstance(min_df, Integral) else min_df * n_documents
    most = max_df if isinstance(max_df, Integral) else max_df * n_documents
    passing = np.flatnonzero((documents >= fewest) & (documents <= most))
    total = frequencies.stems
    order = sorted(passing, key=lambda j: (-total[j], names[j]))
    return np.array(order[:max_features], dtype=np.int64)


def _label(
    composed: list[str], kept: list[int], word_ids: np.ndarray, frequency: np.ndarray
) -> Vocabulary:
    """Names every word by its most frequent surface form."""
    forms: dict[str, int] = {}
    totals: dict[str, float] = {}
    for column, word_id in zip(kept, word_ids.tolist(), strict=True):
        if word_id >= 0:
            form = composed[column]
            forms[form] = word_id
            totals[form] = totals.get(form, 0.0) + float(frequency[column])
    best: dict[int, str] = {}
    for form in sorted(forms, key=lambda f: (-totals[f], f)):
        best.setdefault(forms[form], form)
    return Vocabulary(tuple(best[i] for i in range(len(best))), forms)
