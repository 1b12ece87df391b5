"""Text to vectors: what the service asks of a model, and the SavedModel behind it."""

import asyncio
import os
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from serving.errors import Failure, ServiceError
from serving.model_folder import ModelFolder, ModelFolderError

SIGNATURE = "describe"
OUTPUTS = ("embedding", "known_words", "words")

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


class SavedModelEngine:
    """Runs the `describe` signature of an exported model.

    TensorFlow works on one thread of its own. The event loop stays free, and memory
    does not grow with a pool of threads that each keep their own buffers.

    Args:
        folder: Verified folder of the model.
        name: Name to serve the model under; `None` takes the manifest's.
        batch_size: Most documents that it is given at once, which it warms up for.
        threads: Threads that TensorFlow uses within a call; `None` is one per core.

    Attributes:
        card: What the model says of itself.
        signatures: The functions of the model, once it is started.
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
        self.signatures: Mapping[str, Signature] = {}
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
        self._model, self.signatures = None, {}
        await asyncio.to_thread(self._thread.shutdown)

    async def encode(self, documents: Sequence[bytes]) -> Encoding:
        """Encodes documents, all at once.

        Args:
            documents: UTF-8 texts, at least one.

        Returns:
            Vectors and counts, in the order of `documents`.

        Raises:
            ServiceError: If the model is not loaded.
        """
        return Encoding(*await self._on_thread(_describe, documents))

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
        return dict(await self._on_thread(_call, signature, inputs))

    async def _on_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        if self._model is None:
            raise ServiceError(Failure.NOT_READY, "The model is not loaded yet.")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._thread, function, self._model, *arguments
        )

    def _load(self) -> None:
        if self._model is None:
            model = self._open()
            for size in (1, self._batch_size):
                _describe(model, [b"warm up"] * size)
            self.signatures = {
                name: Signature(
                    _specs(function.structured_input_signature[1]),
                    _specs(function.structured_outputs),
                )
                for name, function in model.signatures.items()
            }
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


def _call(model: Any, signature: str, inputs: Arrays) -> Arrays:
    import tensorflow as tf

    function = model.signatures[signature]
    specs = function.structured_input_signature[1]
    tensors = {
        name: tf.constant(value, dtype=specs[name].dtype)
        for name, value in inputs.items()
    }
    try:
        outputs = function(**tensors)
    except tf.errors.InvalidArgumentError as error:
        raise ServiceError(
            Failure.WRONG_VALUE,
            f"The model refuses these inputs: {_reason_of(str(error.message)):.300}.",
        ) from None
    return {name: tensor.numpy() for name, tensor in outputs.items()}


def _reason_of(message: str) -> str:
    """What an assertion of the graph says: `assertion failed: [text] [number]`."""
    failed = re.search(r"assertion failed: (.*)", message)
    if failed is None:
        return message.splitlines()[0]
    return " ".join(re.findall(r"\[([^\[\]]*)\]", failed[1]))


def _specs(tensors: Mapping[str, Any]) -> dict[str, TensorSpec]:
    return {
        name: TensorSpec(spec.dtype.name, tuple(spec.shape))
        for name, spec in tensors.items()
    }
