"""The endpoints."""

import logging
from typing import Annotated, Any, cast

import numpy as np
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from serving.engine import Engine
from serving.errors import Failure, ServiceError
from serving.json_response import JSONResponse
from serving.request_body import StrictJSONRoute
from serving.schemas import (
    EncodeRequest,
    EncodeResponse,
    ErrorResponse,
    InfoResponse,
    Limits,
    StatusResponse,
)
from serving.settings import Settings
from serving.vectors import to_base64, to_unit_length

CANARY = b"The canary sings in the coal mine."

logger = logging.getLogger("serving")
router = APIRouter(route_class=StrictJSONRoute)


def get_engine(request: Request) -> Engine:
    """Returns the application's engine, once it has started."""
    engine = request.app.state.engine
    if engine is None:
        raise ServiceError(Failure.NOT_READY, "The model is not loaded yet.")
    return cast(Engine, engine)


def get_settings(request: Request) -> Settings:
    """Returns the application's settings."""
    return cast(Settings, request.app.state.settings)


ReadyEngine = Annotated[Engine, Depends(get_engine)]
CurrentSettings = Annotated[Settings, Depends(get_settings)]


def _errors(**descriptions: str) -> dict[int | str, dict[str, Any]]:
    return {
        int(status.removeprefix("on_")): {"model": ErrorResponse, "description": text}
        for status, text in descriptions.items()
    }


@router.post(
    "/encode",
    tags=["vectors"],
    summary="Encode documents",
    response_model=EncodeResponse,
    responses=_errors(
        on_400="Malformed JSON, or text that is not Unicode.",
        on_413="The body is too large.",
        on_422="Wrong shape, type or value, an empty list, too many documents, or a "
        "document that is too long.",
        on_500="The service failed.",
        on_503="The model is not loaded.",
    ),
)
async def encode(
    body: EncodeRequest, engine: ReadyEngine, settings: CurrentSettings
) -> Response:
    """Returns one vector per document, in their order.

    A document without a known word is not an error: its vector is that of the zero
    input, finite, and its `known_words` is 0.
    """
    embeddings, known_words = await engine.encode(body.texts(settings))
    if body.normalize:
        embeddings = to_unit_length(embeddings)
    card = engine.card
    return JSONResponse(
        {
            "model": card.name,
            "version": card.version,
            "fingerprint": card.fingerprint,
            "dimensions": card.dimensions,
            "embeddings": to_base64(embeddings)
            if body.encoding_format == "base64"
            else np.ascontiguousarray(embeddings),
            "known_words": np.ascontiguousarray(known_words),
        }
    )


@router.get("/livez", tags=["probes"], summary="Is the process alive?")
async def livez() -> StatusResponse:
    """Answers as long as the event loop turns. It does not ask the model."""
    return StatusResponse(status="alive")


@router.get(
    "/readyz",
    tags=["probes"],
    summary="Can it encode now?",
    responses=_errors(on_503="The model is not loaded, or fails on a canary."),
)
async def readyz(engine: ReadyEngine) -> StatusResponse:
    """Encodes a canary and checks that its vector is finite and of the right length."""
    try:
        embeddings, _ = await engine.encode([CANARY])
    except Exception as error:
        logger.exception("The canary could not be encoded")
        raise ServiceError(
            Failure.NOT_READY, "The model fails to encode. The reason is in the log."
        ) from error
    if embeddings.shape != (1, engine.card.dimensions):
        raise ServiceError(
            Failure.NOT_READY,
            f"The model encodes wrongly. Expected: shape (1, {engine.card.dimensions})."
            f" Received: {embeddings.shape}.",
        )
    if not np.isfinite(embeddings).all():
        raise ServiceError(
            Failure.NOT_READY, "The model gives a vector that is not finite."
        )
    return StatusResponse(status="ready")


@router.get(
    "/info",
    tags=["model"],
    summary="The model and every limit",
    responses=_errors(on_503="The model is not loaded."),
)
async def info(engine: ReadyEngine, settings: CurrentSettings) -> InfoResponse:
    """Describes the model that is served and what one request may hold."""
    card = engine.card
    return InfoResponse(
        model=card.name,
        version=card.version,
        fingerprint=card.fingerprint,
        dimensions=card.dimensions,
        vocabulary_size=card.vocabulary_size,
        versions=card.versions,
        limits=Limits(**settings.model_dump(include=set(Limits.model_fields))),
    )
