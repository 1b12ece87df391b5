"""The route of every endpoint: a strict body, a deadline, and an eye on the client."""

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from serving.errors import ANSWERS, Failure, ServiceError
from serving.request_body import StrictJSONRequest

TIMEOUT_HEADER = "X-Request-Timeout"
PARAMETER = {
    "name": TIMEOUT_HEADER,
    "in": "header",
    "required": False,
    "description": "Seconds that the caller waits, if fewer than the service allows.",
    "schema": {"type": "number", "exclusiveMinimum": 0},
}

Result = TypeVar("Result")


class ServiceRoute(APIRoute):
    """A route that reads its body as `StrictJSONRequest`.

    One that documents status 504 works only for as long as its client listens and the
    deadline allows.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        timed = ANSWERS[Failure.DEADLINE_PASSED].status in options["responses"]
        if timed:
            options["openapi_extra"] = {"parameters": [PARAMETER]}
        self._is_timed = timed
        super().__init__(*args, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Returns the handler of this route."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            strict = StrictJSONRequest(request.scope, request.receive)
            # FastAPI would answer 400 to whatever goes wrong while it reads a body.
            if self.body_field is not None:
                await _whole_body(strict)
            if not self._is_timed:
                return await handle(strict)
            return await _attended(strict, handle(strict))

        return handle_strictly


async def _whole_body(request: Request) -> None:
    """Waits for the body, no longer than for an answer.

    Raises:
        ServiceError: If it does not come, is too large, or the deadline is no number.
        ClientDisconnect: If the client hangs up first.
    """
    seconds = _seconds_allowed(request)
    try:
        async with asyncio.timeout(seconds):
            await request.body()
    except TimeoutError:
        raise ServiceError(
            Failure.DEADLINE_PASSED,
            f"The whole body did not come within {seconds:g} seconds. Send it faster, "
            "or allow more time.",
        ) from None


async def _attended(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """Does work for as long as the client listens and its deadline allows.

    Args:
        request: The request, its body read.
        work: What answers it. When it is cancelled it frees what it holds.

    Raises:
        ServiceError: If the deadline passes, or is no number.
        ClientDisconnect: If the client hangs up first.
    """
    try:
        seconds = _seconds_allowed(request)
    except ServiceError:
        work.close()
        raise
    task = asyncio.create_task(work)
    gone = asyncio.create_task(_hung_up(request))
    try:
        await asyncio.wait(
            (task, gone), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if task.done():
            return task.result()
        if gone.done():
            raise ClientDisconnect
        raise ServiceError(
            Failure.DEADLINE_PASSED,
            f"There was no answer within {seconds:g} seconds, so none is given. Send "
            "fewer documents at a time, or allow more time.",
        )
    finally:
        task.cancel()
        gone.cancel()


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


def _seconds_allowed(request: Request) -> float:
    allowed: float = request.app.state.settings.timeout
    asked = request.headers.get(TIMEOUT_HEADER)
    if asked is None:
        return allowed
    try:
        seconds = float(asked)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise ServiceError(
            Failure.WRONG_VALUE,
            f"The header {TIMEOUT_HEADER} must be a number of seconds above 0. "
            f"Received: {asked!r:.100}.",
            TIMEOUT_HEADER,
        )
    # Nobody may hold a place for longer than the service allows.
    return min(seconds, allowed)
