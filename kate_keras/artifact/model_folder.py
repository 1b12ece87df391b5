"""The model folder: everything a trained model is, without pickle."""

from dataclasses import dataclass
from pathlib import Path

from kate_keras.artifact.encoder_arrays import write_encoder
from kate_keras.artifact.encoder_file import read_encoder
from kate_keras.artifact.folders import written_aside
from kate_keras.artifact.identity import fingerprint
from kate_keras.artifact.keras_archive import read_autoencoder
from kate_keras.artifact.manifest import (
    ENCODER,
    SAVED_MODEL,
    Manifest,
    read_manifest,
    write_manifest,
)
from kate_keras.artifact.saved_model import write_saved_model
from kate_keras.artifact.signatures import Signatures
from kate_keras.artifact.vocabulary_file import read_vocabulary
from kate_keras.errors import InputError
from kate_keras.models import Autoencoder
from kate_keras.text import Vocabulary

KERAS_MODEL = "model.keras"


@dataclass(frozen=True)
class TrainedModel:
    """What is saved and loaded.

    Args:
        autoencoder: Trained Keras model, with an adapted read-out.
        vocabulary: Words of its input.
        facts: Manifest entries: `options`, `fingerprint`, `corpus`, `metrics`, …
    """

    autoencoder: Autoencoder
    vocabulary: Vocabulary
    facts: Manifest


def save_model(model: TrainedModel, signatures: Signatures, path: Path) -> None:
    """Writes a model folder aside and renames it into place.

    Raises:
        InputError: If `path` exists and is not a model folder.
    """
    path = path.resolve()
    with written_aside(path) as folder:
        write_encoder(model.autoencoder, model.vocabulary, folder)
        model.autoencoder.save(folder / KERAS_MODEL)
        write_saved_model(signatures, folder / SAVED_MODEL, path.name)
        write_manifest(folder, {"name": path.name, **model.facts})


def load_model(path: Path) -> TrainedModel:
    """Reads a model folder after checking that it is whole.

    Raises:
        InputError: If the folder is not a model, is of a newer format, or is damaged.
    """
    facts = read_manifest(path)
    if KERAS_MODEL not in facts["files"]:
        raise InputError(
            f"{path} is an export for TF Serving, not a model folder: it has no "
            f"{KERAS_MODEL}. Load the folder that `kate train` or `KATE.save` wrote."
        )
    vocabulary = read_vocabulary(path, facts)
    autoencoder = read_autoencoder(path / KERAS_MODEL, facts)
    found = fingerprint(autoencoder, vocabulary, facts["options"])
    if found != facts["fingerprint"]:
        raise InputError(
            f"{path} is not what its manifest says: expected fingerprint "
            f"{facts['fingerprint'][:12]}…, found {found[:12]}…"
        )
    if ENCODER in facts["files"]:
        autoencoder.topic_ends = read_encoder(path, facts).get("topic_ends")
    return TrainedModel(autoencoder, vocabulary, facts)
