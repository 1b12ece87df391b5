"""Text to vectors: what the service asks of a model, and the SavedModel behind it."""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from serving.errors import Failure, ServiceError
from serving.model_folder import ModelFolder, ModelFolderError

SIGNATURE = "describe"
OUTPUTS = ("embedding", "known_words")


@dataclass(frozen=True)
class ModelCard:
    """What a model says of itself.

    Attributes:
        name: Name in requests and responses.
        version: Version in responses.
        fingerprint: Hash over weights, vocabulary and options. Vectors are comparable
            only where it is the same.
        dimensions: Length of a vector.
        vocabulary_size: Number of words the model knows.
        versions: Versions of the libraries that made the model.
    """

    name: str
    version: str
    fingerprint: str
    dimensions: int
    vocabulary_size: int
    versions: dict[str, str]


class Encoding(NamedTuple):
    """Vectors `(documents, dimensions)` and known-word counts `(documents,)`."""

    embeddings: NDArray[np.float32]
    known_words: NDArray[np.int64]


class Engine(Protocol):
    """What the service needs of a model."""

    @property
    def card(self) -> ModelCard:
        """What the model says of itself."""

    async def start(self) -> None:
        """Loads and warms the model."""

    async def stop(self) -> None:
        """Puts the model down, after the work at hand."""

    async def encode(self, documents: Sequence[bytes]) -> Encoding:
        """Encodes UTF-8 documents, in their order."""


class SavedModelEngine:
    """Runs the `describe` signature of an exported model.

    TensorFlow works on one thread of its own. The event loop stays free, and memory
    does not grow with a pool of threads that each keep their own buffers. A long list
    goes through in batches, so that a short one waits for a batch and not for a list.

    Args:
        folder: Verified folder of the model.
        name: Name to serve the model under; `None` takes the manifest's.
        batch_size: Documents per TensorFlow call.
        threads: Threads that TensorFlow uses within a call; `None` is one per core.
    """

    def __init__(
        self,
        folder: ModelFolder,
        name: str | None = None,
        batch_size: int = 256,
        threads: int | None = None,
    ) -> None:
        manifest = folder.manifest
        self.card = ModelCard(
            name=name or manifest.name,
            version=folder.version,
            fingerprint=manifest.fingerprint,
            dimensions=manifest.dimensions,
            vocabulary_size=manifest.vocabulary_size,
            versions=manifest.versions,
        )
        self._folder = folder
        self._batch_size = batch_size
        self._threads = threads
        self._model: Any = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")

    def load(self) -> None:
        """Loads and warms the model. Does nothing where that has been done.

        Raises:
            ModelFolderError: If the SavedModel cannot be loaded, or has no `describe`
                signature with the outputs and dimensions of its manifest.
        """
        self._thread.submit(self._load).result()

    async def start(self) -> None:
        """Loads and warms the model, off the event loop."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._load)

    async def stop(self) -> None:
        """Puts the model down, after the batch at hand."""
        self._model = None
        await asyncio.to_thread(self._thread.shutdown)

    async def encode(self, documents: Sequence[bytes]) -> Encoding:
        """Encodes documents.

        Args:
            documents: UTF-8 texts, at least one.

        Returns:
            Vectors and counts, in the order of `documents`.

        Raises:
            ServiceError: If the model is not loaded, or gives a vector that is not
                finite.
        """
        model = self._model
        if model is None:
            raise ServiceError(Failure.NOT_READY, "The model is not loaded yet.")
        loop = asyncio.get_running_loop()
        parts = []
        for start in range(0, len(documents), self._batch_size):
            batch = documents[start : start + self._batch_size]
            parts.append(
                await loop.run_in_executor(self._thread, _describe, model, batch)
            )
        encoding = Encoding(
            np.concatenate([part.embeddings for part in parts]),
            np.concatenate([part.known_words for part in parts]),
        )
        if not np.isfinite(encoding.embeddings).all():
            raise ServiceError(
                Failure.NON_FINITE_VECTOR,
                "The model gave a vector that is not finite, so none is returned. "
                "Its weights are damaged; train or export it again.",
            )
        return encoding

    def _load(self) -> None:
        if self._model is None:
            model = self._open()
            for size in (1, self._batch_size):
                _describe(model, [b"warm up"] * size)
            self._model = model

    def _open(self) -> Any:
        # TensorFlow takes seconds to import: a mistake in the settings is told before.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        import tensorflow as tf

        if self._threads is not None:
            tf.config.threading.set_intra_op_parallelism_threads(self._threads)
            tf.config.threading.set_inter_op_parallelism_threads(self._threads)
        path = self._folder.saved_model
        try:
            model = tf.saved_model.load(str(path), tags=["serve"])
        except Exception as error:
            raise ModelFolderError(
                f"TensorFlow {tf.__version__} cannot load {path}: {error!s:.300}. "
                "Use the TensorFlow of the manifest, or export the model again."
            ) from error
        self._check(model.signatures.get(SIGNATURE))
        return model

    def _check(self, signature: Any) -> None:
        path, dimensions = self._folder.saved_model, self.card.dimensions
        if signature is None:
            raise ModelFolderError(
                f"The SavedModel at {path} has no signature {SIGNATURE!r}. "
                "Export the model again with this release of kate_keras."
            )
        outputs = signature.structured_outputs
        missing = [name for name in OUTPUTS if name not in outputs]
        if missing:
            raise ModelFolderError(
                f"The signature {SIGNATURE!r} at {path} has no output {missing[0]!r}. "
                "Export the model again with this release of kate_keras."
            )
        width = outputs["embedding"].shape[-1]
        if width != dimensions:
            raise ModelFolderError(
                f"The manifest and the SavedModel at {path} disagree. Expected: "
                f"{dimensions} dimensions. Received: {width}. Export the model again."
            )


def _describe(model: Any, documents: Sequence[bytes]) -> Encoding:
    import tensorflow as tf

    texts = tf.constant(documents, dtype=tf.string)
    outputs = model.signatures[SIGNATURE](text=texts)
    return Encoding(*(outputs[name].numpy() for name in OUTPUTS))
