"""What is noted of every request: its id, its time, its answer. Never its text."""

import logging
import re
import time
import traceback
import uuid
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.engine import ModelCard
from serving.errors import UNEXPECTED, Failure, ServiceError, error_response
from serving.metrics import Metrics

logger = logging.getLogger("serving.access")

ID_HEADER = "X-Request-Id"
MODEL_HEADER = "X-Model-Name"
VERSION_HEADER = "X-Model-Version"
FINGERPRINT_HEADER = "X-Model-Fingerprint"
# What a caller may choose as an id; anything else could forge lines of the log.
ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
UNKNOWN_ROUTE = "unknown"
# Of an answer that never began, or that nobody read.
HUNG_UP = 499
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# Answers are data; the pages of the manual bring scripts of their own.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"


class Observation:
    """ASGI middleware that counts, times and logs, and adds headers to every answer.

    What nobody else has caught it answers with status 500, so that this answer has the
    headers too.

    Args:
        app: ASGI application.
        metrics: Where requests are counted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        status = HUNG_UP
        request_id = id_of(scope)

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                hung_up = scope.get("hung_up", False)
                status = scope["status"] = HUNG_UP if hung_up else message["status"]
                headers = MutableHeaders(scope=message)
                _name_model(headers, scope.get("model"))
                add_headers(headers, request_id)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            if status != HUNG_UP:
                raise
            _log_failure(request_id, error)
            answer = error_response(ServiceError(Failure.INTERNAL_ERROR, UNEXPECTED))
            await answer(scope, receive, send_with_headers)
        finally:
            seconds = time.perf_counter() - start
            route = getattr(scope.get("route"), "path", UNKNOWN_ROUTE)
            self.metrics.answered(route, status, seconds)
            logger.info(
                "%s %s %d %.1f ms",
                scope["method"],
                route,
                status,
                1e3 * seconds,
                extra={
                    "request_id": request_id,
                    "method": scope["method"],
                    "route": route,
                    "status": status,
                    "milliseconds": round(1e3 * seconds, 3),
                    "documents": scope.get("documents"),
                    "trace_id": scope.get("trace_id"),
                    **_identity(scope.get("model")),
                },
            )


def add_headers(headers: MutableHeaders, request_id: str) -> None:
    """Adds what every answer has: its id, and what a browser must not do with it."""
    headers[ID_HEADER] = request_id
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
    if headers.get("content-type", "").startswith("application/json"):
        headers.setdefault("Content-Security-Policy", DATA_POLICY)


def _log_failure(request_id: str, error: Exception) -> None:
    """Says where it failed; the error's own words may be those of a document."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error).__name__
    logger.error("Request %s failed by %s at\n%s", request_id, kind, frames)
    logger.debug("Request %s failed", request_id, exc_info=error)


def _name_model(headers: MutableHeaders, card: ModelCard | None) -> None:
    """Says in the headers which model answers; protocols of others have no field."""
    if card is not None:
        # A name may be of any alphabet, a header only of one.
        headers[MODEL_HEADER] = quote(card.name)
        headers[VERSION_HEADER] = card.version
        headers[FINGERPRINT_HEADER] = card.fingerprint


def _identity(card: ModelCard | None) -> dict[str, str]:
    return {} if card is None else card.identity()


def id_of(scope: Scope) -> str:
    """Returns the id that the caller chose for a request, or a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            given = value.decode("latin-1")
            if ID.fullmatch(given):
                return str(given)
    return uuid.uuid4().hex
