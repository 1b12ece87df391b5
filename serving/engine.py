"""Text to vectors: what the service asks of a model, and the thread it works on."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from serving.errors import Failure, ServiceError
from serving.model_folder import ModelFolder, ModelFolderError

Arrays = dict[str, NDArray[Any]]


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

    def identity(self) -> dict[str, str]:
        """What every answer says of the model that gave it."""
        return {
            "model": self.name,
            "version": self.version,
            "fingerprint": self.fingerprint,
        }


class Encoding(NamedTuple):
    """Vectors of documents, with what was counted in them.

    Attributes:
        embeddings: Shape `(documents, dimensions)`.
        known_words: Words in the vocabulary, shape `(documents,)`.
        words: Words at all, shape `(documents,)`.
    """

    embeddings: NDArray[np.float32]
    known_words: NDArray[np.int64]
    words: NDArray[np.int64]


class TensorSpec(NamedTuple):
    """A tensor that a signature takes or gives.

    Attributes:
        dtype: TensorFlow's name, such as `string` or `float32`.
        shape: Length of each axis; `None` where any will do.
    """

    dtype: str
    shape: tuple[int | None, ...]


class Signature(NamedTuple):
    """What a function of the model takes and gives, by name."""

    inputs: dict[str, TensorSpec]
    outputs: dict[str, TensorSpec]


class Engine(Protocol):
    """What the service needs of a model."""

    @property
    def card(self) -> ModelCard:
        """What the model says of itself."""

    @property
    def signatures(self) -> Mapping[str, Signature]:
        """The functions of the model, once it is started."""

    async def start(self) -> None:
        """Loads and warms the model."""

    async def stop(self) -> None:
        """Puts the model down, after the work at hand."""

    async def encode(self, documents: Sequence[bytes]) -> Encoding:
        """Encodes UTF-8 documents, in their order, all at once."""

    async def run(self, signature: str, inputs: Arrays) -> Arrays:
        """Calls one of `signatures`."""


class Runner(Protocol):
    """A loaded model, called from one thread."""

    @property
    def signatures(self) -> Mapping[str, Signature]:
        """The functions of the model."""

    def describe(self, documents: Sequence[bytes]) -> Encoding:
        """Encodes UTF-8 documents, in their order."""

    def call(self, signature: str, inputs: Arrays) -> Arrays:
        """Calls one of `signatures`."""


class ModelEngine:
    """Runs a model on one thread of its own.

    The event loop stays free, and memory does not grow with a pool of threads that each
    keep their own buffers.

    Args:
        folder: Verified folder of the model.
        open_runner: What loads a folder.
        name: Name to serve it under; `None` takes the manifest's.
        batch_size: Most documents that it is given at once, which it warms up for.

    Attributes:
        card: What the model says of itself.
        signatures: The functions of the model, once it is started.
    """

    def __init__(
        self,
        folder: ModelFolder,
        open_runner: Callable[[ModelFolder], Runner],
        name: str | None = None,
        batch_size: int = 256,
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
        self._open_runner = open_runner
        self._batch_size = batch_size
        self._runner: Runner | None = None
        self.signatures: Mapping[str, Signature] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")

    def load(self) -> None:
        """Loads and warms the model. Does nothing where that has been done.

        Raises:
            ModelFolderError: If the model cannot be loaded, or is not what its manifest
                says.
        """
        self._thread.submit(self._load).result()

    async def start(self) -> None:
        """Loads and warms the model, off the event loop."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._load)

    async def stop(self) -> None:
        """Puts the model down, after the batch at hand."""
        self._runner, self.signatures = None, {}
        await asyncio.to_thread(self._thread.shutdown)

    async def encode(self, documents: Sequence[bytes]) -> Encoding:
        """Encodes documents, all at once.

        Args:
            documents: UTF-8 texts, at least one.

        Returns:
            Vectors and counts, in the order of `documents`.

        Raises:
            ServiceError: If the model is not loaded, or refuses a document.
        """
        runner = self._loaded()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, runner.describe, documents)

    async def run(self, signature: str, inputs: Arrays) -> Arrays:
        """Calls a function of the model.

        Args:
            signature: One of `signatures`.
            inputs: A tensor for each of its inputs, of its dtype and shape.

        Returns:
            Its outputs by name.

        Raises:
            ServiceError: If the model is not loaded, or refuses the tensors.
        """
        runner = self._loaded()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, runner.call, signature, inputs)

    def _loaded(self) -> Runner:
        if self._runner is None:
            raise ServiceError(Failure.NOT_READY, "The model is not loaded yet.")
        return self._runner

    def _load(self) -> None:
        if self._runner is not None:
            return
        try:
            runner = self._open_runner(self._folder)
            for size in (1, self._batch_size):
                runner.describe([b"warm up"] * size)
        except (ModelFolderError, ServiceError):
            raise
        # TensorFlow raises of every kind for what it cannot run.
        except Exception as error:
            reason = " ".join(str(error).split())
            raise ModelFolderError(
                f"The model cannot be run: {type(error).__name__}: {reason:.300}"
            ) from error
        self.signatures = runner.signatures
        self._runner = runner
