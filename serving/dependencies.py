"""What the endpoints share: the model, the settings, the documented errors.

What they depend on is asynchronous: FastAPI would run it on a thread of a pool, which
takes longer than many an answer.
"""

from typing import Annotated, Any, cast

from fastapi import Depends, Request

from serving.errors import Failure, ServiceError
from serving.schemas import ErrorResponse
from serving.served_model import ServedModel
from serving.settings import Settings

# The one label that a folder of versions has by itself: the version that answers.
LABEL = "stable"


async def get_model(request: Request) -> ServedModel:
    """Returns the application's model, once it has started."""
    model = request.app.state.model
    if model is None:
        raise ServiceError(Failure.NOT_READY, "The model is not loaded yet.")
    return cast(ServedModel, model)


async def get_settings(request: Request) -> Settings:
    """Returns the application's settings."""
    return cast(Settings, request.app.state.settings)


async def refuse_when_stopping(request: Request) -> None:
    """Fails once the service has been told to stop."""
    if request.app.state.stopping:
        raise ServiceError(Failure.NOT_READY, "The service has been told to stop.")


def require_asked(request: Request, model: ServedModel) -> None:
    """Refuses a name, a version or a label in the path that is not this model's.

    Raises:
        ServiceError: If another model was asked for.
    """
    asked = request.path_params
    model.require(asked["name"], asked.get("version"))
    if asked.get("label", LABEL) != LABEL:
        raise ServiceError(
            Failure.MODEL_NOT_FOUND,
            f"There is no label {asked['label']!r:.200} here. Expected: {LABEL!r}.",
            "label",
        )


ReadyModel = Annotated[ServedModel, Depends(get_model)]
CurrentSettings = Annotated[Settings, Depends(get_settings)]

ON_ENCODE = {
    "on_400": "Malformed JSON, or text that is not Unicode.",
    "on_401": "No key, or a wrong one, where the service asks for one.",
    "on_413": "The body is too large.",
    "on_422": "Wrong shape, type or value, an empty list, too many documents, or a "
    "document that is too long.",
    "on_429": "Too many documents wait; `Retry-After` says when to send them again.",
    "on_500": "The service failed.",
    "on_503": "The model is not loaded.",
    "on_504": "The deadline passed, the service's own or that of `X-Request-Timeout`.",
}
ON_READ = {"on_401": ON_ENCODE["on_401"], "on_503": ON_ENCODE["on_503"]}
ON_MODEL = {**ON_READ, "on_404": "There is no such model, or no such version."}


def errors(**descriptions: str) -> dict[int | str, dict[str, Any]]:
    """Documents failures: `on_404="There is no such model."`."""
    return {
        int(status.removeprefix("on_")): {"model": ErrorResponse, "description": text}
        for status, text in sorted(descriptions.items())
    }
