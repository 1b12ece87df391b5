"""`kate serve`: the service, which is a program of its own."""

import argparse

from kate_keras.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Takes all arguments as they are."""
    parser.add_argument("arguments", metavar="MODEL …", nargs=argparse.REMAINDER)


def run(options: argparse.Namespace) -> None:
    """Hands over to the service."""
    try:
        from serving.__main__ import main as serve
    except ImportError as error:
        raise InputError(
            f"The service needs {error.name}, which is not installed: "
            "pip install 'kate_keras[serving]'"
        ) from None
    raise SystemExit(serve(options.arguments, prog="kate serve"))
