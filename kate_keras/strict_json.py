"""JSON files that somebody else may have written."""

import json
from pathlib import Path
from typing import Any

from kate_keras.errors import InputError


def read_json(path: Path, most_bytes: int | None = None) -> Any:
    """Reads a JSON file that has one meaning.

    Args:
        path: The file, in UTF-8.
        most_bytes: Length from which on it is not read; `None`, any.

    Raises:
        InputError: If it is too long, no UTF-8, no JSON, too deep, or an object in it
            has a name twice, which readers take differently.
    """
    size = path.stat().st_size
    if most_bytes is not None and size > most_bytes:
        raise InputError(
            f"{path} is damaged: expected at most {most_bytes} bytes, found {size}."
        )
    try:
        text = path.read_bytes().decode("utf-8")
        return json.loads(text, object_pairs_hook=_object)
    except RecursionError:
        reason = "its lists are nested too deep"
    except ValueError as error:
        reason = str(error)
    raise InputError(f"{path} is damaged: it is not strict JSON ({reason}).")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r:.80} is there twice")
    return content
