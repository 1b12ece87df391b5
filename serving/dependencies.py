"""What the endpoints share: the model that is asked, the settings, documented errors.

What they depend on is asynchronous: FastAPI would run it on a thread of a pool, which
takes longer than many an answer.
"""

from typing import Annotated, Any, cast

from fastapi import Depends, Query, Request

from serving.errors import Failure, ServiceError
from serving.observation import FINGERPRINT_HEADER
from serving.schemas import ErrorResponse
from serving.served_model import ServedModel, ServedModels
from serving.settings import Settings

# The one label that a folder of versions has by itself: the version that answers.
LABEL = "stable"


async def get_settings(request: Request) -> Settings:
    """Returns the application's settings."""
    return cast(Settings, request.app.state.settings)


async def refuse_when_stopping(request: Request) -> None:
    """Fails once the service has been told to stop."""
    if request.app.state.stopping:
        raise ServiceError(Failure.NOT_READY, "The service has been told to stop.")


async def get_models(request: Request) -> ServedModels:
    """Returns the application's models."""
    return cast(ServedModels, request.app.state.models)


def choose(
    request: Request, name: str | None = None, version: str | None = None
) -> ServedModel:
    """Returns the model that is to answer, whose fingerprint the answer's header tells.

    Args:
        request: The request.
        name: Name of the model; `None`, the first.
        version: Its version; `None`, whichever answers.

    Raises:
        ServiceError: If there is no such model, or not with the fingerprint that the
            request insists on.
    """
    models: ServedModels = request.app.state.models
    model = models.find(name, version)
    card = model.card
    request.scope["model"] = card
    wanted = request.headers.get(FINGERPRINT_HEADER)
    if wanted is not None and wanted != card.fingerprint:
        raise ServiceError(
            Failure.OTHER_FINGERPRINT,
            f"The model {card.name!r} has the fingerprint {card.fingerprint}. Expected "
            f"by the header {FINGERPRINT_HEADER}: {wanted!r:.100}. Vectors of the two "
            "are not comparable: encode every document again, or ask for the version "
            "that made the others.",
            FINGERPRINT_HEADER,
        )
    return model


async def model_of_query(
    request: Request,
    model: Annotated[
        str | None,
        Query(min_length=1, description="Name of the model, where there are several."),
    ] = None,
) -> ServedModel:
    """Returns the model that the query names."""
    return choose(request, model)


async def model_of_path(request: Request) -> ServedModel:
    """Returns the model that the path names, by its version or its label if it has one.

    Raises:
        ServiceError: If there is no such model.
    """
    asked = request.path_params
    if asked.get("label", LABEL) != LABEL:
        raise ServiceError(
            Failure.MODEL_NOT_FOUND,
            f"There is no label {asked['label']!r:.200} here. Expected: {LABEL!r}.",
            "label",
        )
    return choose(request, asked["name"], asked.get("version"))


AllModels = Annotated[ServedModels, Depends(get_models)]
QueryModel = Annotated[ServedModel, Depends(model_of_query)]
PathModel = Annotated[ServedModel, Depends(model_of_path)]
CurrentSettings = Annotated[Settings, Depends(get_settings)]

ON_ENCODE = {
    "on_400": "Malformed JSON, or text that is not Unicode.",
    "on_401": "No key, or a wrong one, where the service asks for one.",
    "on_404": "There is no such model.",
    "on_412": "The model's fingerprint is not that of `X-Model-Fingerprint`.",
    "on_413": "The body is too large.",
    "on_422": "Wrong shape, type or value, an empty list, too many documents, or a "
    "document that is too long.",
    "on_429": "Too many documents wait; `Retry-After` says when to send them again.",
    "on_500": "The service failed.",
    "on_503": "The model is not loaded.",
    "on_504": "The deadline passed, the service's own or that of `X-Request-Timeout`.",
}
ON_LIST = {name: ON_ENCODE[name] for name in ("on_401", "on_503")}
ON_READ = {name: ON_ENCODE[name] for name in ("on_401", "on_404", "on_412", "on_503")}
ON_MODEL = {**ON_READ, "on_404": "There is no such model, or no such version."}


def errors(**descriptions: str) -> dict[int | str, dict[str, Any]]:
    """Documents failures: `on_404="There is no such model."`."""
    return {
        int(status.removeprefix("on_")): {"model": ErrorResponse, "description": text}
        for status, text in sorted(descriptions.items())
    }
