"""A trained model without TensorFlow: vectors, topics and words in plain NumPy.

A script that needs a few vectors would wait for TensorFlow several times as long as for
the vectors themselves. The light reader takes the model folder's arrays; its words are
those of the in-graph tokeniser, or it refuses the text.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kate_keras.analysis.topic_words import Topic, topics
from kate_keras.analysis.words import similar_words
from kate_keras.argument_checks import checked_path
from kate_keras.artifact.encoder_file import read_encoder
from kate_keras.artifact.manifest import ENCODER, VOCABULARY, read_manifest
from kate_keras.artifact.vocabulary_file import read_vocabulary
from kate_keras.errors import DocumentError, InputError
from kate_keras.text.batched import batched
from kate_keras.text.characters import characters
from kate_keras.text.checked_text import utf8
from kate_keras.text.plain_tokenizer import plain_words

BATCH = 256
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "linear": lambda a: a,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
}
# What a read-out can read.
READ = ("activations", "pre-activations")


class Shares(NamedTuple):
    """What the words of a text add to the units' pre-activations.

    Attributes:
        word_ids: Ids of its known words, ascending, `(n,)`.
        shares: What each adds to each unit, float32 `(n, n_components)`.
        pre_activation: Their sum and the bias, float32 `(n_components,)`.
        unknown: Its other words.
    """

    word_ids: np.ndarray
    shares: np.ndarray
    pre_activation: np.ndarray
    unknown: list[str]


class LightModel:
    """Vectors, topics and words of a model folder, read without TensorFlow.

    Vectors equal those of `KATE.transform` to float32's rounding, 1e-5 of their length.

    Args:
        path: Model folder, or a version of an export.

    Attributes:
        vocabulary_: Words of the input.
        fingerprint_: The model's fingerprint.
        n_components: Size of a vector.
        facts: The manifest.
        kernel: `W`, float32 `(vocabulary_size, n_components)`.

    Raises:
        InputError: If the folder is not a model, is damaged, or was saved by a
            kate_keras that wrote nothing for the light reader.

    Example:
        >>> import tempfile
        >>> from kate_keras import KATE, load
        >>> pets = tempfile.mkdtemp() + "/pets"
        >>> texts = ["cats purr and sleep", "dogs bark and run", "cats and dogs"] * 10
        >>> KATE(n_components=4, epochs=2, verbose=False).fit(texts).save(pets)
        >>> load(pets, light=True).transform(["a cat sleeps"]).shape
        (1, 4)
    """

    def __init__(self, path: str | Path) -> None:
        path = checked_path(path)
        self.facts = read_manifest(path, [VOCABULARY, ENCODER])
        self.vocabulary_ = read_vocabulary(path, self.facts)
        self._arrays = read_encoder(path, self.facts)
        for name, known in (("activation", ACTIVATIONS), ("read", READ)):
            value = self._arrays.get(name)
            if value is not None and str(value) not in known:
                raise InputError(
                    f"{path / ENCODER} has the `{name}` {str(value)!r:.80}; "
                    f"expected one of {', '.join(known)}."
                )
        # Folders of before there was a choice have none.
        self._linear = str(self._arrays.get("read")) == "pre-activations"
        self.kernel = self._arrays["kernel"]
        ones = np.ones(len(self.kernel), np.float32)
        self._word_weights = self._arrays.get("word_weights", ones)
        self.fingerprint_: str = self.facts["fingerprint"]
        self.n_components = int(self.kernel.shape[1])
        self._word_ids = self.vocabulary_.spellings
        self._origin = self._read_origin()

    def transform(self, texts: Iterable[str]) -> np.ndarray:
        """Encodes texts.

        Args:
            texts: Texts, as a list or another iterable of strings.

        Returns:
            Vectors, float32 of shape `(n_documents, n_components)`. The vector of a
            text without known words is that of the zero input.

        Raises:
            InputError: If the model was fitted on counts or its vectors take more than
                NumPy, an item is not a string, or it is not certain what the words of
                a text are.
        """
        none = np.zeros((0, self.n_components), np.float32)
        parts = [batch["embedding"] for batch in self.encode_batches(texts)]
        return np.concatenate([none, *parts])

    def encode_batches(self, texts: Iterable[str]) -> Iterator[dict[str, np.ndarray]]:
        """Encodes a corpus of any size, a batch at a time; see `KATE.encode_batches`.

        Yields:
            `embedding` and `known_words`.

        Raises:
            InputError: As `transform`.
        """
        self.require_vectors()
        first = 0
        for batch in batched(texts, BATCH):
            yield self._encode(
                [self._runs(text, first + i) for i, text in enumerate(batch)]
            )
            first += len(batch)

    def describe(self, texts: Sequence[str]) -> dict[str, np.ndarray]:
        """Encodes texts all at once.

        Args:
            texts: Texts.

        Returns:
            `embedding`, float32 `(n_documents, n_components)`; `known_words` and
            `words`, int64 `(n_documents,)`.

        Raises:
            InputError: As `transform`.
        """
        self.require_vectors()
        runs = [self._runs(text, index) for index, text in enumerate(texts)]
        n_words = [len(own) - sum(_are_numbers(own)) for own in runs]
        return {**self._encode(runs), "words": np.array(n_words, np.int64)}

    def encode_sparse(
        self, word_ids: np.ndarray, counts: np.ndarray, row_splits: np.ndarray
    ) -> np.ndarray:
        """Encodes counts in CSR form, as the SavedModel's `encode_sparse`.

        Args:
            word_ids: Word ids, integers `(nnz,)`.
            counts: Counts of these words, `(nnz,)`.
            row_splits: Where each document begins and the last ends, `(batch + 1,)`.

        Returns:
            Vectors, float32 `(batch, n_components)`.

        Raises:
            InputError: If the model has no light vectors, an id is out of range, or a
                count is not finite or below 0.
        """
        self.require_vectors()
        if not ((word_ids >= 0) & (word_ids < len(self.vocabulary_))).all():
            raise InputError(
                f"word_ids must be from 0 to below {len(self.vocabulary_)}."
            )
        if not (np.isfinite(counts) & (counts >= 0)).all():
            raise InputError("counts must be finite and not negative.")
        n_documents = len(row_splits) - 1
        rows = np.repeat(np.arange(n_documents), np.diff(row_splits))
        places, inverse = np.unique(self._places(rows, word_ids), return_inverse=True)
        sums = np.bincount(inverse.ravel(), counts, len(places))
        return self._embed(places, sums, n_documents)

    def words(self, text: str) -> list[str]:
        """Returns the words of a text, known or not, in their order.

        Raises:
            InputError: If it is no string, or it is not certain what its words are.
        """
        runs = self._runs(text, 0)
        numbers = _are_numbers(runs)
        return [run for run, number in zip(runs, numbers, strict=True) if not number]

    def known(self, words: Iterable[str]) -> list[int]:
        """Returns the ids of those words that the vocabulary has."""
        known = map(self._word_ids.get, words)
        return [word_id for word_id in known if word_id is not None]

    def shares(self, text: str) -> Shares:
        """Splits the pre-activations of a text into exact shares of its words.

        Raises:
            InputError: As `transform`.
        """
        self.require_vectors()
        words = self.words(text)
        ids = np.array(self.known(words), np.int64)
        word_ids, counts = np.unique(ids, return_counts=True)
        unknown = [word for word in words if word not in self._word_ids]
        shares = self._inputs(word_ids, counts)[:, None] * self.kernel[word_ids]
        return Shares(word_ids, shares, shares.sum(axis=0) + self.bias, unknown)

    def activate(self, pre_activation: np.ndarray) -> np.ndarray:
        """Returns the activations of pre-activations, element by element."""
        activate = ACTIVATIONS[str(self._arrays["activation"])]
        return np.asarray(activate(pre_activation), np.float32)

    def topics(self, n_words: int = 10) -> list[Topic]:
        """Returns the topics, as `KATE.topics` does."""
        ends = self._arrays.get("topic_ends")
        return topics(self.kernel, self.vocabulary_, n_words, ends)

    def similar_words(self, word: str, n: int = 10) -> list[tuple[str, float]]:
        """Returns the `n` nearest words, as `KATE.similar_words` does.

        Raises:
            InputError: If the word is not in the vocabulary.
        """
        return similar_words(self.kernel, self.vocabulary_, word, n)

    @property
    def bias(self) -> np.ndarray:
        """`b`, float32 `(n_components,)`."""
        self.require_vectors()
        bias: np.ndarray = self._arrays["bias"]
        return bias

    def require_vectors(self) -> None:
        """Refuses a model whose vectors take TensorFlow.

        Raises:
            InputError: If the model was fitted on counts, has more than one layer
                before its vectors, or competes outside training.
        """
        if self.facts["input"] != "texts":
            raise InputError(
                "This model was fitted on counts and does not know the words of texts. "
                "Load it whole and pass counts: load(path)"
            )
        if "bias" not in self._arrays:
            options = self.facts["options"]
            raise InputError(
                "The light reader has no vectors of this model: they need a variant of "
                "one layer without competition outside training. Received: "
                f"variant={options['variant']!r}, inference={options['inference']!r}. "
                "Load it whole: load(path)"
            )

    def _runs(self, text: str, index: int) -> list[str]:
        """The words of a text, and numbers, which are in no vocabulary."""
        utf8(text, index)
        try:
            return plain_words(text)
        except InputError as error:
            raise DocumentError(index, str(error)) from None

    def _encode(self, runs: Sequence[list[str]]) -> dict[str, np.ndarray]:
        known = [self.known(own) for own in runs]
        n_known = np.array([len(ids) for ids in known], np.int64)
        every_id = (word_id for ids in known for word_id in ids)
        ids = np.fromiter(every_id, np.int64, int(n_known.sum()))
        rows = np.repeat(np.arange(len(runs)), n_known)
        places, counts = np.unique(self._places(rows, ids), return_counts=True)
        embedding = self._embed(places, counts, len(runs))
        return {"embedding": embedding, "known_words": n_known}

    def _inputs(self, word_ids: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """The weighted input of one document: that of each of its words."""
        logs = np.log1p(counts, dtype=np.float32)
        highest = logs.max(initial=0) or 1
        inputs: np.ndarray = logs / highest * self._word_weights[word_ids]
        return inputs

    def _places(self, rows: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """One number for a row and a word, by which both are in order."""
        places: np.ndarray = rows * len(self.vocabulary_) + ids
        return places

    def _read_origin(self) -> np.ndarray:
        """What the read-out reads where the vector is zero, `(n_components,)`."""
        zeros = np.zeros(self.n_components, np.float32)
        origin: np.ndarray = self._arrays.get("mean", zeros)
        if "bias" not in self._arrays:
            return origin
        # Those of a text without words, if it is they, as NumPy rounds them: its vector
        # is then zero, as in the whole model, and not the difference of two roundings.
        empty = self._before_read_out(self._arrays["bias"])
        return empty if np.allclose(empty, origin, rtol=0, atol=1e-6) else origin

    def _before_read_out(self, pre_activation: np.ndarray) -> np.ndarray:
        return pre_activation if self._linear else self.activate(pre_activation)

    def _embed(
        self, places: np.ndarray, counts: np.ndarray, n_documents: int
    ) -> np.ndarray:
        """Encodes documents, each on its own, from counts in the order of places."""
        rows, ids = np.divmod(places, len(self.vocabulary_))
        borders = np.searchsorted(rows, np.arange(n_documents + 1))
        pre_activation = np.zeros((n_documents, self.n_components), np.float32)
        for row, (start, end) in enumerate(zip(borders[:-1], borders[1:], strict=True)):
            if start < end:
                own = ids[start:end]
                x = self._inputs(own, counts[start:end])
                pre_activation[row] = x @ self.kernel[own]
        vectors = self._before_read_out(pre_activation + self._arrays["bias"])
        vectors = vectors - self._origin
        if "whitening" in self._arrays and n_documents:
            # Row by row, so that no vector depends on its neighbours.
            vectors = np.stack([row @ self._arrays["whitening"] for row in vectors])
        return np.asarray(vectors, np.float32)


def _are_numbers(runs: Sequence[str]) -> list[bool]:
    is_number = characters().is_number
    # The first test is quick, and enough for most.
    return [not run.isalpha() and is_number(run) for run in runs]
