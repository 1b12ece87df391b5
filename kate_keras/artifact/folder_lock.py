"""A lock on a folder, which ends with the process that holds it."""

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl


def lock_folder(folder: Path, wait: bool = True) -> int | None:
    """Takes the lock of a folder.

    Args:
        folder: Folder.
        wait: Whether to wait while another process has it.

    Returns:
        What `unlock_folder` takes. `None`, if another process has the lock, if the
        folder is gone, or if the system has no such locks (Windows).
    """
    if sys.platform == "win32":
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def unlock_folder(lock: int | None) -> None:
    """Lets a lock go; without effect on `None`."""
    if lock is not None:
        os.close(lock)
