"""One finding of pydantic about a request, as a named failure with a sentence."""

import json
from collections.abc import Mapping
from typing import Any

from serving.errors import Failure, ServiceError

ONE_LIST = (
    "`documents` is always a list of strings, also for one document: "
    '{"documents": ["…"]}.'
)


def describe(error: Mapping[str, Any], content_type: str | None) -> ServiceError:
    """Turns one finding of pydantic into a named failure with a sentence.

    Args:
        error: The finding, as in `ValidationError.errors()`.
        content_type: The request's `Content-Type`.

    Returns:
        The failure.
    """
    kind, found = error["type"], _shown(error.get("input"))
    param = ".".join(map(str, error["loc"][1:]))[:200] or None
    if kind == "json_invalid":
        reason = str(error["ctx"]["error"])
        message = f"The body is not JSON in UTF-8: {reason}, at position "
        message += f"{error['loc'][-1]}."
        if "surrogate" in reason or reason.startswith("str is not valid UTF-8"):
            message += " Text has to be whole Unicode characters."
        return ServiceError(Failure.MALFORMED_BODY, message)
    if kind == "unknown_field":
        return _describe_unknown(error, param)
    if param is None:
        return _describe_body(error, content_type)
    if kind == "missing":
        message = f"`{param}` is missing."
        if param == "documents":
            message += f" {ONE_LIST}"
        return ServiceError(Failure.MISSING_FIELD, message, param)
    if kind == "tokens":
        message = f"`{param}` {error['msg']}."
        return ServiceError(Failure.WRONG_TYPE, message, param)
    if kind == "too_short":
        return ServiceError(
            Failure.EMPTY_LIST,
            f"`{param}` is empty. Expected: at least one document.",
            param,
        )
    if kind == "literal_error":
        return ServiceError(
            Failure.WRONG_VALUE,
            f"`{param}` must be {error['ctx']['expected']}. Received: {found}.",
            param,
        )
    expected = str(error["msg"]).removeprefix("Input should be ")
    message = f"`{param}` must be {expected}. Received: {found}."
    if param.partition(".")[0] == "documents":
        message += f" {ONE_LIST}"
    return ServiceError(Failure.WRONG_TYPE, message, param)


def _describe_unknown(error: Mapping[str, Any], parent: str | None) -> ServiceError:
    field = str(error["ctx"]["field"])[:200]
    return ServiceError(
        Failure.UNKNOWN_FIELD,
        f"`{field}` is not a field of {f'`{parent}`' if parent else 'this request'}. "
        f"Expected: {error['ctx']['expected']}.",
        f"{parent}.{field}" if parent else field,
    )


def _describe_body(error: Mapping[str, Any], content_type: str | None) -> ServiceError:
    kind, body = error["type"], error.get("input")
    if kind == "missing":
        return ServiceError(
            Failure.MALFORMED_BODY, "The body is empty. Expected: a JSON object."
        )
    if isinstance(body, bytes):
        return ServiceError(
            Failure.WRONG_CONTENT_TYPE,
            "The body must be sent with `Content-Type: application/json`. "
            f"Received: {content_type or 'no Content-Type'!r:.100}.",
        )
    return ServiceError(
        Failure.WRONG_TYPE,
        f"The body must be a JSON object. Received: {_shown(body)}.",
    )


def _shown(value: Any) -> str:
    """Returns a JSON value, shortened; a list or an object by its kind alone."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, str):
        return f"the string {json.dumps(value[:40], ensure_ascii=False)}"
    return json.dumps(value, default=str)[:40]
