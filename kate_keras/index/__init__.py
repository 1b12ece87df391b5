"""Similar documents: vectors with ids, labels and snippets, in a LanceDB folder.

Needs `pip install 'kate_keras[index]'`.
"""

import os
from typing import Any

import lazy_loader

from kate_keras.errors import InputError

# LanceDB would tell of every table that is made, on stderr.
os.environ.setdefault("LANCEDB_LOG", "error")

# What the extra brings.
PACKAGES = ("filelock", "lancedb", "pyarrow")

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    """Imports what is asked for, or says what has to be installed for it."""
    try:
        return _load(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in PACKAGES:
            raise
        raise InputError(
            f"`{name}` needs LanceDB, which is not installed: "
            "pip install 'kate_keras[index]'"
        ) from None
