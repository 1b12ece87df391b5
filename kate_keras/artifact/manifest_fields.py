"""What the entries of a manifest may be."""

import re
from collections.abc import Callable, Mapping
from typing import Any

SHA256 = re.compile("[0-9a-f]{64}")
CONTROL = re.compile("[\x00-\x1f\x7f]")
# Options that a reader asks for by name.
NEEDED_OPTIONS = {"n_components", "recipe", "variant", "inference"}
NEEDED_HISTORY = {"loss", "val_loss", "val_competition_loss", "learning_rate"}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != "" and not CONTROL.search(value)


def _is_size(value: Any) -> bool:
    return type(value) is int and value >= 1


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and SHA256.fullmatch(value) is not None


def _are_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _are_numbers(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_number, value.values()))


def _are_options(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() >= NEEDED_OPTIONS


def _is_history(value: Any) -> bool:
    if not isinstance(value, dict) or not value.keys() >= NEEDED_HISTORY:
        return False
    if not all(isinstance(own, list) for own in value.values()):
        return False
    lengths = {len(own) for own in value.values()}
    return (
        len(lengths) == 1
        and lengths != {0}
        and all(_is_number(number) for own in value.values() for number in own)
    )


def _are_updates(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_update, value))


def _is_update(value: Any) -> bool:
    return isinstance(value, dict) and _is_history(value.get("history"))


def _are_statistics(value: Any) -> bool:
    if value is None:
        return True
    if not isinstance(value, dict) or not _is_size(value.get("documents")):
        return False
    own = [value.get(name) for name in ("mean", "sd")]
    return all(isinstance(each, list) and all(map(_is_number, each)) for each in own)


def _are_files(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_file, value.values()))


def _is_file(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and type(value.get("bytes")) is int
        and value["bytes"] >= 0
        and _is_digest(value.get("sha256"))
    )


# Name of an entry: what it has to be, as a test and in words.
FIELDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "name": (_is_text, "a text"),
    "created": (_is_text, "a text"),
    "versions": (_are_texts, "texts by name"),
    "fingerprint": (_is_digest, "64 hexadecimal digits"),
    "dimensions": (_is_size, "a whole number of at least 1"),
    "vocabulary_size": (_is_size, "a whole number of at least 1"),
    "input": (lambda value: value in ("texts", "counts"), "'texts' or 'counts'"),
    "options": (_are_options, f"options by name, with {sorted(NEEDED_OPTIONS)}"),
    "corpus": (_are_numbers, "numbers by name"),
    "metrics": (_are_numbers, "numbers by name"),
    "history": (
        _is_history,
        f"equally many numbers per epoch by name, with {sorted(NEEDED_HISTORY)}",
    ),
    "files": (_are_files, "`bytes` and `sha256` by the name of a file"),
    "updates": (_are_updates, "a list of updates, each with its `history`"),
    "activation_statistics": (
        _are_statistics,
        "null, or `documents`, and `mean` and `sd` of each unit",
    ),
}
# What earlier versions of kate_keras did not write.
LATER = {"updates", "activation_statistics"}


def wrong_field(manifest: Mapping[str, Any]) -> str | None:
    """Returns what is wrong with the first entry that is; `None` if all is well."""
    for name, (is_right, expected) in FIELDS.items():
        if name in LATER and name not in manifest:
            continue
        if name not in manifest:
            return f"it has no `{name}`; expected {expected}"
        if not is_right(manifest[name]):
            return f"`{name}` must be {expected}, found {manifest[name]!r:.80}"
    return None
