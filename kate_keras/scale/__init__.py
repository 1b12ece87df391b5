"""Corpora that outgrow one machine: the same results, on Ray.

Needs `pip install 'kate_keras[scale]'`.
"""

from typing import Any

import lazy_loader

from kate_keras.errors import InputError

# What the extra brings.
PACKAGES = ("pyarrow", "ray")

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    """Imports what is asked for, or says what has to be installed for it."""
    try:
        return _load(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in PACKAGES:
            raise
        raise InputError(
            f"`{name}` needs Ray, which is not installed: "
            "pip install 'kate_keras[scale]'"
        ) from None
