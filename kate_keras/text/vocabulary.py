"""The vocabulary: which surface forms are the same word, and which words count."""

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from kate_keras.errors import InputError

# The composed and the decomposed way to write a letter that has marks.
WAYS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")


@dataclass(frozen=True)
class Vocabulary(Mapping[str, int]):
    """Words and the surface forms that stand for them.

    A word is shown by its most frequent surface form. Every surface form seen in
    training (`computer`, `computers`, `computing`) is mapped to its word's id, so no
    stemmer is needed once the vocabulary exists. As a mapping it has one entry per
    word; looking up any surface form works too.

    Args:
        words: The words in id order, most frequent first.
        forms: Word id of every surface form in Unicode's composed form (NFC); and of
            `irregular` ones as documents write them.
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
        written = {word: index for index, word in enumerate(words)}
        return cls(tuple(words), {**forms, **irregular(written)})

    def __getitem__(self, form: str) -> int:
        if not isinstance(form, str):
            raise KeyError(form)
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

    def seen_in(self, document_frequency: np.ndarray, n_documents: int) -> "Vocabulary":
        """Returns this vocabulary with the frequencies of the training corpus."""
        frequency = tuple(document_frequency.tolist())
        return replace(self, document_frequency=frequency, n_documents=n_documents)

    def seen_also_in(
        self, document_frequency: np.ndarray, n_documents: int
    ) -> "Vocabulary":
        """Returns this vocabulary with the frequencies of further documents added.

        Where those of the training corpus are not known, they stay unknown.
        """
        if not self.n_documents:
            return self
        return self.seen_in(
            np.array(self.document_frequency) + document_frequency,
            self.n_documents + n_documents,
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

    @cached_property
    def spellings(self) -> dict[str, int]:
        """The word id of every way to write a surface form: what texts are read by.

        Unicode has a composed and a decomposed way where a letter has marks. What
        people type may be neither: several marks in another order, half composed, or a
        letter that the composed way takes apart. As it was in the training documents
        it is a form of its own.
        """
        entries: dict[str, int] = {}
        for form, word_id in self.forms.items():
            entries[form] = word_id
            if not form.isascii():
                for way in WAYS:
                    entries[unicodedata.normalize(way, form)] = word_id
        return entries

    def to_json(self) -> dict[str, Any]:
        """Returns the vocabulary as JSON types, one entry per field."""
        return {
            field.name: _jsonable(getattr(self, field.name)) for field in fields(self)
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Vocabulary":
        """Inverse of `to_json`.

        Raises:
            InputError: If the data are not such as `to_json` gives.
        """
        names = {field.name for field in fields(cls)}
        if not isinstance(data, Mapping) or data.keys() != names:
            raise InputError(f"expected an object of {', '.join(sorted(names))}.")
        words, forms, frequency, n_documents = (data[f.name] for f in fields(cls))
        if not _are_words(words) or len(set(words)) != len(words):
            raise InputError("`words` must be a list of different words, in Unicode.")
        if not (
            isinstance(forms, dict)
            and _are_words(list(forms))
            and _are_whole(list(forms.values()), len(words) - 1)
        ):
            raise InputError(
                f"`forms` must give a word's id, from 0 to below {len(words)}, by each "
                "surface form."
            )
        if not _are_whole([n_documents]):
            raise InputError("`n_documents` must be a whole number of at least 0.")
        if not (
            _are_whole(frequency, n_documents)
            and len(frequency) == (len(words) if n_documents else 0)
        ):
            raise InputError(
                "`document_frequency` must have a number from 0 to `n_documents` for "
                "each word, or nothing if there are no documents."
            )
        return cls(tuple(words), dict(forms), tuple(frequency), n_documents)


def irregular(forms: Mapping[str, int]) -> dict[str, int]:
    r"""Returns those forms that are neither composed nor decomposed, with their words.

    Example:
        >>> from kate_keras.text.vocabulary import irregular
        >>> forms = {"caf\u00e9": 0, "cafe\u0301": 0, "vi\u00ea\u0323t": 1}
        >>> list(irregular(forms).values())
        [1]
    """
    return {
        form: word_id
        for form, word_id in forms.items()
        if not any(unicodedata.is_normalized(way, form) for way in WAYS)
    }


def _are_words(value: Any) -> bool:
    if not isinstance(value, list) or not all(isinstance(own, str) for own in value):
        return False
    try:
        # Half of a surrogate pair is no text.
        "\n".join(value).encode()
    except UnicodeEncodeError:
        return False
    return True


def _are_whole(value: Any, most: float = math.inf) -> bool:
    return isinstance(value, list) and all(
        type(number) is int and 0 <= number <= most for number in value
    )


def _jsonable(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value
