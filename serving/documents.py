"""Documents on their way in: within the limits, and counted."""

from collections.abc import Sequence

from starlette.requests import Request

from serving.engine import Encoding
from serving.errors import DocumentRefused, Failure, ServiceError
from serving.served_model import ServedModel
from serving.settings import Settings


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


async def encode(
    request: Request,
    model: ServedModel,
    texts: Sequence[bytes],
    field: str = "documents",
) -> Encoding:
    """Encodes documents in batches that requests share, and counts them.

    Args:
        request: The request.
        model: What encodes.
        texts: UTF-8 texts, at least one.
        field: Field of the request that holds them, for messages.

    Raises:
        ServiceError: As `Batcher.encode`, or if the model does not take a document.
    """
    request.scope["documents"] = len(texts)
    try:
        encoding = await model.batcher.encode(texts)
    except DocumentRefused as refused:
        raise refused.as_service_error(field) from None
    request.app.state.metrics.encoded(model.card.name, encoding)
    return encoding
