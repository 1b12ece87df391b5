"""The manifest: what a folder is, and the checksums that say it is whole."""

import hashlib
import json
from collections.abc import Collection
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from platform import python_version
from typing import Any

from kate_keras.artifact.manifest_fields import wrong_field
from kate_keras.errors import InputError
from kate_keras.strict_json import read_json

FORMAT = "kate_keras"
# 2: the ends of topics are among the arrays of the light reader.
# 3: so is what its read-out reads.
FORMAT_VERSION = 3
MANIFEST = "manifest.json"
# Files of a model folder that are read with and without TensorFlow.
VOCABULARY = "vocabulary.json"
ENCODER = "encoder.npz"
# Where the SavedModel of a model folder is; that of an export is at the top.
SAVED_MODEL = "saved_model"
GRAPH = "saved_model.pb"
# A long training with a long list of stop words has a hundredth of it.
MOST_BYTES = 1 << 24

Manifest = dict[str, Any]


def library_versions() -> dict[str, str]:
    """Returns the versions that a model was made with."""
    import keras
    import numpy
    import tensorflow

    return {
        "kate_keras": version("kate_keras"),
        "python": python_version(),
        "tensorflow": tensorflow.__version__,
        "keras": keras.__version__,
        "numpy": numpy.__version__,
    }


def canonical(data: Any) -> bytes:
    """Returns JSON with a single spelling, for hashing."""
    return _canonical_text(data).encode("utf-8")


def _canonical_text(data: Any) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def write_manifest(folder: Path, facts: Manifest) -> None:
    """Writes `manifest.json` for all files in a folder.

    Args:
        folder: Folder that holds the other files already.
        facts: What to record beside format, time, versions and checksums.
    """
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": library_versions(),
        **facts,
        "files": {
            path.relative_to(folder).as_posix(): {
                "bytes": path.stat().st_size,
                "sha256": _sha256(path),
            }
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }
    manifest["checksum"] = _checksum(manifest)
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path, files: Collection[str] | None = None) -> Manifest:
    """Reads `manifest.json` and checks the files of the folder against it.

    Args:
        folder: Model folder, or an export.
        files: Names of the files to check, where the manifest lists them; `None`, all,
            and that nothing was added to the SavedModel.

    Raises:
        InputError: If the folder is not a model, is of a newer format, or is damaged.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise InputError(
            f"{folder} is not a model folder: it has no {MANIFEST}. "
            "Expected a folder written by `kate train` or `KATE.save`."
        )
    _check_plain(folder, MANIFEST)
    manifest = read_json(path, MOST_BYTES)
    _check_format(folder, manifest)
    checksum = manifest.pop("checksum", None)
    if _checksum(manifest) != checksum:
        raise InputError(f"{path} is damaged: its checksum does not match its content.")
    wrong = wrong_field(manifest)
    if wrong is not None:
        raise InputError(f"{path} is not what kate_keras writes: {wrong}.")
    listed: dict[str, Any] = manifest["files"]
    for name in listed:
        _check_name(path, name)
        if files is None or name in files:
            _check_plain(folder, name)
            _check_file(folder / name, listed[name])
    if files is None:
        _check_nothing_added(folder, listed)
    return dict(manifest)


def check_listed(folder: Path, manifest: Manifest, name: str) -> None:
    """Refuses to read a file that no checksum vouches for.

    Raises:
        InputError: If the manifest does not list it.
    """
    if name not in manifest["files"]:
        raise InputError(
            f"{folder} has no {name} in its manifest: it was written by an earlier "
            "kate_keras, or changed. With the whole model, save it again: "
            "load(path).save(path)"
        )


def _check_format(folder: Path, manifest: Any) -> None:
    path = folder / MANIFEST
    if not isinstance(manifest, dict):
        kind = type(manifest).__name__
        raise InputError(f"{path} is damaged: it is not a manifest but of type {kind}.")
    name, version = manifest.get("format"), manifest.get("format_version")
    if name != FORMAT or type(version) is not int or version < 1:
        raise InputError(
            f"{path} does not describe a kate_keras model: expected format "
            f"{FORMAT!r} and a format_version of at least 1, found {name!r:.80} "
            f"and {version!r:.80}."
        )
    if version > FORMAT_VERSION:
        raise InputError(
            f"{folder} has format version {version}; this kate_keras reads up "
            f"to {FORMAT_VERSION}. Upgrade kate_keras to load it."
        )


def _checksum(manifest: Manifest) -> str:
    # Text that has no UTF-8 form came by hand; what it is gets told later.
    text = _canonical_text(manifest).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()


def _check_name(path: Path, name: str) -> None:
    """Refuses names with which a file could be anywhere else."""
    pure = PurePosixPath(name)
    if (
        pure.is_absolute()
        or ".." in pure.parts
        or pure.as_posix() != name
        or not name.isprintable()
        or set(name) & {"\\", ":"}
        or name in (".", MANIFEST)
    ):
        raise InputError(
            f"{path} lists {name!r:.80}; expected plain names of files inside the "
            "folder. The manifest was not written by kate_keras."
        )


def _check_plain(folder: Path, name: str) -> None:
    """Refuses links: what they lead to may be anywhere, and change unseen."""
    for part in (PurePosixPath(name), *PurePosixPath(name).parents):
        if part.parts and (folder / part).is_symlink():
            raise InputError(
                f"{folder / part} is a symbolic link; expected the files themselves. "
                "Copy the folder with what its links lead to (cp -RL)."
            )


def _check_nothing_added(folder: Path, listed: Collection[str]) -> None:
    """Refuses files beside those of the SavedModel, which TensorFlow might read."""
    root = folder if (folder / GRAPH).exists() else folder / SAVED_MODEL
    for path in sorted(root.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name in listed or name == MANIFEST:
            continue
        if path.is_symlink() or not path.is_dir():
            raise InputError(
                f"{path} is no part of the model: the manifest does not list it. "
                "Move it out of the folder, or save the model again."
            )


def _check_file(path: Path, expected: dict[str, Any]) -> None:
    if not path.exists():
        raise InputError(f"The model folder is not complete: {path} is missing.")
    if not path.is_file():
        raise InputError(f"The model folder is not complete: {path} is not a file.")
    size = path.stat().st_size
    if size != expected["bytes"]:
        raise InputError(
            f"{path} is damaged: expected {expected['bytes']} bytes, found {size}."
        )
    if _sha256(path) != expected["sha256"]:
        raise InputError(
            f"{path} is damaged: its content has changed since it was saved."
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
