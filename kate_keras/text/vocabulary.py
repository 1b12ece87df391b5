"""The vocabulary: which surface forms are the same word, and which words count."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from numbers import Integral
from typing import Any

import numpy as np
import tensorflow as tf
from scipy import sparse

from kate_keras.errors import InputError, require
from kate_keras.text.stemmer import resolve_stemmer
from kate_keras.text.stop_words import resolve_stop_words
from kate_keras.text.tokenizer import normal_forms


@dataclass(frozen=True)
class Vocabulary(Mapping[str, int]):
    """Words and the surface forms that stand for them.

    A word is shown by its most frequent surface form. Every surface form seen in
    training (`computer`, `computers`, `computing`) is mapped to its word's id, so no
    stemmer is needed once the vocabulary exists. As a mapping it has one entry per
    word; looking up any surface form works too.

    Args:
        words: The words in id order, most frequent first.
        forms: Word id of every surface form, in Unicode's composed form (NFC).
        document_frequency: In how many training documents each word is; empty if that
            is not known.
        n_documents: Number of training documents.

    Example:
        >>> from kate_keras.text import Vocabulary
        >>> vocabulary = Vocabulary(("computer", "cat"),
        ...                         {"computer": 0, "computers": 0, "cat": 1})
        >>> vocabulary["computers"], len(vocabulary), vocabulary.words[0]
        (0, 2, 'computer')
    """

    words: tuple[str, ...]
    forms: Mapping[str, int]
    document_frequency: tuple[int, ...] = ()
    n_documents: int = 0

    @classmethod
    def from_words(cls, words: Sequence[str]) -> "Vocabulary":
        """Makes a vocabulary in which every word has a single surface form.

        Raises:
            InputError: If a word is there twice.
        """
        forms: dict[str, int] = {}
        for index, word in enumerate(words):
            if forms.setdefault(unicodedata.normalize("NFC", word), index) != index:
                raise InputError(
                    f"`vocabulary` must name each word once; {word!r} is there twice."
                )
        return cls(tuple(words), forms)

    def __getitem__(self, form: str) -> int:
        composed = unicodedata.normalize("NFC", form)
        if composed in self.forms:
            return self.forms[composed]
        # As the tokeniser does, the dot that lower-casing leaves of an "İ" goes.
        lowered = composed.lower().replace("i\u0307", "i")
        return self.forms[unicodedata.normalize("NFC", lowered)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)

    def seen_in(self, counts: sparse.csr_array) -> "Vocabulary":
        """Returns this vocabulary with the document frequencies of training counts."""
        frequency = np.bincount(counts.indices, minlength=len(self)).tolist()
        return replace(
            self, document_frequency=tuple(frequency), n_documents=counts.shape[0]
        )

    def spread(self) -> np.ndarray:
        """Standard deviation over the training documents of "holds the word".

        Returns:
            `sqrt(p (1 - p))` per word, `p` being the share of documents that hold it,
            shape `(len(self),)`; ones if the frequencies are not known.
        """
        if not self.n_documents:
            return np.ones(len(self))
        share = np.array(self.document_frequency) / self.n_documents
        return np.sqrt(share * (1 - share))

    def lookup_table(self) -> tf.lookup.StaticHashTable:
        """Builds the static table from surface form (UTF-8) to word id.

        Forms that are not in the vocabulary get the id `len(self)`.
        """
        entries = {
            spelling: word_id
            for form, word_id in self.forms.items()
            for spelling in normal_forms(form)
        }
        return tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(
                tf.constant(list(entries), tf.string),
                tf.constant(list(entries.values()), tf.int64),
            ),
            default_value=len(self),
        )

    def to_json(self) -> dict[str, Any]:
        """Returns the vocabulary as JSON types, one entry per field."""
        return {
            field.name: _jsonable(getattr(self, field.name)) for field in fields(self)
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Vocabulary":
        """Inverse of `to_json`."""
        return cls(
            tuple(data["words"]),
            dict(data["forms"]),
            tuple(data["document_frequency"]),
            data["n_documents"],
        )


def _jsonable(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


def build_vocabulary(
    forms: Sequence[str],
    counts: sparse.csr_array,
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
        counts: Counts of the surface forms, shape `(n_documents, len(forms))`.
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
    fold = sparse.csr_array(
        (np.ones(len(kept), np.float32), (kept, group)), shape=(len(forms), len(stems))
    )
    folded = sparse.csr_array(counts @ fold)
    chosen = _select(folded, list(stems), max_features, min_df, max_df)
    if not len(chosen):
        raise InputError(
            f"No words are left for the vocabulary: the {counts.shape[0]} documents "
            f"have {len(forms)} distinct words, none of which passes "
            f"stop_words={stop_words!r:.40}, min_df={min_df}, max_df={max_df}. "
            "Lower `min_df`, raise `max_df`, or check that the documents hold text."
        )
    new_id = np.full(len(stems), -1)
    new_id[chosen] = np.arange(len(chosen))
    vocabulary = _label(composed, kept, new_id[group], counts.sum(axis=0))
    words = sparse.csr_array(folded[:, chosen])
    words.sort_indices()
    return vocabulary.seen_in(words), words


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
    counts: sparse.csr_array,
    names: list[str],
    max_features: int | None,
    min_df: float,
    max_df: float,
) -> np.ndarray:
    """Columns to keep, most frequent first; the name settles ties."""
    n_documents = counts.shape[0]
    documents = np.bincount(counts.indices, minlength=len(names))
    fewest = min_df if isinstance(min_df, Integral) else min_df * n_documents
    most = max_df if isinstance(max_df, Integral) else max_df * n_documents
    passing = np.flatnonzero((documents >= fewest) & (documents <= most))
    frequency = counts.sum(axis=0)
    order = sorted(passing, key=lambda j: (-frequency[j], names[j]))
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
