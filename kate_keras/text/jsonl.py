"""Documents of a JSON Lines file."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kate_keras.errors import InputError
from kate_keras.text.document import Document, checked_document
from kate_keras.text.lines import WHOLE, Bytes, decode, read_lines
from kate_keras.text.records import Record

KEYS = {"text", "id", "labels", "rating"}


class _Ambiguous(dict[str, Any]):
    """An object in which keys come more than once; Python keeps the last of each."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs)
        self.repeated = {key for key, count in counts.items() if count > 1}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else _Ambiguous(pairs)


def read_jsonl(path: Path, encoding: str, part: Bytes = WHOLE) -> Iterator[Record]:
    """Yields a record for every line that is not blank.

    Args:
        path: A `.jsonl` or `.jsonl.gz` file. Each line is an object with `text` and
            perhaps `id`, `labels` and `rating`; other keys are ignored.
        encoding: Encoding of the file.
        part: Bytes of the file to read; see `read_lines`.

    Raises:
        InputError: If the file cannot be read on.
    """
    for number, line in read_lines(path, part):
        if line.strip():
            try:
                content: Document | InputError = _document(decode(line, encoding))
            except InputError as error:
                content = InputError(f"{path}, line {number}: {error}")
            yield Record(number, content)


def _document(line: str) -> Document:
    try:
        fields = json.loads(line, object_pairs_hook=_object)
    # A number of thousands of digits is a plain ValueError.
    except (ValueError, RecursionError) as error:
        reason: object = error
        if isinstance(error, json.JSONDecodeError):
            # Its own place is that within this line.
            reason = f"{error.msg}, character {error.pos + 1}"
        raise InputError(
            f"not valid JSON ({reason}). Every line must be one object such as "
            f'{{"text": "..."}}. Received: {line.strip()!r:.60}'
        ) from None
    if not isinstance(fields, dict):
        raise InputError(
            'expected an object such as {"text": "..."}. '
            f"Received: {fields!r:.60} (of type {type(fields).__name__})"
        )
    if isinstance(fields, _Ambiguous):
        for key in sorted(KEYS & fields.repeated):
            raise InputError(
                f"the key `{key}` is there more than once. Leave one of them."
            )
    if "text" not in fields:
        keys = ", ".join(map(repr, fields))
        raise InputError(f"no `text`. The keys are: {keys or 'none':.200}")
    return checked_document(
        fields["text"], fields.get("id"), fields.get("labels"), fields.get("rating")
    )
