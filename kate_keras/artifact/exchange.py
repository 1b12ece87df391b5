"""Two folders that change places, so that neither name is ever without one."""

import ctypes
import os
import sys
from pathlib import Path

AT_FDCWD, RENAME_EXCHANGE = -100, 2


def exchange(one: Path, other: Path) -> bool:
    """Swaps two names in one step, where the system can.

    Args:
        one: Folder.
        other: Folder on the same file system.

    Returns:
        Whether they are swapped. If not, they are as they were: the system, or the file
        system, does not know the call.
    """
    if sys.platform != "linux":
        return False
    swap = getattr(ctypes.CDLL(None), "renameat2", None)
    if swap is None:
        return False
    names = (AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other))
    return not swap(*names, RENAME_EXCHANGE)
