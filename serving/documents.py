"""Documents on their way in: limits, the deadline, and whoever hangs up."""

import asyncio
import math
from collections.abc import Sequence

from starlette.requests import ClientDisconnect, Request

from serving.engine import Encoding
from serving.errors import Failure, ServiceError
from serving.served_model import ServedModel
from serving.settings import Settings

TIMEOUT_HEADER = "X-Request-Timeout"


def utf8_texts(
    documents: Sequence[str], settings: Settings, field: str = "documents"
) -> list[bytes]:
    """Returns documents in UTF-8, if they are within the limits.

    Args:
        documents: Texts.
        settings: Settings with the limits.
        field: Field of the request that holds them, for messages.

    Returns:
        UTF-8 texts, in their order.

    Raises:
        ServiceError: If there are too many documents, or one is too long.
    """
    if len(documents) > settings.max_documents:
        raise ServiceError(
            Failure.TOO_MANY_DOCUMENTS,
            f"`{field}` must not hold more than {settings.max_documents}. "
            f"Received: {len(documents)}. Split the list, or start the "
            "service with a larger KATE_MAX_DOCUMENTS.",
            field,
        )
    texts = [document.encode() for document in documents]
    for index, text in enumerate(texts):
        if len(text) > settings.max_document_bytes:
            raise ServiceError(
                Failure.DOCUMENT_TOO_LONG,
                f"`{field}.{index}` must not exceed "
                f"{settings.max_document_bytes} bytes of UTF-8. Received: "
                f"{len(text)} bytes. Nothing is cut off silently: shorten it, or "
                "start the service with a larger KATE_MAX_DOCUMENT_BYTES.",
                f"{field}.{index}",
            )
    return texts


async def encode_for(
    request: Request, model: ServedModel, texts: Sequence[bytes], settings: Settings
) -> Encoding:
    """Encodes documents for as long as the client listens and its deadline allows.

    Args:
        request: The request, its body read.
        model: What encodes.
        texts: UTF-8 texts, at least one.
        settings: Settings with the usual deadline.

    Raises:
        ServiceError: As `Batcher.encode`, and for a deadline that is no number.
        ClientDisconnect: If the client hangs up first.
    """
    seconds = _seconds_allowed(request, settings)
    request.scope["documents"] = len(texts)
    work = asyncio.create_task(model.batcher.encode(texts, seconds))
    gone = asyncio.create_task(_hung_up(request))
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise ClientDisconnect
        encoding = work.result()
        request.app.state.metrics.encoded(encoding)
        return encoding
    finally:
        work.cancel()
        gone.cancel()


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


def _seconds_allowed(request: Request, settings: Settings) -> float:
    asked = request.headers.get(TIMEOUT_HEADER)
    if asked is None:
        return settings.timeout
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
    return min(seconds, settings.timeout)
