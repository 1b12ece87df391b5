"""Every failure by name, one table from names to answers, and the one error shape."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from starlette.responses import Response

from serving.json_response import JSONResponse


class Failure(StrEnum):
    """What can go wrong. The value is the `code` of the answer."""

    MALFORMED_BODY = "malformed_body"
    BAD_REQUEST = "bad_request"
    NO_KEY = "no_key"
    WRONG_KEY = "wrong_key"
    NOT_FOUND = "not_found"
    MODEL_NOT_FOUND = "model_not_found"
    NO_INDEX = "no_index"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    OTHER_FINGERPRINT = "other_fingerprint"
    BODY_TOO_LARGE = "body_too_large"
    WRONG_CONTENT_TYPE = "wrong_content_type"
    MISSING_FIELD = "missing_field"
    UNKNOWN_FIELD = "unknown_field"
    WRONG_TYPE = "wrong_type"
    WRONG_VALUE = "wrong_value"
    EMPTY_LIST = "empty_list"
    TOO_MANY_DOCUMENTS = "too_many_documents"
    DOCUMENT_TOO_LONG = "document_too_long"
    QUEUE_FULL = "queue_full"
    INTERNAL_ERROR = "internal_error"
    NON_FINITE_VECTOR = "non_finite_vector"
    NOT_READY = "not_ready"
    OTHER_INDEX = "other_index"
    DEADLINE_PASSED = "deadline_passed"


# Of a fault of the service's own, whatever it was.
UNEXPECTED = (
    "The service failed on this request, by a fault of its own. "
    "The reason is in its log; the request may be sent again."
)


class Answer(NamedTuple):
    """How a failure is told: the HTTP status and the `type` of the error."""

    status: int
    type: str


CALLER = "invalid_request_error"
SERVER = "server_error"

ANSWERS: Mapping[Failure, Answer] = {
    Failure.MALFORMED_BODY: Answer(400, CALLER),
    Failure.BAD_REQUEST: Answer(400, CALLER),
    Failure.NO_KEY: Answer(401, CALLER),
    Failure.WRONG_KEY: Answer(401, CALLER),
    Failure.NOT_FOUND: Answer(404, CALLER),
    Failure.MODEL_NOT_FOUND: Answer(404, CALLER),
    Failure.NO_INDEX: Answer(404, CALLER),
    Failure.METHOD_NOT_ALLOWED: Answer(405, CALLER),
    Failure.OTHER_FINGERPRINT: Answer(412, CALLER),
    Failure.BODY_TOO_LARGE: Answer(413, CALLER),
    Failure.WRONG_CONTENT_TYPE: Answer(422, CALLER),
    Failure.MISSING_FIELD: Answer(422, CALLER),
    Failure.UNKNOWN_FIELD: Answer(422, CALLER),
    Failure.WRONG_TYPE: Answer(422, CALLER),
    Failure.WRONG_VALUE: Answer(422, CALLER),
    Failure.EMPTY_LIST: Answer(422, CALLER),
    Failure.TOO_MANY_DOCUMENTS: Answer(422, CALLER),
    Failure.DOCUMENT_TOO_LONG: Answer(422, CALLER),
    Failure.QUEUE_FULL: Answer(429, SERVER),
    Failure.INTERNAL_ERROR: Answer(500, SERVER),
    Failure.NON_FINITE_VECTOR: Answer(500, SERVER),
    Failure.NOT_READY: Answer(503, SERVER),
    Failure.OTHER_INDEX: Answer(503, SERVER),
    Failure.DEADLINE_PASSED: Answer(504, SERVER),
}


class ServiceError(Exception):
    """A named failure.

    Args:
        failure: Its name.
        message: Sentences for the caller.
        param: Field that is at fault, such as `documents.3`.
        headers: HTTP headers of the answer.
    """

    def __init__(
        self,
        failure: Failure,
        message: str,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.failure = failure
        self.message = message
        self.param = param
        self.headers = headers


class DocumentRefused(Exception):
    """A document that the model does not take, by its place among those it was given.

    Whoever knows the request's field tells the caller, by `as_service_error`.

    Args:
        index: Its place.
        reason: Sentences for the caller.
    """

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index
        self.reason = reason

    def after(self, n_before: int) -> "DocumentRefused":
        """The same document, where there are others before those that were given."""
        return DocumentRefused(n_before + self.index, self.reason)

    def as_service_error(self, field: str) -> ServiceError:
        """The failure, of a request whose `field` holds the documents."""
        param = f"{field}.{self.index}"
        return ServiceError(Failure.WRONG_VALUE, f"`{param}`: {self.reason}", param)


def error_response(error: ServiceError) -> Response:
    """Returns the answer to a failure, in the one error shape."""
    status, kind = ANSWERS[error.failure]
    body = {
        "message": error.message,
        "type": kind,
        "param": error.param,
        "code": error.failure,
    }
    return JSONResponse({"error": body}, status, error.headers)
