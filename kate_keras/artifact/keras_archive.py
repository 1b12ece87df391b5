"""`model.keras`, read: one of our own classes, plain options, plain numbers.

Keras makes the objects that a configuration names, and what Keras has of functions and
layers is a lot. Here a configuration can name one of a closed list of models, and its
options are plain values, so that nothing else is looked up.
"""

import inspect
import io
import json
import warnings
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras

from kate_keras import models
from kate_keras.artifact.archives import check_members
from kate_keras.artifact.manifest import Manifest
from kate_keras.errors import InputError
from kate_keras.models import Autoencoder
from kate_keras.models.autoencoder import FrameOptions
from kate_keras.models.precision import precision

CONFIG = "config.json"
WEIGHTS = "model.weights.h5"
MEMBERS = ("metadata.json", CONFIG, WEIGHTS)
# The models of the package that are registered with Keras, and nothing else.
CLASSES: dict[str, type[Autoencoder]] = {
    name: value
    for name, value in vars(models).items()
    if isinstance(value, type)
    and keras.saving.get_registered_name(value) == f"kate_keras>{name}"
}
MODULE = "kate_keras.models."


def read_autoencoder(path: Path, manifest: Manifest) -> Autoencoder:
    """Reads a model that `Autoencoder.save` wrote.

    Args:
        path: The archive, whose checksum is right.
        manifest: What the folder says of itself.

    Raises:
        InputError: If it is not such an archive, names anything but a model of
            kate_keras, or is not of the manifest's size.
    """
    try:
        _check_archive(path, manifest)
        with warnings.catch_warnings(), precision():
            # Of weights that it skips: the fingerprint tells, and in one sentence.
            warnings.simplefilter("ignore")
            autoencoder: Autoencoder = keras.saving.load_model(
                path, compile=False, safe_mode=True
            )
    except InputError:
        raise
    # Keras, HDF5 and zipfile raise of every kind for what they cannot read.
    except Exception as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path} cannot be read as a model of kate_keras: {reason:.300}"
        ) from None
    return autoencoder


def _check_archive(path: Path, manifest: Manifest) -> None:
    with zipfile.ZipFile(path) as archive:
        members = check_members(archive, path, MEMBERS)
        missing = [name for name in MEMBERS if name not in members]
        if missing:
            raise InputError(f"{path} is not complete: it holds no {missing[0]}.")
        config = json.loads(archive.read(CONFIG))
        options = _check_config(path, config)
        n_bytes = members[WEIGHTS].file_size
        _check_size(path, options, manifest, n_bytes)
        with h5py.File(io.BytesIO(archive.read(WEIGHTS)), "r") as weights:
            _check_weights(path, weights, n_bytes)


def _check_config(path: Path, config: Any) -> dict[str, Any]:
    """Returns the options of the model, after a look at what it would be."""
    names = ("class_name", "registered_name", "module", "config")
    found, registered, module, options = (
        config.get(name) if isinstance(config, dict) else None for name in names
    )
    if (
        found not in CLASSES
        or registered != f"kate_keras>{found}"
        or not isinstance(module, str)
        or not module.startswith(MODULE)
        or "shared_object_id" in config
    ):
        raise InputError(
            f"{path} describes {module!r:.80}, {found!r:.80}, {registered!r:.80}; "
            f"expected one of the models of kate_keras: {', '.join(CLASSES)}. Nothing "
            "of it was loaded."
        )
    if not isinstance(options, dict):
        raise InputError(f"{path} has no options of its {found}.")
    known = _options_of(CLASSES[found])
    for name, value in options.items():
        if name not in known or not isinstance(value, str | int | float | None):
            raise InputError(
                f"{path} has the option {name!r:.80} of its {found} as "
                f"{value!r:.80}; expected plain values of {', '.join(sorted(known))}."
            )
    return options


def _options_of(model: type[Autoencoder]) -> set[str]:
    own = inspect.signature(model).parameters.values()
    named = {option.name for option in own if option.kind is not option.VAR_KEYWORD}
    return named | set(FrameOptions.__annotations__)


def _check_size(
    path: Path, options: dict[str, Any], manifest: Manifest, n_bytes: int
) -> None:
    """Refuses sizes that the archive's weights cannot have, before they take memory."""
    size = options.get("vocabulary_size"), options.get("n_components")
    expected = manifest["vocabulary_size"], manifest["dimensions"]
    if size != expected:
        raise InputError(
            f"{path} is not what the manifest says: expected {expected[0]} words and "
            f"{expected[1]} components, found {size[0]!r:.80} and {size[1]!r:.80}."
        )
    hidden = options.get("n_hidden") or 1
    if expected[0] * max(expected[1], hidden) > n_bytes:
        raise InputError(
            f"{path} has {n_bytes} bytes of weights, too few for {expected[0]} words, "
            f"{expected[1]} components and {hidden} hidden units."
        )


def _check_weights(path: Path, weights: h5py.File, n_bytes: int) -> None:
    """Refuses what HDF5 would take from other files or make up."""

    def is_no_entry(name: str, link: Any) -> str | None:
        return None if isinstance(link, h5py.HardLink) else name

    def is_not_here(name: str, item: Any) -> str | None:
        if isinstance(item, h5py.Group):
            return None
        plain = (
            isinstance(item, h5py.Dataset)
            and item.dtype.kind in "fiub"
            and not item.is_virtual
            and not item.external
            and item.nbytes <= n_bytes
        )
        return None if plain else name

    found = weights.visititems_links(is_no_entry) or weights.visititems(is_not_here)
    if found is not None:
        raise InputError(
            f"{path} holds the weight {found!r:.80} as a link, or as more than there "
            "is; expected numbers in the file itself."
        )
