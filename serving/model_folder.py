"""Finds the SavedModel in a folder and checks every file against its manifest."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

FORMAT = "kate_keras"
FORMAT_VERSION = 3
MANIFEST = "manifest.json"
GRAPH = "saved_model.pb"
# A long training with a long list of stop words has a hundredth of it.
MOST_BYTES = 1 << 24


class ModelFolderError(ValueError):
    """A folder cannot be served: the message says why and what to do."""


class FileRecord(BaseModel):
    """What the manifest says of one file."""

    model_config = ConfigDict(frozen=True, strict=True)

    bytes: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """The part of `manifest.json` that the service reads."""

    model_config = ConfigDict(frozen=True, strict=True)

    # Both are told in answers, headers, logs and metrics.
    name: str = Field(pattern="^[^\\x00-\\x1f\\x7f]+$")
    versions: dict[str, str]
    fingerprint: str = Field(pattern="^[0-9a-f]+$")
    dimensions: int = Field(ge=1)
    vocabulary_size: int = Field(ge=1)
    files: dict[str, FileRecord]
    input: str = "texts"


@dataclass(frozen=True)
class ModelFolder:
    """A folder whose files are those that were exported.

    Attributes:
        path: Folder that holds the manifest.
        saved_model: Folder that holds `saved_model.pb`.
        version: The version folder's name; `"1"` for a model folder.
        manifest: What the folder says of itself.
    """

    path: Path
    saved_model: Path
    version: str
    manifest: Manifest


def open_model_folder(path: Path, version: str | None = None) -> ModelFolder:
    """Finds and verifies a model.

    Args:
        path: A model folder, a TF Serving folder whose sub-folders are versions (the
            highest is taken), or one such version.
        version: Version to take instead of the highest.

    Returns:
        The verified folder.

    Raises:
        ModelFolderError: If there is no model, it comes from a newer release, or a
            file differs from what was exported.
    """
    try:
        folder, version = _find(path, version)
        manifest = _read_manifest(folder / MANIFEST)
        root = "" if (folder / GRAPH).is_file() else "saved_model/"
        _verify(folder, manifest, required=root + GRAPH)
        if manifest.input != "texts":
            raise ModelFolderError(
                f"The model at {folder} was fitted on {manifest.input}, so it cannot "
                "read text. Expected: a model fitted on texts. Fit it on the texts."
            )
    except OSError as error:
        raise ModelFolderError(
            f"The model at {path} cannot be read: {error}. "
            "Check that the folder is there and that this user may read it."
        ) from error
    return ModelFolder(folder, folder / root, version, manifest)


def newest_version(path: Path) -> str | None:
    """Returns the highest version of a TF Serving folder, if the folder is one."""
    if (path / MANIFEST).is_file() or not path.is_dir():
        return None
    versions = [f.name for f in path.iterdir() if f.is_dir() and _is_version(f.name)]
    return max(versions, key=int, default=None)


def _find(path: Path, pinned: str | None) -> tuple[Path, str]:
    if not path.is_dir():
        raise ModelFolderError(
            f"{path} is not a folder. Expected: a folder made by "
            "`kate train … -o FOLDER` or `kate export MODEL FOLDER`."
        )
    if (path / MANIFEST).is_file():
        name = path.resolve().name
        is_version = (path / GRAPH).is_file() and _is_version(name)
        found = name if is_version else "1"
        if pinned not in (None, found):
            raise ModelFolderError(
                f"{path} is version {found}. Expected: version {pinned}. Name the "
                "folder that holds the versions."
            )
        return path, found
    newest = newest_version(path)
    if newest is None:
        raise ModelFolderError(
            f"{path} holds neither {MANIFEST} nor a numbered version folder. Expected: "
            "a folder made by `kate train … -o FOLDER` or `kate export MODEL FOLDER`."
        )
    name = pinned or newest
    if not (path / name / MANIFEST).is_file():
        which = "the version to be served" if pinned else "the highest version"
        raise ModelFolderError(
            f"{path / name}, {which}, holds no {MANIFEST}. "
            "Export it again with `kate export`, or remove it."
        )
    return path / name, name


def _is_version(name: str) -> bool:
    return re.fullmatch("[0-9]+", name) is not None


def _read_manifest(path: Path) -> Manifest:
    _check_plain(path.parent, MANIFEST)
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise ModelFolderError(
            f"{path} is too long for a manifest. Expected: at most {MOST_BYTES} bytes. "
            f"Received: {size}. Copy or export the model again."
        )
    try:
        content = json.loads(
            path.read_bytes().decode("utf-8"), object_pairs_hook=_object
        )
    except (ValueError, RecursionError) as error:
        raise ModelFolderError(
            f"{path} is not JSON: {error}. It was damaged; copy or export it again."
        ) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ModelFolderError(
            f"{path} does not describe a kate_keras model. Expected: "
            f'"format": "{FORMAT}".'
        )
    _check_format_version(path, content.get("format_version"))
    if content.get("checksum") != _checksum(content):
        raise ModelFolderError(
            f"{path} was changed after it was written: its checksum does not match. "
            "Copy or export the model again."
        )
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise ModelFolderError(
            f"{path} has no usable {key!r}: {first['msg']}. Export the model again."
        ) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        # Which of them counts, readers take differently.
        raise ValueError("a name is there twice in an object")
    return content


def _check_format_version(path: Path, version: Any) -> None:
    if type(version) is not int or version < 1:
        raise ModelFolderError(
            f"{path} has no usable format_version. Expected: {FORMAT_VERSION}. "
            f"Received: {version!r}. Export the model again."
        )
    if version > FORMAT_VERSION:
        raise ModelFolderError(
            f"{path} was written by a newer kate_keras. Expected: format version "
            f"{FORMAT_VERSION}. Received: {version}. Upgrade kate_keras here."
        )


def _checksum(content: dict[str, Any]) -> str:
    rest = {key: value for key, value in content.items() if key != "checksum"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # A manifest edited by hand may hold text that has no UTF-8 form.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _verify(folder: Path, manifest: Manifest, required: str) -> None:
    if required not in manifest.files:
        raise ModelFolderError(
            f"{folder / MANIFEST} does not list {required}, so the SavedModel cannot "
            "be verified. Export the model again."
        )
    for name, record in manifest.files.items():
        if not _is_inside(name):
            raise ModelFolderError(
                f"{folder / MANIFEST} lists {name!r:.80}. Expected: paths inside the "
                "folder. Export the model again."
            )
        _check_plain(folder, name)
        _verify_file(folder / name, record)
    root = (folder / required).parent
    for path in sorted(root.rglob("*")):
        name = path.relative_to(folder).as_posix()
        is_folder = path.is_dir() and not path.is_symlink()
        if name not in {*manifest.files, MANIFEST} and not is_folder:
            raise ModelFolderError(
                f"{path} is no part of the model: the manifest does not list it, and "
                "TensorFlow might read it. Move it out of the folder."
            )


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        not path.is_absolute()
        and ".." not in path.parts
        and path.as_posix() == name
        and name.isprintable()
        and not set(name) & {"\\", ":"}
        and name not in (".", MANIFEST)
    )


def _check_plain(folder: Path, name: str) -> None:
    """Refuses links: what they lead to may be anywhere, and change unseen."""
    for part in (PurePosixPath(name), *PurePosixPath(name).parents):
        if part.parts and (folder / part).is_symlink():
            raise ModelFolderError(
                f"{folder / part} is a symbolic link. Expected: the files themselves. "
                "Copy the folder with what its links lead to (cp -RL)."
            )


def _verify_file(path: Path, record: FileRecord) -> None:
    if not path.is_file():
        what = "is not a file" if path.exists() else "is missing"
        raise ModelFolderError(f"{path} {what}. Copy or export the model again.")
    size = path.stat().st_size
    if size != record.bytes:
        raise ModelFolderError(
            f"{path} is not the file that was exported. Expected: {record.bytes} "
            f"bytes. Received: {size} bytes. Copy or export the model again."
        )
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != record.sha256:
        raise ModelFolderError(
            f"{path} is not the file that was exported: its SHA-256 does not match. "
            "Copy or export the model again."
        )
