"""Bytes that are on the disk, not on their way to it."""

import os
from pathlib import Path


def flush_to_disk(path: Path) -> None:
    """Waits until a file, or which names a folder holds, would outlive a power cut."""
    if os.name == "nt" and path.is_dir():
        # Windows opens no folder as a file, and keeps names in order by itself.
        return
    descriptor = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_folder_to_disk(folder: Path) -> None:
    """Does so for a folder and everything in it."""
    for path in folder.rglob("*"):
        flush_to_disk(path)
    flush_to_disk(folder)
