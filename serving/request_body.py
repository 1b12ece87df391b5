"""Reading a request's body: never more than the limit, and JSON without leniency."""

import json
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.errors import Failure, ServiceError

# A client that sends without listening sees a broken connection, not the answer, if
# the rest of its body is left unread. Bodies of a few limits are read and thrown away.
DISCARDED_LIMITS = 3
# Of orjson's own.
MAX_NESTING = 1024


class BodyLimit:
    """ASGI middleware that refuses a body over the limit, where a route reads it.

    The refusal goes by `Content-Length`, and by counting where a client sends chunks.
    What is over the limit is never kept.

    Args:
        app: ASGI application.
        max_bytes: Largest body.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        announced = int(length) if length.isdecimal() else 0
        arrived = 0

        async def receive_within_limit() -> Message:
            nonlocal arrived
            if announced > self.max_bytes:
                # A client that asks first, by `Expect`, has sent nothing yet.
                if "expect" not in headers:
                    await self._discard(receive, announced)
                raise self._too_large(f"{announced} bytes")
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > self.max_bytes:
                if message.get("more_body", False):
                    await self._discard(receive, arrived)
                raise self._too_large(f"{arrived} bytes or more")
            return message

        await self.app(scope, receive_within_limit, send)

    async def _discard(self, receive: Receive, known: int) -> None:
        """Reads the rest of a body, unless that is known to be hopeless."""
        most = DISCARDED_LIMITS * self.max_bytes
        more = known <= self.max_bytes + most
        while more and most > 0:
            message = await receive()
            most -= len(message.get("body", b""))
            more = message.get("more_body", False)

    def _too_large(self, received: str) -> ServiceError:
        return ServiceError(
            Failure.BODY_TOO_LARGE,
            f"The body must not exceed {self.max_bytes} bytes. Received: {received}. "
            "Send fewer documents per request, or start the service with a larger "
            "KATE_MAX_BODY_BYTES.",
        )


class StrictJSONRequest(Request):
    """A request whose JSON is UTF-8, whole Unicode characters and finite numbers.

    The standard library's reader takes lone surrogates, NaN and UTF-16.
    """

    async def json(self) -> Any:
        """Returns the body's value, or raises a `json.JSONDecodeError`."""
        body = await self.body()
        try:
            return orjson.loads(body)
        except json.JSONDecodeError:
            _check_utf8(body)
            raise


def _check_utf8(body: bytes) -> None:
    # orjson says that text is not UTF-8, but not where.
    try:
        body.decode()
    except UnicodeDecodeError as error:
        reason = f"{body[error.start]:#04x} is not UTF-8"
        raise json.JSONDecodeError(reason, "", error.start) from error
