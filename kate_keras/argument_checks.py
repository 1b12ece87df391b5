"""Checks of single arguments, whatever a caller may have passed."""

from numbers import Integral, Real
from os import PathLike
from pathlib import Path
from typing import Any

from kate_keras.errors import InputError, require


def is_number(value: object) -> bool:
    """Whether a value is a real number, no truth value and no array."""
    return isinstance(value, Real) and not isinstance(value, bool)


def is_integer(value: object) -> bool:
    """Whether a value is a whole number, no truth value and no array."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def require_count(value: object, name: str, least: int = 0) -> None:
    """Refuses what is no whole number of at least `least`.

    Args:
        value: Whatever was passed.
        name: Name of the argument.
        least: The least that is right.

    Raises:
        InputError: If it is none.
    """
    valid = is_integer(value) and int(value) >= least  # type: ignore[call-overload]
    require(valid, name, f"a whole number of at least {least}", value)


def require_text(value: object, name: str) -> None:
    """Refuses what is no string.

    Raises:
        InputError: If it is none.
    """
    if not isinstance(value, str):
        raise InputError(
            f"`{name}` must be a string. "
            f"Received: {value!r:.80} (of type {type(value).__name__})"
        )


def checked_path(value: Any, name: str = "path") -> Path:
    r"""Returns a path that files can be read from and written to.

    Args:
        value: Whatever was passed.
        name: Name of the argument.

    Raises:
        InputError: If it is no path, or holds NUL.

    Example:
        >>> from kate_keras.argument_checks import checked_path
        >>> checked_path("model").name
        'model'
    """
    if not isinstance(value, str | PathLike) or "\0" in str(value):
        raise InputError(
            f"`{name}` must be a path. "
            f"Received: {value!r:.80} (of type {type(value).__name__})"
        )
    return Path(value)
