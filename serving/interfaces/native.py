"""`POST /encode`: the service's own protocol."""

import numpy as np
from fastapi import APIRouter, Request
from starlette.responses import Response

from serving.dependencies import ON_ENCODE, CurrentSettings, choose, errors
from serving.documents import encode as encode_texts, utf8_texts
from serving.json_response import JSONResponse
from serving.route import ServiceRoute
from serving.schemas import EncodeRequest, EncodeResponse
from serving.vectors import to_base64, to_unit_length

router = APIRouter(route_class=ServiceRoute)


@router.post(
    "/encode",
    tags=["vectors"],
    summary="Encode documents",
    response_model=EncodeResponse,
    responses=errors(**ON_ENCODE),
)
async def encode(
    request: Request, body: EncodeRequest, settings: CurrentSettings
) -> Response:
    """Returns one vector per document, in their order.

    A document without a known word is not an error: its vector is that of the zero
    input, finite, and its `known_words` is 0.
    """
    model = choose(request, body.model)
    texts = utf8_texts(body.documents, settings)
    embeddings, known_words, _ = await encode_texts(request, model, texts)
    if body.normalize:
        embeddings = to_unit_length(embeddings)
    card = model.card
    return JSONResponse(
        {
            **card.identity(),
            "dimensions": card.dimensions,
            "embeddings": to_base64(embeddings)
            if body.encoding_format == "base64"
            else np.ascontiguousarray(embeddings),
            "known_words": np.ascontiguousarray(known_words),
        }
    )
