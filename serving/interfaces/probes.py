"""Whether the service lives, is ready, and what it serves."""

import logging

import numpy as np
from fastapi import APIRouter, Depends, Request
from starlette.responses import PlainTextResponse, Response

from serving.dependencies import (
    ON_READ,
    AllModels,
    CurrentSettings,
    QueryModel,
    errors,
    refuse_when_stopping,
)
from serving.engine import Engine
from serving.errors import Failure, ServiceError
from serving.schemas import InfoResponse, Limits, StatusResponse
from serving.served_model import ServedModels

CANARY = b"The canary sings in the coal mine."

logger = logging.getLogger("serving")
router = APIRouter()


@router.get("/livez", tags=["probes"], summary="Is the process alive?")
async def livez() -> StatusResponse:
    """Answers as long as the event loop turns. It does not ask the model."""
    return StatusResponse(status="alive")


@router.get(
    "/readyz",
    tags=["probes"],
    summary="Can it encode now?",
    dependencies=[Depends(refuse_when_stopping)],
    responses=errors(
        on_503="A model is not loaded, fails on a canary, or is about to stop."
    ),
)
async def readyz(models: AllModels) -> StatusResponse:
    """Encodes a canary and checks that its vector is finite and of the right length."""
    await check_canaries(models)
    return StatusResponse(status="ready")


async def check_canaries(models: ServedModels) -> None:
    """Encodes a canary with every model.

    Raises:
        ServiceError: As `check_canary`, or if no model is loaded.
    """
    models.find()
    for model in models:
        await check_canary(model.engine)


async def check_canary(engine: Engine) -> None:
    """Encodes a canary past the queue.

    Raises:
        ServiceError: If that fails, or the vector is not finite or of another length.
    """
    try:
        embeddings = (await engine.encode([CANARY])).embeddings
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


@router.get(
    "/metrics",
    tags=["probes"],
    summary="Counts and times, for Prometheus",
    response_class=PlainTextResponse,
)
async def metrics(request: Request) -> Response:
    """Returns Prometheus's text form."""
    page: Response = request.app.state.metrics.page()
    return page


@router.get(
    "/info",
    tags=["model"],
    summary="The model and every limit",
    responses=errors(**ON_READ, on_422="The name is empty."),
)
async def info(
    request: Request,
    model: QueryModel,
    models: AllModels,
    settings: CurrentSettings,
) -> InfoResponse:
    """Describes a model that is served and what one request may hold."""
    card = model.card
    return InfoResponse(
        **card.identity(),
        dimensions=card.dimensions,
        vocabulary_size=card.vocabulary_size,
        versions=card.versions,
        models=[other.card.name for other in models],
        index=request.app.state.indices.has(card),
        limits=Limits(**settings.model_dump(include=set(Limits.model_fields))),
    )
