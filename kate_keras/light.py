"""A trained model without TensorFlow: vectors, topics and words in plain NumPy.

A script that needs a few vectors would wait for TensorFlow several times as long as for
the vectors themselves. The light reader takes the model folder's arrays; its words are
those of the in-graph tokeniser, or it refuses the text.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from kate_keras.analysis.topic_words import Topic, topics
from kate_keras.analysis.words import similar_words
from kate_keras.artifact.manifest import ENCODER, VOCABULARY, read_manifest
from kate_keras.errors import InputError
from kate_keras.text.batched import batched
from kate_keras.text.checked_text import utf8
from kate_keras.text.plain_tokenizer import plain_words
from kate_keras.text.vocabulary import Vocabulary

BATCH = 256
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "linear": lambda a: a,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
}


class LightModel:
    """Vectors, topics and words of a model folder, read without TensorFlow.

    Vectors equal those of `KATE.transform` to float32's rounding, 1e-5 of their length.

    Args:
        path: Model folder.

    Attributes:
        vocabulary_: Words of the input.
        fingerprint_: The model's fingerprint.
        n_components: Size of a vector.
        facts: The manifest.

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
        path = Path(path)
        self.facts = read_manifest(path, [VOCABULARY, ENCODER])
        if ENCODER not in self.facts["files"]:
            raise InputError(
                f"{path} has no {ENCODER}, which the light reader needs. Load it whole "
                "and save it again: load(path).save(path)"
            )
        data = json.loads((path / VOCABULARY).read_text(encoding="utf-8"))
        self.vocabulary_ = Vocabulary.from_json(data)
        with np.load(path / ENCODER, allow_pickle=False) as arrays:
            self._arrays = dict(arrays)
        self.kernel = self._arrays["kernel"]
        self.fingerprint_: str = self.facts["fingerprint"]
        self.n_components = int(self.kernel.shape[1])
        self._word_ids = self.vocabulary_.spellings()

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
        """Yields `embedding` and `known_words` of batches; see `KATE.encode_batches`.

        Raises:
            InputError: As `transform`.
        """
        self._require_vectors()
        first = 0
        for batch in batched(texts, BATCH):
            known = [self._known_words(text, first + i) for i, text in enumerate(batch)]
            first += len(batch)
            lengths = np.array([len(ids) for ids in known])
            yield {"embedding": self._encode(known), "known_words": lengths}

    def topics(self, n_words: int = 10) -> list[Topic]:
        """Returns the topics, as `KATE.topics` does."""
        return topics(self.kernel, self.vocabulary_, n_words)

    def similar_words(self, word: str, n: int = 10) -> list[tuple[str, float]]:
        """Returns the `n` nearest words, as `KATE.similar_words` does.

        Raises:
            InputError: If the word is not in the vocabulary.
        """
        return similar_words(self.kernel, self.vocabulary_, word, n)

    def _require_vectors(self) -> None:
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

    def _known_words(self, text: str, index: int) -> list[int]:
        utf8(text, index)
        try:
            words = plain_words(text)
        except InputError as error:
            raise InputError(f"Document {index}: {error}") from None
        known = map(self._word_ids.get, words)
        return [word_id for word_id in known if word_id is not None]

    def _encode(self, known: list[list[int]]) -> np.ndarray:
        """Encodes documents, each on its own, from the ids of their words."""
        n_words = len(self.vocabulary_)
        lengths = [len(ids) for ids in known]
        ids = np.fromiter((i for row in known for i in row), np.int64, sum(lengths))
        rows = np.repeat(np.arange(len(known)), lengths)
        places, counts = np.unique(rows * n_words + ids, return_counts=True)
        rows, ids = np.divmod(places, n_words)
        logs = np.log1p(counts.astype(np.float32))
        borders = np.searchsorted(rows, np.arange(len(known) + 1))
        weights = self._arrays.get("word_weights", np.ones(n_words, np.float32))[ids]
        sums = np.zeros((len(known), self.n_components), np.float32)
        for row, (start, end) in enumerate(zip(borders[:-1], borders[1:], strict=True)):
            if start < end:
                x = logs[start:end] / logs[start:end].max() * weights[start:end]
                sums[row] = x @ self.kernel[ids[start:end]]
        activation = ACTIVATIONS[str(self._arrays["activation"])]
        vectors = activation(sums + self._arrays["bias"])
        if "mean" in self._arrays:
            vectors = vectors - self._arrays["mean"]
        if "whitening" in self._arrays:
            # Row by row, so that no vector depends on its neighbours.
            vectors = np.stack([row @ self._arrays["whitening"] for row in vectors])
        return np.asarray(vectors, np.float32)
