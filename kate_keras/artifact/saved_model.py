"""The SavedModel: text in, vectors out, without Keras or kate_keras."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tensorflow as tf

from kate_keras.argument_checks import require_count
from kate_keras.artifact.encoder_arrays import write_encoder
from kate_keras.artifact.folders import written_aside
from kate_keras.artifact.manifest import Manifest, write_manifest
from kate_keras.artifact.signatures import Signatures
from kate_keras.artifact.warm_up import write_warm_up
from kate_keras.errors import InputError, require
from kate_keras.text import Vocabulary

# TF Serving reads versions as 64-bit numbers.
MOST_VERSION = 2**63 - 1


def write_saved_model(signatures: Signatures, folder: Path, name: str) -> None:
    """Writes a SavedModel with its warm-up file.

    Args:
        signatures: Functions of the trained model; the first is `serving_default` too.
        folder: Where `saved_model.pb` goes.
        name: Model name of the warm-up requests.

    Raises:
        OSError: If it cannot be written.
    """
    module = tf.Module()
    # The bare variables: tracking the Keras model as well would write them twice.
    module.weights = [
        weight.value for weight in signatures.autoencoder.network_weights()
    ]
    module.table = signatures.table
    functions = {
        signature: function.get_concrete_function()
        for signature, function in signatures.functions.items()
    }
    default = next(iter(functions.values()))
    try:
        with _without_notices():
            tf.saved_model.save(
                module, str(folder), {"serving_default": default, **functions}
            )
        write_warm_up(folder, name, _warm_up_requests(signatures))
    except tf.errors.OpError as error:
        # TensorFlow's own words for a full disk and the like.
        raise OSError(f"{folder} cannot be written: {error.message}") from None


@contextmanager
def _without_notices() -> Iterator[None]:
    """Keeps TensorFlow from announcing a folder that is about to be renamed."""
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _warm_up_requests(signatures: Signatures) -> dict[str, dict[str, tf.Tensor]]:
    text = {"text": tf.constant(["", "the first request is slow, so this one is it"])}
    requests: dict[str, dict[str, tf.Tensor]] = {
        "encode_counts": {"counts": tf.ones([1, signatures.n_words])},
        "encode_sparse": {
            "word_ids": tf.constant([0], tf.int64),
            "counts": tf.constant([1.0]),
            "row_splits": tf.constant([0, 1], tf.int64),
        },
        "topics": {"n_words": tf.constant(10)},
        "neighbours": {"word": tf.constant("word"), "n": tf.constant(10)},
    }
    return {name: requests.get(name, text) for name in signatures.functions}


def export(
    signatures: Signatures,
    vocabulary: Vocabulary,
    directory: Path,
    facts: Manifest,
    version: int | None = None,
) -> Path:
    """Writes the next version into a TF Serving model directory.

    Args:
        signatures: Functions of the trained model.
        vocabulary: Words of its input, for the light reader.
        directory: Model directory; its name is the model's name.
        facts: What the manifest of the version records.
        version: Number of the version; `None`, one above the highest there.

    Returns:
        The folder of the version, which holds `saved_model.pb`.

    Raises:
        InputError: If the version exists or is not a positive number of 64 bits.
    """
    directory = directory.resolve()
    # Only the plain spelling is a number: "7", not "²", which `int` refuses.
    names = [path.name for path in directory.glob("*")]
    taken = [int(n) for n in names if n.isascii() and n.isdecimal() and len(n) < 20]
    number = max(taken, default=0) + 1 if version is None else version
    require_count(number, "version", 1)
    require(number <= MOST_VERSION, "version", f"at most {MOST_VERSION}", number)
    if number in taken:
        raise InputError(
            f"`version` must be a positive number that {directory} does not have yet. "
            f"Received: {number}; there are {sorted(taken)}"
        )
    with written_aside(directory / str(number)) as folder:
        write_encoder(signatures.autoencoder, vocabulary, folder)
        write_saved_model(signatures, folder, directory.name)
        write_manifest(folder, {"name": directory.name, **facts})
    return directory / str(number)
