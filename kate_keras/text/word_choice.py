"""Which surface forms are the same word, and which words a vocabulary keeps."""

import heapq
import unicodedata
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from numbers import Integral
from typing import NamedTuple, TypeVar

import numpy as np
from scipy import sparse

from kate_keras.argument_checks import is_number, require_count
from kate_keras.errors import InputError, require
from kate_keras.text.count_blocks import folding, stack_rows
from kate_keras.text.count_input import document_frequency
from kate_keras.text.form_spool import Stretch
from kate_keras.text.stem_spool import Stem, StemSpool
from kate_keras.text.stemmer import resolve_stemmer
from kate_keras.text.stop_words import resolve_stop_words
from kate_keras.text.vocabulary import Vocabulary, irregular

Gathered = TypeVar("Gathered")


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
    vocabulary, words, _ = choose_words(
        [Stretch(list(forms), [counts])],
        stack_rows,
        max_features=max_features,
        min_df=min_df,
        max_df=max_df,
        stop_words=stop_words,
        stemmer=stemmer,
    )
    return vocabulary, words


def choose_words(
    stretches: Iterable[Stretch],
    gather: Callable[[Iterable[sparse.csr_array], int], Gathered],
    *,
    max_features: int | None,
    min_df: float,
    max_df: float,
    stop_words: str | Collection[str] | None,
    stemmer: str | None,
) -> tuple[Vocabulary, Gathered, float]:
    """Does the work of `build_vocabulary`, with the forms of one stretch in memory.

    Args:
        stretches: The corpus, read twice.
        gather: What puts blocks of counts together: `stack_rows` or `store_rows`.
        max_features: As there, and so are the others.
        min_df: Fewest documents.
        max_df: Most documents.
        stop_words: Words to leave out.
        stemmer: What folds forms.

    Returns:
        What `build_vocabulary` does, and how many words there are beside stop words,
        repeats counted, whether the vocabulary has them or not.
    """
    check_limits(max_features, min_df, max_df)
    stops = resolve_stop_words(stop_words)
    stem = resolve_stemmer(stemmer)
    with StemSpool() as stems:
        n_documents, n_words = 0, 0.0
        for stretch in stretches:
            names, groups, frequencies = fold_stretch(stretch, stops, stem)
            totals, documents = frequencies.stems, frequencies.documents
            stems.append(names, totals, documents, groups, frequencies.forms)
            n_documents += frequencies.n_documents
            n_words += float(totals.sum())
        limits = document_limits(n_documents, min_df, max_df)
        passing = (stem for stem in stems if limits[0] <= stem.documents <= limits[1])
        chosen = most_frequent(passing, max_features)
        if not chosen:
            raise no_words_left(
                n_documents, sum(1 for _ in stems), stop_words, min_df, max_df
            )
        labels = _Labels([stem.name for stem in chosen])
        words = gather(_keep(stretches, stems, labels), len(chosen))
    documents = np.array([stem.documents for stem in chosen])
    return labels.vocabulary().seen_in(documents, n_documents), words, n_words


class FoldedForms(NamedTuple):
    """The forms of a stretch, folded.

    Attributes:
        names: Stems.
        groups: The stem of each form, by its place in `names`; -1, a stop word.
        frequencies: How often forms and stems occur.
    """

    names: list[str]
    groups: np.ndarray
    frequencies: "Frequencies"


def fold_stretch(
    stretch: Stretch, stops: frozenset[str], stem: Callable[[str], str]
) -> FoldedForms:
    """Folds the forms of a stretch and counts how often they and their stems occur."""
    names, groups = _fold(stretch.forms, stops, stem)
    frequencies = Frequencies(len(groups), len(names))
    fold = folding(groups, len(names))
    for block in stretch.blocks:
        frequencies.add(block, block @ fold)
    return FoldedForms(names, groups, frequencies)


def _keep(
    stretches: Iterable[Stretch], stems: StemSpool, labels: "_Labels"
) -> Iterator[sparse.csr_array]:
    """Yields the counts of the words, whose forms it adds to the labels."""
    for stretch, folded in zip(stretches, stems.stretches(), strict=True):
        ids = [labels.word_ids.get(stem.name, -1) for stem in folded.stems]
        word_ids = np.array([*ids, -1])[folded.groups]
        labels.add(stretch.forms, word_ids, folded.totals)
        fold = folding(word_ids, len(labels.word_ids))
        for block in stretch.blocks:
            yield block @ fold


