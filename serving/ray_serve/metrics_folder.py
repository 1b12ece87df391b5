"""Where the replicas of one node keep what they count."""

import os
import tempfile
from pathlib import Path

import ray


def metrics_folder() -> Path:
    """Returns the folder of this node and Ray session, made where it is not there.

    Raises:
        PermissionError: If it is another user's.
    """
    session = ray.get_runtime_context().get_session_name()
    folder = Path(tempfile.gettempdir()) / f"kate-metrics-{session}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to another user. Remove it.")
    return folder
