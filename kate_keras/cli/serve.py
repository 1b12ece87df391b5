"""`kate serve`: the service, which is a program of its own."""

from collections.abc import Sequence

from kate_keras.errors import InputError


def hand_over(arguments: Sequence[str]) -> int:
    """Runs the service with its own command line; returns its exit status.

    Raises:
        InputError: If what it needs is not installed.
    """
    try:
        from serving.__main__ import main as serve
    except ImportError as error:
        raise InputError(
            f"The service needs {error.name}, which is not installed: "
            "pip install 'kate_keras[serving]'"
        ) from None
    return serve(arguments, prog="kate serve")
