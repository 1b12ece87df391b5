"""Words that a vocabulary does not know, gathered while the known ones are counted."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nsmallest

import numpy as np
from scipy import sparse

from kate_keras.text.batched import batched
from kate_keras.text.count_blocks import folding, stack_rows
from kate_keras.text.count_input import document_frequency
from kate_keras.text.counts import BATCH, count_batch, numbering
from kate_keras.text.form_spool import csr_rows
from kate_keras.text.stemmer import resolve_stemmer
from kate_keras.text.stop_words import resolve_stop_words
from kate_keras.text.vocabulary import Vocabulary


@dataclass(frozen=True)
class UnknownWord:
    """A word that is not in the vocabulary.

    Args:
        word: Its most frequent surface form; forms of one stem are one word.
        count: How often it occurs, in whatever form.
        documents: In how many documents.
    """

    word: str
    count: int
    documents: int


@dataclass
class UnknownWords:
    """What of some documents a vocabulary does not know; stop words are left out.

    Args:
        known: Words that the vocabulary knows, repeats counted.
        unknown: Words that it does not know, repeats counted.
    """

    known: int = 0
    unknown: int = 0
    _forms: dict[str, Counter[str]] = field(default_factory=dict)
    _documents: Counter[str] = field(default_factory=Counter)

    @property
    def distinct(self) -> int:
        """How many different unknown words there are."""
        return len(self._forms)

    def most_frequent(self, n: int) -> list[UnknownWord]:
        """Returns the `n` unknown words that are in most documents.

        A word that fills a single document says little, however often it is there.
        """
        found = [
            UnknownWord(
                min(forms, key=lambda form: (-forms[form], form)),
                forms.total(),
                self._documents[stem],
            )
            for stem, forms in self._forms.items()
        ]
        return nsmallest(n, found, key=lambda w: (-w.documents, -w.count, w.word))

    def add(
        self, forms: list[str], stems: list[str | None], counts: sparse.csr_array
    ) -> None:
        """Adds documents.

        Args:
            forms: Surface form of each column.
            stems: Its stem; `None` for what is known or a stop word.
            counts: Counts of the forms, shape `(n_documents, len(forms))`.
        """
        numbers: dict[str, int] = {}
        groups = np.full(len(forms), -1)
        totals = np.bincount(counts.indices, counts.data, len(forms))
        for j, stem in enumerate(stems):
            if stem is not None:
                groups[j] = numbers.setdefault(stem, len(numbers))
                own = self._forms.setdefault(stem, Counter())
                own[forms[j]] += round(totals[j])
        self.unknown += round(totals[groups >= 0].sum())
        folded = counts @ folding(groups, len(numbers))
        frequency = document_frequency(folded).tolist()
        self._documents.update(dict(zip(numbers, frequency, strict=True)))


def count_with_unknown(
    texts: Iterable[str],
    vocabulary: Vocabulary,
    stop_words: str | Collection[str] | None,
    stemmer: str | None,
) -> tuple[sparse.csr_array, UnknownWords]:
    """Counts the words of a vocabulary and tells which others there are.

    The distinct unknown words are held in memory.

    Args:
        texts: The documents; a generator is read once.
        vocabulary: Words to count.
        stop_words: What was left out of the vocabulary; see `resolve_stop_words`.
        stemmer: What folded its forms; see `resolve_stemmer`.

    Returns:
        Counts as `count_words` gives them, and the unknown words.

    Example:
        >>> from kate_keras.text import Vocabulary
        >>> from kate_keras.text.unknown_words import count_with_unknown
        >>> vocabulary = Vocabulary(("cat",), {"cat": 0, "cats": 0})
        >>> counts, found = count_with_unknown(
        ...     ["the cats and a dog", "dogs, dogs"], vocabulary, "english", "english")
        >>> counts.toarray().tolist(), found.known, found.unknown
        ([[1.0], [0.0]], 1, 3)
        >>> found.most_frequent(1)
        [UnknownWord(word='dogs', count=3, documents=2)]
    """
    found = UnknownWords()
    stops, stem = resolve_stop_words(stop_words), resolve_stemmer(stemmer)

    def blocks() -> Iterator[sparse.csr_array]:
        n_documents = 0
        for batch in batched(texts, BATCH):
            columns = numbering()
            entries = count_batch(batch, columns, n_documents)
            n_documents += len(batch)
            counts = csr_rows(*entries, len(columns))
            names = [form.decode("utf-8") for form in columns]
            forms = [unicodedata.normalize("NFC", name) for name in names]
            ids = [vocabulary.spellings.get(name, -1) for name in names]
            others = [
                stem(form) if id_ < 0 and form not in stops else None
                for form, id_ in zip(forms, ids, strict=True)
            ]
            found.add(forms, others, counts)
            known = counts @ folding(np.array(ids, int), len(vocabulary))
            found.known += round(known.sum(dtype=np.float64))
            yield known

    return stack_rows(blocks(), len(vocabulary)), found