def _fold(
    forms: list[str], stops: frozenset[str], stem: Callable[[str], str]
) -> tuple[list[str], np.ndarray]:
    """Returns the stems of forms, and which of them each form has; -1, a stop word."""
    names: dict[str, int] = {}
    composed = (unicodedata.normalize("NFC", form) for form in forms)
    groups = [
        -1 if form in stops else names.setdefault(stem(form), len(names))
        for form in composed
    ]
    return list(names), np.array(groups, np.int32)


class Frequencies:
    """How often the forms and stems of a stretch occur, added up block by block.

    Args:
        n_forms: Number of surface forms.
        n_stems: Number of groups of forms.

    Attributes:
        n_documents: Documents so far.
        forms: How often each form occurs.
        stems: How often each stem does.
        documents: In how many documents each stem is.
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


def check_limits(max_features: int | None, min_df: float, max_df: float) -> None:
    """Refuses limits of a vocabulary that are out of their range.

    Raises:
        InputError: If one is.
    """
    if max_features is not None:
        require_count(max_features, "max_features", 1)
    for name, value in (("min_df", min_df), ("max_df", max_df)):
        valid = is_number(value) and (
            value >= 1 if isinstance(value, Integral) else 0 <= value <= 1
        )
        expected = (
            "a whole number of at least 1 (documents) or a float from 0 to 1 (share)"
        )
        require(valid, name, expected, value)


def document_limits(
    n_documents: int, min_df: float, max_df: float
) -> tuple[float, float]:
    """Returns in how many documents a word is at the least and at the most."""
    fewest = min_df if isinstance(min_df, Integral) else min_df * n_documents
    most = max_df if isinstance(max_df, Integral) else max_df * n_documents
    return fewest, most


def most_frequent(stems: Iterable[Stem], max_features: int | None) -> list[Stem]:
    """Returns the stems to keep, most frequent first; the name settles ties."""
    if max_features is None:
        return sorted(stems, key=_rank)
    return heapq.nsmallest(max_features, stems, key=_rank)


def no_words_left(
    n_documents: int,
    n_stems: int,
    stop_words: str | Collection[str] | None,
    min_df: float,
    max_df: float,
) -> InputError:
    """Says that no word passes."""
    return InputError(
        f"No words are left for the vocabulary: the {n_documents} documents "
        f"have {n_stems} distinct words beside stop_words={stop_words!r:.40}, none of "
        f"which passes min_df={min_df}, max_df={max_df}. "
        "Lower `min_df`, raise `max_df`, or check that the documents hold text."
    )


def _rank(stem: Stem) -> tuple[float, str]:
    return -stem.total, stem.name


class _Labels:
    """The forms of the words, each of which is named by its most frequent form.

    Args:
        stems: The stems of the words in id order.
    """

    def __init__(self, stems: list[str]) -> None:
        self.word_ids = {name: index for index, name in enumerate(stems)}
        self._forms: dict[str, int] = {}
        self._totals: dict[str, float] = {}

    def add(self, forms: list[str], word_ids: np.ndarray, totals: np.ndarray) -> None:
        """Adds the forms of a stretch, the word of each (or -1) and how often it is."""
        for column in np.flatnonzero(word_ids >= 0).tolist():
            form = forms[column]
            self._forms[form] = int(word_ids[column])
            self._totals[form] = self._totals.get(form, 0.0) + float(totals[column])

    def vocabulary(self) -> Vocabulary:
        """Names the words."""
        return named_by_forms(self._forms, self._totals)


def named_by_forms(forms: dict[str, int], totals: Mapping[str, float]) -> Vocabulary:
    """Names every word by its most frequent form, composed.

    Args:
        forms: The word id of each form, as documents write it.
        totals: How often each occurs.
    """
    composed: dict[str, int] = {}
    sums: dict[str, float] = {}
    for written, word_id in forms.items():
        form = unicodedata.normalize("NFC", written)
        composed[form] = word_id
        sums[form] = sums.get(form, 0.0) + totals[written]
    best: dict[int, str] = {}
    for form in sorted(composed, key=lambda f: (-sums[f], f)):
        best.setdefault(composed[form], form)
    words = tuple(best[i] for i in range(len(best)))
    return Vocabulary(words, {**composed, **irregular(forms)})
