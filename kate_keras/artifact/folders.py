"""Folders and files that appear whole or not at all."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kate_keras.artifact.exchange import exchange
from kate_keras.artifact.folder_lock import lock_folder, unlock_folder
from kate_keras.artifact.manifest import FORMAT, MANIFEST
from kate_keras.artifact.manifest_fields import CONTROL
from kate_keras.durable import flush_folder_to_disk, flush_to_disk
from kate_keras.errors import InputError

# Of folders in which something is written, `.NAME.xxxxxxxx.aside` beside NAME, and of
# the one in it that keeps what was at NAME.
SUFFIX, OLD = ".aside", "old"


def check_folder_target(target: Path) -> None:
    """Refuses a place where a model folder cannot be written; call it before the work.

    Raises:
        InputError: If there is something there that is not a model folder, or a model
            folder with other files in it.
        OSError: If the place cannot be written.
    """
    target = _resolved(target)
    _check_place(target)
    with _aside(target):
        if target.exists():
            _check_replaceable(target)


def holds_files(folder: Path) -> bool:
    """Whether there is such a folder, with anything in it."""
    return folder.is_dir() and any(folder.iterdir())


def check_file_target(target: Path) -> None:
    """Refuses a place where a file cannot be written; call it before the work.

    Raises:
        InputError: If the target is a folder, or no regular file.
        OSError: If the place cannot be written.
    """
    target = _resolved(target)
    _check_place(target)
    if target.is_dir():
        raise InputError(f"{target} is a folder. Expected: the name of a file.")
    if target.exists() and not target.is_file():
        raise InputError(
            f"{target} is a device or a pipe, which a file would take the place of. "
            "Expected: the name of a file."
        )
    with _aside(target):
        pass


def _resolved(target: Path) -> Path:
    """Follows links."""
    try:
        return target.resolve()
    except (RuntimeError, OSError) as error:
        raise InputError(
            f"{target} leads nowhere: {error}. Give another path."
        ) from None


def _check_place(target: Path) -> None:
    """Refuses what cannot be a model's name, and the inside of a model folder."""
    try:
        str(target).encode()
    except UnicodeEncodeError:
        raise InputError(
            f"{str(target)!r} is not valid UTF-8. Expected: a path that is. "
            "Give another name."
        ) from None
    if CONTROL.search(target.name):
        raise InputError(
            f"{target.name!r} holds a control character. Expected: a name without. "
            "Give another name."
        )
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

    The folder lies beside the target, so that a rename moves it into place, once its
    files are on the disk. If the block or the renaming fails, whatever was at `target`
    remains; killed at any moment, there is the earlier folder or the new one. (Where
    the system cannot exchange two folders in one step, on Windows, macOS or NFS, a kill
    between two steps leaves the earlier one for the next call to put back.)

    Args:
        target: Folder to make. An earlier model folder there is replaced; anything
            else is left alone.

    Raises:
        InputError: If `target` cannot be replaced; see `check_folder_target`.
    """
    target = target.resolve()
    check_folder_target(target)
    with _aside(target) as aside:
        new, old = aside / "new", aside / OLD
        new.mkdir()
        yield new
        flush_folder_to_disk(new)
        if not target.exists() or not exchange(new, target):
            try:
                if target.exists():
                    target.rename(old)
                new.rename(target)
            finally:
                if old.exists() and not target.exists():
                    old.rename(target)
        flush_to_disk(target.parent)


@contextmanager
def file_written_aside(target: Path) -> Iterator[Path]:
    """Gives the path of a file that replaces `target` when the block ends well.

    Args:
        target: File to make; its suffix is kept.
    """
    target = target.resolve()
    check_file_target(target)
    with _aside(target) as aside:
        new = aside / target.name
        yield new
        flush_to_disk(new)
        new.replace(target)
        flush_to_disk(target.parent)


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """Gives an empty folder beside `target`, and removes those that killed ones left.

    A folder is in use as long as a process holds its lock, which the system lets go
    when the process dies.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.iterdir():
        if left.name.startswith(f".{target.name}.") and left.name.endswith(SUFFIX):
            _clear_away(left, target)
    while True:
        place = Path(tempfile.mkdtemp(SUFFIX, f".{target.name}.", target.parent))
        lock = lock_folder(place)
        if place.exists():
            break
        # Another process took it for left over before it was locked.
        unlock_folder(lock)
    try:
        yield place
    finally:
        shutil.rmtree(place)
        unlock_folder(lock)


def _clear_away(left: Path, target: Path) -> None:
    """Removes a folder that no process has, and puts back an earlier one in it."""
    lock = lock_folder(left, wait=False)
    if lock is None:
        return
    try:
        if (left / OLD).exists() and not target.exists():
            (left / OLD).rename(target)
        # What may not be removed, as of another user, is in nobody's way.
        shutil.rmtree(left, ignore_errors=True)
    finally:
        unlock_folder(lock)
