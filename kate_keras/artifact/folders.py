"""Folders and files that appear whole or not at all."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kate_keras.artifact.manifest import FORMAT, MANIFEST
from kate_keras.errors import InputError


def check_folder_target(target: Path) -> None:
    """Refuses a place where a model folder cannot be written; call it before the work.

    Raises:
        InputError: If there is something there that is not a model folder, or a model
            folder with other files in it.
        OSError: If the place cannot be written.
    """
    target = _resolved(target)
    _check_place(target)
    if target.exists():
        _check_replaceable(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryDirectory(dir=target.parent).cleanup()


def check_file_target(target: Path) -> None:
    """Refuses a place where a file cannot be written; call it before the work.

    Raises:
        InputError: If the target is a folder.
        OSError: If the place cannot be written.
    """
    target = _resolved(target)
    _check_place(target)
    if target.is_dir():
        raise InputError(f"{target} is a folder. Expected: the name of a file.")
    target.parent.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryDirectory(dir=target.parent).cleanup()


def _resolved(target: Path) -> Path:
    """Follows links."""
    try:
        return target.resolve()
    except (RuntimeError, OSError) as error:
        raise InputError(
            f"{target} leads nowhere: {error}. Give another path."
        ) from None


def _check_place(target: Path) -> None:
    """Refuses what TensorFlow cannot name, and the inside of a model folder."""
    try:
        str(target).encode()
    except UnicodeEncodeError:
        raise InputError(
            f"{str(target)!r} is not valid UTF-8. Expected: a path that is. "
            "Give another name."
        ) from None
    for folder in target.parents:
        if _listed_files(folder) is not None:
            raise InputError(
                f"{target} lies in the model folder {folder}, which would then be no "
                "model any more. Give a place outside of it."
            )


def _check_replaceable(target: Path) -> None:
    if target.is_dir() and not any(target.iterdir()):
        return
    listed = _listed_files(target)
    if listed is None:
        raise InputError(
            f"{target} exists and is not a model folder; it is left as it is. "
            "Give a new path or remove it."
        )
    for path in sorted(target.rglob("*")):
        if not path.is_dir() and path.relative_to(target).as_posix() not in listed:
            raise InputError(
                f"{target} holds a file that is no part of the model, {path.name}; it "
                "is left as it is. Move the file or give a new path."
            )


def _listed_files(folder: Path) -> set[str] | None:
    """The files of a model folder by its manifest; `None` if it is no such folder."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] == FORMAT:
            return {MANIFEST, *manifest["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None


@contextmanager
def written_aside(target: Path) -> Iterator[Path]:
    """Gives an empty folder that replaces `target` when the block ends well.

    The folder lies beside the target, so that a rename moves it into place. If the
    block or the renaming fails, whatever was at `target` remains.

    Args:
        target: Folder to make. An earlier model folder there is replaced; anything
            else is left alone.

    Raises:
        InputError: If `target` cannot be replaced; see `check_folder_target`.
    """
    target = target.resolve()
    check_folder_target(target)
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    old = aside / "old"
    try:
        new = aside / "new"
        new.mkdir()
        yield new
        if target.exists():
            target.rename(old)
        new.rename(target)
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(aside)


@contextmanager
def file_written_aside(target: Path) -> Iterator[Path]:
    """Gives the path of a file that replaces `target` when the block ends well.

    Args:
        target: File to make; its suffix is kept.
    """
    target = target.resolve()
    check_file_target(target)
    prefix = f".{target.name}."
    with tempfile.TemporaryDirectory(prefix=prefix, dir=target.parent) as aside:
        new = Path(aside) / target.name
        yield new
        new.replace(target)
