"""The `kate` command."""

from kate_keras.cli.main import main

__all__ = ["main"]
