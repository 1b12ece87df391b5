"""Makes every failure of an application leave it in the one error shape."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from serving.errors import (
    ANSWERS,
    UNEXPECTED,
    Failure,
    ServiceError,
    error_response,
)
from serving.invalid_request import describe

logger = logging.getLogger("serving")


def install_error_handlers(app: FastAPI) -> None:
    """Makes every failure of an application leave it in the one error shape."""
    app.exception_handler(ServiceError)(_on_service_error)
    app.exception_handler(RequestValidationError)(_on_invalid_request)
    app.exception_handler(HTTPException)(_on_http_exception)
    app.exception_handler(ClientDisconnect)(_on_disconnect)


async def _on_service_error(_: Request, error: ServiceError) -> Response:
    if ANSWERS[error.failure].status in (500, 503):
        logger.error("%s: %s", error.failure, error.message)
    return error_response(error)


async def _on_invalid_request(
    request: Request, error: RequestValidationError
) -> Response:
    content_type = request.headers.get("content-type")
    return error_response(describe(error.errors()[0], content_type))


async def _on_http_exception(request: Request, error: HTTPException) -> Response:
    headers = error.headers or {}
    path = f"{request.url.path!r:.200}"
    if error.status_code == 404:
        failure = Failure.NOT_FOUND
        message = f"There is no {path} here. The endpoints are listed at /docs."
    elif error.status_code == 405:
        failure = Failure.METHOD_NOT_ALLOWED
        message = (
            f"{request.method} is not allowed on {path}. "
            f"Expected: {headers.get('Allow', 'another method')}."
        )
    elif error.status_code < 500:
        failure = Failure.BAD_REQUEST
        message = f"The request cannot be read: {error.detail}."
    else:
        failure, message = Failure.INTERNAL_ERROR, UNEXPECTED
    return error_response(ServiceError(failure, message, headers=headers))


async def _on_disconnect(request: Request, _: Exception) -> Response:
    # Nobody reads this answer; without it the log would tell of a server's fault.
    request.scope["hung_up"] = True
    return error_response(
        ServiceError(Failure.BAD_REQUEST, "The connection closed within the body.")
    )
