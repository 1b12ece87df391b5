"""A SavedModel, run by TensorFlow."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from serving.engine import Arrays, Encoding, Signature, TensorSpec
from serving.errors import Failure, ServiceError
from serving.model_folder import ModelFolder, ModelFolderError

DESCRIBE = "describe"
OUTPUTS = ("embedding", "known_words", "words")


class SavedModelRunner:
    """The signatures of an exported model.

    Args:
        folder: Verified folder of the model.
        threads: Threads that TensorFlow uses within a call; `None` is one per core.

    Attributes:
        signatures: The functions of the model.

    Raises:
        ModelFolderError: If the SavedModel cannot be loaded, or has no `describe`
            signature with the outputs and dimensions of its manifest.
    """

    def __init__(self, folder: ModelFolder, threads: int | None = None) -> None:
        # TensorFlow takes seconds to import: a mistake in the settings is told before.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        import tensorflow as tf

        if threads is not None:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(threads)
        path = folder.saved_model
        try:
            self._model: Any = tf.saved_model.load(str(path), tags=["serve"])
        except Exception as error:
            raise ModelFolderError(
                f"TensorFlow {tf.__version__} cannot load {path}: {error!s:.300}. "
                "Use the TensorFlow of the manifest, or export the model again."
            ) from error
        _check(self._model.signatures.get(DESCRIBE), folder)
        self.signatures = {
            name: Signature(
                _specs(function.structured_input_signature[1]),
                _specs(function.structured_outputs),
            )
            for name, function in self._model.signatures.items()
        }

    def describe(self, documents: Sequence[bytes]) -> Encoding:
        """Encodes UTF-8 documents, in their order."""
        import tensorflow as tf

        texts = tf.constant(documents, dtype=tf.string)
        outputs = self._model.signatures[DESCRIBE](text=texts)
        return Encoding(*(outputs[name].numpy() for name in OUTPUTS))

    def call(self, signature: str, inputs: Arrays) -> Arrays:
        """Calls one of `signatures`.

        Raises:
            ServiceError: If the model refuses the tensors.
        """
        import tensorflow as tf

        function = self._model.signatures[signature]
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
                "The model refuses these inputs: "
                f"{_reason_of(str(error.message)):.300}.",
            ) from None
        return {name: tensor.numpy() for name, tensor in outputs.items()}


def _check(describe: Any, folder: ModelFolder) -> None:
    path, dimensions = folder.saved_model, folder.manifest.dimensions
    if describe is None:
        raise ModelFolderError(
            f"The SavedModel at {path} has no signature {DESCRIBE!r}. "
            "Export the model again with this release of kate_keras."
        )
    outputs = describe.structured_outputs
    missing = [name for name in OUTPUTS if name not in outputs]
    if missing:
        raise ModelFolderError(
            f"The signature {DESCRIBE!r} at {path} has no output {missing[0]!r}. "
            "Export the model again with this release of kate_keras."
        )
    width = outputs["embedding"].shape[-1]
    if width != dimensions:
        raise ModelFolderError(
            f"The manifest and the SavedModel at {path} disagree. Expected: "
            f"{dimensions} dimensions. Received: {width}. Export the model again."
        )


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
