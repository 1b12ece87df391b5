"""Names of a subpackage whose packages come with an extra."""

from collections.abc import Callable
from typing import Any

import lazy_loader

from kate_keras.errors import InputError


def attach_extra(
    package: str, file: str, extra: str, title: str, brings: tuple[str, ...]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Makes the names of a package's stub load when they are asked for.

    Args:
        package: `__name__` of the package.
        file: Its `__file__`.
        extra: Extra to install.
        title: Name of what it is for.
        brings: Packages that come with it.

    Returns:
        `__getattr__`, `__dir__` and `__all__` of the package. Where a package of the
        extra is not there, the first raises `InputError`, which says what to install.
    """
    load, names, everything = lazy_loader.attach_stub(package, file)

    def load_or_say(name: str) -> Any:
        try:
            return load(name)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] not in brings:
                raise
            raise InputError(
                f"`{name}` needs {title}, which is not installed: "
                f"pip install 'kate_keras[{extra}]'"
            ) from None

    return load_or_say, names, everything
