"""A model without TensorFlow: the light reader of kate_keras, as the service asks it.

This is the one file of the service that imports the package. The reader holds neither
layers nor training, and takes what it knows from the exported folder.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from kate_keras.errors import DocumentError, InputError
from kate_keras.light import LightModel, Shares
from serving.engine import Arrays, Encoding, Signature, TensorSpec
from serving.errors import DocumentRefused, Failure, ServiceError
from serving.model_folder import ModelFolder, ModelFolderError


class LightRunner:
    """The functions of a model in NumPy.

    They are those of its SavedModel, to float32's rounding, but for `reconstruct`. A
    text of which it is not certain which words TensorFlow would find is refused.

    Args:
        folder: Verified folder of the model.

    Attributes:
        signatures: The functions of the model.

    Raises:
        ModelFolderError: If the light reader has no vectors of this model.
    """

    def __init__(self, folder: ModelFolder) -> None:
        try:
            self._model = LightModel(folder.path)
            self._model.require_vectors()
        except InputError as error:
            raise ModelFolderError(
                f"{error}. The service runs it with KATE_ENGINE=tensorflow."
            ) from None
        self._functions: dict[str, Callable[..., Arrays]] = {
            "serving_default": self._encode,
            "encode": self._encode,
            "describe": self._describe,
            "encode_counts": self._encode_counts,
            "encode_sparse": self._encode_sparse,
            "explain": self._explain,
            "topics": self._topics,
            "neighbours": self._neighbours,
        }
        self.signatures = _signatures(len(self._model.vocabulary_), folder)

    def describe(self, documents: Sequence[bytes]) -> Encoding:
        """Encodes UTF-8 documents, in their order.

        Raises:
            DocumentRefused: If it is not certain what the words of a document are.
        """
        found = self._describe(documents)
        return Encoding(found["embedding"], found["known_words"], found["words"])

    def call(self, signature: str, inputs: Arrays) -> Arrays:
        """Calls one of `signatures`.

        Raises:
            ServiceError: If the model refuses the tensors.
            DocumentRefused: If it is not certain what the words of a text are.
        """
        try:
            return self._functions[signature](**inputs)
        except InputError as error:
            raise ServiceError(
                Failure.WRONG_VALUE, f"The model refuses these inputs: {error}"
            ) from None

    def _describe(self, text: Iterable[bytes]) -> Arrays:
        try:
            return self._model.describe([document.decode() for document in text])
        except DocumentError as error:
            raise _refused(error, error.index) from None

    def _encode(self, text: np.ndarray) -> Arrays:
        return {"embedding": self._describe(text)["embedding"]}

    def _encode_sparse(
        self, word_ids: np.ndarray, counts: np.ndarray, row_splits: np.ndarray
    ) -> Arrays:
        return {"embedding": self._model.encode_sparse(word_ids, counts, row_splits)}

    def _encode_counts(self, counts: np.ndarray) -> Arrays:
        rows, word_ids = np.nonzero(counts)
        row_splits = np.searchsorted(rows, np.arange(len(counts) + 1))
        return self._encode_sparse(word_ids, counts[rows, word_ids], row_splits)

    def _explain(self, text: np.ndarray) -> Arrays:
        parts = [self._shares(place, document) for place, document in enumerate(text)]
        pre_activation = np.stack([part.pre_activation for part in parts])
        words = self._model.vocabulary_.words
        return {
            "words": _strings(
                [words[i] for part in parts for i in part.word_ids.tolist()]
            ),
            "shares": np.concatenate([part.shares for part in parts]),
            "row_splits": _splits([len(part.word_ids) for part in parts]),
            "bias": self._model.bias,
            "pre_activation": pre_activation,
            "activation": self._model.activate(pre_activation),
            "unknown_words": _strings([w for part in parts for w in part.unknown]),
            "unknown_row_splits": _splits([len(part.unknown) for part in parts]),
        }

    def _shares(self, place: int, document: bytes) -> Shares:
        try:
            return self._model.shares(document.decode())
        except DocumentError as error:
            raise _refused(error, place) from None

    def _topics(self, n_words: np.ndarray) -> Arrays:
        width = int(np.clip(n_words, 1, len(self._model.vocabulary_)))
        topics = self._model.topics(width)
        outputs: Arrays = {}
        for sign in ("positive", "negative"):
            words = np.full((len(topics), width), b"", object)
            influence = np.zeros((len(topics), width), np.float32)
            for topic in topics:
                for place, (word, value) in enumerate(getattr(topic, sign)):
                    words[topic.index, place] = word.encode()
                    influence[topic.index, place] = value
            outputs |= {sign: words, f"{sign}_influence": influence}
        return outputs

    def _neighbours(self, word: np.ndarray, n: np.ndarray) -> Arrays:
        try:
            words = self._model.words(word.item().decode())
        except DocumentError as error:
            refused = _refused(error, 0)
            raise ServiceError(
                Failure.WRONG_VALUE, f"`word`: {refused.reason}", "word"
            ) from None
        known = self._model.known(words)
        found = []
        if len(words) == len(known) == 1:
            shown = self._model.vocabulary_.words[known[0]]
            found = self._model.similar_words(shown, max(int(n), 0))
        cosines = np.array([cosine for _, cosine in found], np.float32)
        return {"words": _strings([near for near, _ in found]), "cosines": cosines}


def _strings(texts: Sequence[str]) -> np.ndarray:
    return np.array([text.encode() for text in texts], object)


def _splits(lengths: Sequence[int]) -> np.ndarray:
    return np.cumsum([0, *lengths])


def _refused(error: DocumentError, place: int) -> DocumentRefused:
    return DocumentRefused(
        place,
        f"{error.reason} This service runs without TensorFlow (KATE_ENGINE=light).",
    )


def _signatures(n_words: int, folder: ModelFolder) -> dict[str, Signature]:
    text = {"text": TensorSpec("string", (None,))}
    vectors = TensorSpec("float32", (None, folder.manifest.dimensions))
    numbers, strings = TensorSpec("int64", (None,)), TensorSpec("string", (None,))
    floats, table = TensorSpec("float32", (None,)), TensorSpec("string", (None, None))
    embedding = {"embedding": vectors}
    counts = {"known_words": numbers, "words": numbers}
    influence = TensorSpec("float32", (None, None))
    return {
        "serving_default": Signature(text, embedding),
        "encode": Signature(text, embedding),
        "describe": Signature(text, embedding | counts),
        "encode_counts": Signature(
            {"counts": TensorSpec("float32", (None, n_words))}, embedding
        ),
        "encode_sparse": Signature(
            {"word_ids": numbers, "counts": floats, "row_splits": numbers}, embedding
        ),
        "explain": Signature(
            text,
            {
                "words": strings,
                "shares": vectors,
                "row_splits": numbers,
                "bias": floats,
                "pre_activation": vectors,
                "activation": vectors,
                "unknown_words": strings,
                "unknown_row_splits": numbers,
            },
        ),
        "topics": Signature(
            {"n_words": TensorSpec("int32", ())},
            {
                "positive": table,
                "positive_influence": influence,
                "negative": table,
                "negative_influence": influence,
            },
        ),
        "neighbours": Signature(
            {"word": TensorSpec("string", ()), "n": TensorSpec("int32", ())},
            {"words": strings, "cosines": floats},
        ),
    }
