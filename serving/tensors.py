"""Named tensors from JSON, and the function of the model that takes them."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request

from serving.documents import encode, utf8_texts
from serving.engine import Arrays, Signature, TensorSpec
from serving.errors import DocumentRefused, Failure, ServiceError
from serving.served_model import ServedModel
from serving.settings import Settings

DEFAULT = "serving_default"
# The functions of text that share batches, and their outputs.
SHARED: dict[str, tuple[str, ...]] = {
    DEFAULT: ("embedding",),
    "encode": ("embedding",),
    "describe": ("embedding", "known_words", "words"),
}

# Inputs that say how many words to answer with, and the most of them.
HOW_MANY = {"n", "n_words"}
MOST_WORDS = 1000
# Most texts for the others, each of whose answers may take megabytes.
MOST_WIDE = 8


def find_signature(model: ServedModel, name: str) -> Signature:
    """Returns a function's inputs and outputs.

    Raises:
        ServiceError: If the model has no such function.
    """
    signatures = model.engine.signatures
    if name not in signatures:
        raise ServiceError(
            Failure.WRONG_VALUE,
            f"`signature_name` must be one of {', '.join(sorted(signatures))}. "
            f"Received: {name!r:.100}.",
            "signature_name",
        )
    return signatures[name]


async def call(
    request: Request,
    model: ServedModel,
    name: str,
    values: Mapping[str, Any],
    settings: Settings,
) -> Arrays:
    """Calls a function of the model with values out of JSON.

    Args:
        request: The request, its body read.
        model: The model.
        name: One of its signatures.
        values: Strings or numbers, nested in lists, for each of its inputs.
        settings: Settings with the limits.

    Returns:
        Its outputs by name.

    Raises:
        ServiceError: If a value is missing, of another type or shape, or too much.
    """
    signature = find_signature(model, name)
    _check_names(values, signature)
    if set(signature.inputs) == {"text"}:
        texts = utf8_texts(_texts(values["text"]), settings, "text")
        if not texts:
            raise _empty("text")
        if name in SHARED:
            encoding = await encode(request, model, texts, "text")
            outputs: list[NDArray[Any]] = list(encoding)
            return dict(zip(SHARED[name], outputs, strict=False))
        _check_rows("text", len(texts), MOST_WIDE)
        try:
            return await model.run(name, {"text": np.array(texts, object)})
        except DocumentRefused as refused:
            raise refused.as_service_error("text") from None
    arrays = {
        field: _array(values[field], spec, field)
        for field, spec in signature.inputs.items()
    }
    if any(array.ndim for array in arrays.values()):
        _check_documents(arrays, settings)
    for field in HOW_MANY & arrays.keys():
        if arrays[field] > MOST_WORDS:
            raise ServiceError(
                Failure.WRONG_VALUE,
                f"`{field}` must be at most {MOST_WORDS}. "
                f"Received: {arrays[field]!s:.30}.",
                field,
            )
    return await model.run(name, arrays)


async def read(model: ServedModel, signature: str, inputs: Arrays) -> Arrays:
    """Calls a function that only models of one layer have.

    Raises:
        ServiceError: If this model does not have it.
    """
    if signature not in model.engine.signatures:
        raise ServiceError(
            Failure.WRONG_VALUE,
            f"{model.card.name!r} cannot be read by its words: they act through two "
            "layers, or it was exported before it could. Export a one-layer model, "
            "such as the variant 'kate', with this release of kate_keras.",
        )
    return await model.run(signature, inputs)


def as_json(array: NDArray[Any]) -> Any:
    """Returns an output as JSON can hold it: numbers, or UTF-8 text in lists."""
    if array.dtype != object:
        return np.ascontiguousarray(array)
    return np.vectorize(bytes.decode, otypes=[object])(array).tolist()


def _check_names(values: Mapping[str, Any], signature: Signature) -> None:
    for field in values:
        if field not in signature.inputs:
            raise ServiceError(
                Failure.UNKNOWN_FIELD,
                f"{field!r:.100} is not an input of this function. Expected: "
                f"{', '.join(signature.inputs)}.",
                field[:200],
            )
    for field in signature.inputs:
        if field not in values:
            raise ServiceError(
                Failure.MISSING_FIELD, f"The input {field!r} is missing.", field
            )


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise _wrong("text", "a list of strings")
    return [_text(item, f"text.{place}") for place, item in enumerate(value)]


def _text(item: Any, field: str) -> str:
    """A string, or the bytes of one as TF Serving writes them: `{"b64": "…"}`."""
    if isinstance(item, str):
        return item
    if isinstance(item, dict) and set(item) == {"b64"} and isinstance(item["b64"], str):
        try:
            return base64.b64decode(item["b64"], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise _wrong(field, "the base64 of UTF-8 text") from None
    raise _wrong(field, 'a string or {"b64": "…"}')


def _array(value: Any, spec: TensorSpec, field: str) -> NDArray[Any]:
    """An array of the dtype and shape that the function takes."""
    if spec.dtype == "string":
        return np.array(_text(value, field).encode(), object)
    return _numbers(value, spec, field)


def _numbers(value: Any, spec: TensorSpec, field: str) -> NDArray[Any]:
    length = " × ".join("any" if n is None else str(n) for n in spec.shape)
    expected = f"{spec.dtype} numbers in lists of shape {length}"
    if not spec.shape:
        expected = f"one {spec.dtype} number"
    # Before NumPy looks at them: it would pad texts to the longest, and take a truth
    # value for a number.
    if not _holds_numbers(value):
        raise _wrong(field, expected)
    try:
        array = np.asarray(value)
    except ValueError:
        # Lists of unequal lengths.
        raise _wrong(field, expected) from None
    whole = spec.dtype.startswith("int")
    empty = array.size == 0 and array.dtype == np.float64
    if array.dtype.kind not in ("iu" if whole and not empty else "iuf"):
        raise _wrong(field, expected)
    matches = len(array.shape) == len(spec.shape) and all(
        want in (None, got) for want, got in zip(spec.shape, array.shape, strict=True)
    )
    if not matches:
        raise _wrong(field, f"{expected}, not {' × '.join(map(str, array.shape))}")
    limits = np.iinfo(spec.dtype) if whole else np.finfo(spec.dtype)
    if array.size and not (limits.min <= array.min() and array.max() <= limits.max):
        raise _wrong(field, expected)
    return array.astype(spec.dtype)


def _holds_numbers(value: Any) -> bool:
    """Whether there are only numbers in lists, however deep."""
    left = [[value]]
    while left:
        items = left.pop()
        kinds = set(map(type, items))
        if kinds - {int, float, list}:
            return False
        if list in kinds:
            left += [item for item in items if type(item) is list]
    return True


def _check_documents(arrays: Arrays, settings: Settings) -> None:
    """Refuses too many documents, and rows that do not fit their entries."""
    if "row_splits" not in arrays:
        rows = len(next(iter(arrays.values())))
        if not rows:
            raise _empty(next(iter(arrays)))
        _check_rows(next(iter(arrays)), rows, settings.max_documents)
        return
    splits, entries = arrays["row_splits"], len(arrays["word_ids"])
    if len(splits) < 2:
        raise _empty("row_splits")
    _check_rows("row_splits", len(splits) - 1, settings.max_documents)
    if len(arrays["counts"]) != entries:
        raise _wrong("counts", f"as long as `word_ids`, {entries}")
    if splits[0] != 0 or splits[-1] != entries or (np.diff(splits) < 0).any():
        raise _wrong("row_splits", f"from 0 to {entries} without falling")


def _check_rows(field: str, rows: int, most: int) -> None:
    if rows > most:
        raise ServiceError(
            Failure.TOO_MANY_DOCUMENTS,
            f"`{field}` must not hold more than {most} documents here. "
            f"Received: {rows}. Split the request.",
            field,
        )


def _empty(field: str) -> ServiceError:
    return ServiceError(
        Failure.EMPTY_LIST,
        f"`{field}` is empty. Expected: at least one document.",
        field,
    )


def _wrong(field: str, expected: str) -> ServiceError:
    return ServiceError(Failure.WRONG_TYPE, f"`{field}` must be {expected}.", field)
