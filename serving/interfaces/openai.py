"""OpenAI's protocol, so that its clients work unchanged."""

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast, Field
from pydantic.json_schema import WithJsonSchema
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from serving.dependencies import (
    ON_ENCODE,
    ON_LIST,
    AllModels,
    CurrentSettings,
    choose,
    errors,
)
from serving.documents import encode, utf8_texts
from serving.errors import Failure, ServiceError
from serving.json_response import JSONResponse
from serving.route import ServiceRoute
from serving.schemas import StrictBody
from serving.served_model import ServedModel
from serving.vectors import to_base64

router = APIRouter(route_class=ServiceRoute, prefix="/v1", tags=["OpenAI"])

OWNER = "kate_keras"


def _as_list(value: Any) -> Any:
    """Makes a list of one string; says why tokens cannot be read."""
    if isinstance(value, str):
        return [value]
    first = value[0] if isinstance(value, list) and value else None
    if type(first) is int or (isinstance(first, list) and first):
        raise PydanticCustomError(
            "tokens",
            "must be a string or a list of strings. Received: token numbers. They are "
            "those of another model's tokeniser, which this one cannot read; send the "
            "text (LangChain: check_embedding_ctx_length=False)",
        )
    return value


Input = Annotated[
    list[str],
    FailFast(),
    Field(min_length=1),
    BeforeValidator(_as_list),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ]
        }
    ),
]


class EmbeddingsRequest(StrictBody):
    """Texts to encode."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": "kate", "input": "The orbiter fired its engine."},
                {
                    "model": "kate",
                    "input": ["The orbiter fired its engine.", "Goal in overtime!"],
                    "encoding_format": "base64",
                },
            ]
        },
    )

    model: str = Field(description="Name of the model, as `GET /v1/models` lists it.")
    input: Input = Field(
        description="A text or a list of texts. Token numbers are refused: they are "
        "those of another model."
    )
    encoding_format: Literal["float", "base64"] = Field(
        "float",
        description="`float`: lists of numbers. `base64`: little-endian float32 bytes.",
    )
    dimensions: int | None = Field(
        None,
        description="Only the model's own number of dimensions: its vectors cannot "
        "be shortened.",
    )
    user: str | None = Field(None, description="Accepted and not used.")


class Embedding(BaseModel):
    """The vector of one text."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class Usage(BaseModel):
    """How much text it was, in words."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingsResponse(BaseModel):
    """Vectors, in the order of the texts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "object": "list",
                    "data": [
                        {
                            "object": "embedding",
                            "index": 0,
                            "embedding": [0.25, -0.5, 0.125],
                        }
                    ],
                    "model": "kate",
                    "usage": {"prompt_tokens": 5, "total_tokens": 5},
                }
            ]
        }
    )

    object: Literal["list"]
    data: list[Embedding]
    model: str
    usage: Usage


class ModelResponse(BaseModel):
    """A model, as OpenAI describes it."""

    id: str
    object: Literal["model"]
    created: int = Field(description="When it was loaded, seconds since 1970.")
    owned_by: str


class ModelsResponse(BaseModel):
    """The models of this service."""

    object: Literal["list"]
    data: list[ModelResponse]


def described(model: ServedModel) -> dict[str, Any]:
    """Returns a model as OpenAI describes it."""
    return {
        "id": model.card.name,
        "object": "model",
        "created": int(model.loaded),
        "owned_by": OWNER,
    }


@router.post(
    "/embeddings",
    summary="Encode texts",
    response_model=EmbeddingsResponse,
    responses=errors(**ON_ENCODE),
)
async def embeddings(
    request: Request, body: EmbeddingsRequest, settings: CurrentSettings
) -> Response:
    """Answers like OpenAI's endpoint of the same name; `usage` counts words."""
    model = choose(request, body.model)
    card = model.card
    if body.dimensions not in (None, card.dimensions):
        raise ServiceError(
            Failure.WRONG_VALUE,
            f"`dimensions` must be {card.dimensions} or left out. Received: "
            f"{body.dimensions}. The first dimensions of these vectors are not the "
            "most telling ones, so they cannot be cut short; train a model of "
            "fewer components instead.",
            "dimensions",
        )
    texts = utf8_texts(body.input, settings, "input")
    encoding = await encode(request, model, texts, "input")
    vectors: Any = np.ascontiguousarray(encoding.embeddings)
    if body.encoding_format == "base64":
        vectors = to_base64(vectors)
    words = int(encoding.words.sum())
    return JSONResponse(
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": index, "embedding": vector}
                for index, vector in enumerate(vectors)
            ],
            "model": card.name,
            "usage": {"prompt_tokens": words, "total_tokens": words},
        }
    )


@router.get("/models", summary="The models", responses=errors(**ON_LIST))
async def models(models: AllModels) -> ModelsResponse:
    """Lists what is served."""
    models.find()
    listed = [ModelResponse(**described(model)) for model in models]
    return ModelsResponse(object="list", data=listed)
