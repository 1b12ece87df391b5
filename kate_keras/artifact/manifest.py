"""The manifest: what a folder is, and the checksums that say it is whole."""

import hashlib
import json
from collections.abc import Collection
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

from kate_keras.errors import InputError

FORMAT = "kate_keras"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
# Files of a model folder that are read with and without TensorFlow.
VOCABULARY = "vocabulary.json"
ENCODER = "encoder.npz"

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
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


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
    manifest["checksum"] = hashlib.sha256(canonical(manifest)).hexdigest()
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path, files: Collection[str] | None = None) -> Manifest:
    """Reads `manifest.json` and checks the files of the folder against it.

    Args:
        folder: Model folder, or an export.
        files: Names of the files to check, if the manifest lists them; `None`, all.

    Raises:
        InputError: If the folder is not a model, is of a newer format, or is damaged.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise InputError(
            f"{folder} is not a model folder: it has no {MANIFEST}. "
            "Expected a folder written by `kate train` or `KATE.save`."
        )
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        checksum = manifest.pop("checksum")
        format_version = manifest["format_version"]
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise InputError(
            f"{path} is damaged: it is not a manifest ({error})."
        ) from None
    if manifest.get("format") != FORMAT or type(format_version) is not int:
        raise InputError(
            f"{path} does not describe a kate_keras model: expected format "
            f"{FORMAT!r} and a whole format_version, found {manifest.get('format')!r} "
            f"and {format_version!r}."
        )
    if format_version > FORMAT_VERSION:
        raise InputError(
            f"{folder} has format version {format_version}; this kate_keras reads up "
            f"to {FORMAT_VERSION}. Upgrade kate_keras to load it."
        )
    if hashlib.sha256(canonical(manifest)).hexdigest() != checksum:
        raise InputError(f"{path} is damaged: its checksum does not match its content.")
    for name, expected in manifest["files"].items():
        if files is None or name in files:
            _check_file(folder / name, expected)
    return dict(manifest)


def _check_file(path: Path, expected: dict[str, Any]) -> None:
    if not path.is_file():
        raise InputError(f"The model folder is not complete: {path} is missing.")
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
