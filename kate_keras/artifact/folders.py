"""Folders that appear whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kate_keras.artifact.manifest import MANIFEST
from kate_keras.errors import InputError


def check_replaceable(target: Path) -> None:
    """Refuses to replace anything but an earlier model folder.

    Raises:
        InputError: If `target` exists and is neither empty nor a model folder.
    """
    if not target.exists() or (target / MANIFEST).is_file():
        return
    if not target.is_dir() or any(target.iterdir()):
        raise InputError(
            f"{target} exists and is not a model folder; it is left as it is. "
            "Give a new path or remove it."
        )


@contextmanager
def written_aside(target: Path) -> Iterator[Path]:
    """Gives an empty folder that replaces `target` when the block ends well.

    The folder lies beside the target, so that a rename moves it into place. If the
    block fails, it is removed and whatever was at `target` remains.

    Args:
        target: Folder to make. An earlier model folder there is replaced; anything
            else is left alone.

    Raises:
        InputError: If `target` exists and is not a model folder.
    """
    check_replaceable(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        new = aside / "new"
        new.mkdir()
        yield new
        if target.exists():
            target.rename(aside / "old")
        new.rename(target)
    finally:
        shutil.rmtree(aside)


@contextmanager
def file_written_aside(target: Path) -> Iterator[Path]:
    """Gives the path of a file that replaces `target` when the block ends well.

    Args:
        target: File to make; its suffix is kept.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{target.name}.", dir=target.parent
    ) as aside:
        new = Path(aside) / target.name
        yield new
        new.replace(target)
