"""The check of what is given by name, so that several can be compared."""

from collections.abc import Mapping

from kate_keras.errors import require


def require_named(name: str, things: object, what: str) -> None:
    """Refuses what is no mapping, such as one curve without a name, or is empty.

    Args:
        name: The argument.
        things: What it was given.
        what: What stands behind each name.

    Raises:
        InputError: If so.
    """
    received = "{}" if isinstance(things, Mapping) else type(things).__name__
    require(
        isinstance(things, Mapping) and len(things) > 0,
        name,
        f"a mapping from names to {what}, with at least one name",
        received,
    )
