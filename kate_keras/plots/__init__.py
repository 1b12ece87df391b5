"""Pictures of a model: every function draws on the axes it is given and returns them.

`ax=None` draws on a new figure. Nothing is shown, saved or set for other figures:
`ax.figure.savefig("topic.png")` writes a file. The functions take what `topics`,
`explain`, `transform` and the measures return, not a model.
"""

from typing import Any

import lazy_loader

from kate_keras.errors import InputError

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    """Imports what is asked for, or says what has to be installed for it."""
    try:
        return _load(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise InputError(
            f"`{name}` needs matplotlib, which is not installed: "
            "pip install 'kate_keras[plots]'"
        ) from None
