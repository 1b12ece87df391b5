"""The documents of an index: `POST /similar`, and what a map of them is drawn from."""

from typing import Annotated, Literal

import numpy as np
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, FailFast, Field
from starlette.responses import Response

from serving.dependencies import (
    ON_ENCODE,
    ON_READ,
    CurrentSettings,
    QueryModel,
    choose,
    errors,
)
from serving.documents import encode as encode_texts, utf8_texts
from serving.errors import Failure, ServiceError
from serving.json_response import JSONResponse
from serving.route import ServiceRoute
from serving.schemas import FINGERPRINT, Named, StrictBody
from serving.served_index import ServedIndex
from serving.served_model import ServedModel

router = APIRouter(route_class=ServiceRoute, tags=["documents"])

# Of one request, as each may bring a thousand documents.
MOST_QUERIES = 32
MOST_FOUND = 1000
MOST_NUMBERS = 100

ON_LOOK = {
    **ON_READ,
    "on_404": "There is no such model, or no index of it.",
    "on_422": "A value is wrong.",
    "on_429": ON_ENCODE["on_429"],
    "on_500": ON_ENCODE["on_500"],
    "on_503": "The model is not loaded, or the index is another model's.",
    "on_504": ON_ENCODE["on_504"],
}
NumberOfDocuments = Annotated[
    int, Query(ge=1, le=MOST_FOUND, description="Documents, at the most.")
]


class SimilarRequest(StrictBody):
    """Texts, or documents of the index, whose like are to be found."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"documents": ["The orbiter fired its engine."], "n": 3},
                {"ids": ["sci.space/60252"], "n": 3, "labels": ["sci.space"]},
            ]
        }
    )

    documents: Annotated[list[str], FailFast()] = Field(
        default_factory=list,
        min_length=1,
        description=f"Texts, at most {MOST_QUERIES}.",
    )
    ids: Annotated[list[str], FailFast()] = Field(
        default_factory=list,
        min_length=1,
        description=f"Instead: ids of the index, at most {MOST_QUERIES}. No document "
        "is found as its own like.",
    )
    n: int = Field(
        10, ge=1, le=MOST_FOUND, description="Documents to find, at the most."
    )
    labels: Annotated[list[str], FailFast()] = Field(
        default_factory=list,
        max_length=MOST_QUERIES,
        description="Only documents with one of these labels; none, all.",
    )
    model: str | None = Field(
        None, description="Name of the model, where there are several."
    )


class DocumentBody(BaseModel):
    """A document of the index."""

    number: int = Field(description="Its number in the index.")
    id: str
    snippet: str = Field(description="Its first words.")
    labels: list[str]
    rating: float | None
    known_words: int


class MatchBody(DocumentBody):
    """A document that was found."""

    similarity: float = Field(description="Cosine with the query.")


class OfIndex(Named):
    """An answer from an index."""

    index_version: str = Field(
        description="Another one once the documents on the map change."
    )


class SimilarResponse(OfIndex):
    """For each query its documents, the most similar first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": "kate",
                    "version": "1",
                    "fingerprint": FINGERPRINT,
                    "similar": [
                        [
                            {
                                "number": 593,
                                "id": "sci.space/60252",
                                "snippet": "The shuttle's engines…",
                                "labels": ["sci.space"],
                                "rating": None,
                                "known_words": 41,
                                "similarity": 0.75,
                            }
                        ]
                    ],
                    "known_words": [4],
                    "index_version": "5f0c1b9d2a7e4c63-4",
                }
            ]
        }
    )

    similar: list[list[MatchBody]] = Field(
        description="A text without known words finds none."
    )
    known_words: list[int] | None = Field(
        None, description="Words of each text that are in the vocabulary."
    )


class LabelCount(BaseModel):
    """A label and its documents."""

    label: str
    documents: int


class IndexBody(BaseModel):
    """An index."""

    documents: int
    labels: list[LabelCount] = Field(description="The most frequent first.")
    unlabelled: int = Field(description="Documents without any label.")
    approximate: bool = Field(description="Whether a search looks through a part.")
    recall: float = Field(description="Share of the 10 nearest that it then finds.")
    snippet: int = Field(description="Most characters that are kept of a document.")
    index_version: str = Field(description="Another one once the map changes.")


class IndexResponse(Named):
    """The index of a model."""

    index: IndexBody


class MapColumns(BaseModel):
    """Little-endian numbers in base64, one for each document."""

    number: str = Field(description="uint32")
    x: str = Field(description="float32, from 0 to 1")
    y: str = Field(description="float32, from 0 to 1")
    topic: str = Field(
        description="int16: in whose direction it lies most; i + 1 for the positive "
        "side of topic i, -(i + 1) for its negative side"
    )
    label: str = Field(description="int16: place of its first label; -1, it has none")


class MapResponse(OfIndex):
    """Where documents lie on a map, those with known words."""

    documents: int
    labels: list[str]
    columns: MapColumns


class DocumentsResponse(OfIndex):
    """Documents of the index."""

    documents: list[DocumentBody]


class TopicDocumentsResponse(OfIndex):
    """Documents at an end of a topic, the outermost first."""

    documents: list[MatchBody]


@router.post(
    "/similar",
    summary="Find similar documents",
    response_model=SimilarResponse,
    responses=errors(
        **ON_ENCODE
        | {name: ON_LOOK[name] for name in ("on_503",)}
        | {"on_404": "There is no such model, no index of it, or no such id."}
    ),
)
async def similar(
    request: Request, body: SimilarRequest, settings: CurrentSettings
) -> Response:
    """Finds the documents of the index most like texts, or like others of its own.

    The fewer known words a text has, the less of the vector of the empty text is left
    in its own before the search: it finds what its words say, and not what says little.
    """
    model = choose(request, body.model)
    index = index_of(request, model)
    _check(body)
    if body.ids:
        found = await index.ask(
            model.card,
            lambda reader: {
                "similar": reader.similar(body.ids, body.n, body.labels),
                "index_version": reader.version,
            },
        )
        return JSONResponse({**model.card.identity(), **found})
    texts = utf8_texts(body.documents, settings)
    vectors, known_words, _ = await encode_texts(request, model, texts)
    found = await index.ask(
        model.card,
        lambda reader: {
            "similar": reader.search(vectors, known_words, body.n, body.labels),
            "index_version": reader.version,
        },
    )
    counts = {"known_words": np.ascontiguousarray(known_words)}
    return JSONResponse({**model.card.identity(), **found, **counts})


@router.get(
    "/index",
    summary="The index of a model",
    response_model=IndexResponse,
    responses=errors(**ON_LOOK),
)
async def index(request: Request, model: QueryModel) -> Response:
    """Tells how many documents there are, of which labels, and how they are found."""
    own = index_of(request, model)
    found = await own.ask(model.card, lambda reader: reader.describe())
    return JSONResponse({**model.card.identity(), "index": found})


@router.get(
    "/map",
    summary="Where documents lie on a map",
    response_model=MapResponse,
    responses={304: {"description": "It has not changed."}, **errors(**ON_LOOK)},
)
async def document_map(request: Request, model: QueryModel) -> Response:
    """Gives every document with known words a place; neighbours are alike.

    `ETag` and `If-None-Match` spare what has not changed.
    """
    own = index_of(request, model)
    found = await own.ask(model.card, lambda reader: reader.map())
    tag = f'"{found["index_version"]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return JSONResponse({**model.card.identity(), **found}, headers=headers)


@router.get(
    "/documents",
    summary="Documents by their numbers",
    response_model=DocumentsResponse,
    responses=errors(**ON_LOOK),
)
async def documents(
    request: Request,
    model: QueryModel,
    numbers: Annotated[
        str,
        Query(
            pattern=r"^[0-9]{1,10}(,[0-9]{1,10})*$",
            description=f"Numbers of the map, at most {MOST_NUMBERS}, between commas.",
        ),
    ],
) -> Response:
    """Returns documents in the order asked for; those that are gone are left out."""
    wanted = [int(number) for number in numbers.split(",")]
    if len(wanted) > MOST_NUMBERS:
        raise ServiceError(
            Failure.TOO_MANY_DOCUMENTS,
            f"`numbers` must not hold more than {MOST_NUMBERS}. Received: "
            f"{len(wanted)}. Split the list.",
            "numbers",
        )
    own = index_of(request, model)
    found = await own.ask(
        model.card,
        lambda reader: {
            "documents": reader.documents(wanted),
            "index_version": reader.version,
        },
    )
    return JSONResponse({**model.card.identity(), **found})


@router.get(
    "/topics/{index}/documents",
    summary="Documents at an end of a topic",
    response_model=TopicDocumentsResponse,
    responses=errors(
        **ON_LOOK | {"on_404": "There is no such topic, model or index of it."}
    ),
)
async def topic_documents(
    request: Request,
    index: int,
    model: QueryModel,
    sign: Literal["positive", "negative"] = "positive",
    n: NumberOfDocuments = 10,
) -> Response:
    """Finds the documents that lie most in the direction of a topic, of one sign."""
    dimensions = model.card.dimensions
    if not 0 <= index < dimensions:
        raise ServiceError(
            Failure.NOT_FOUND,
            f"There is no topic {index}. Expected: 0 to {dimensions - 1}.",
            "index",
        )
    direction = np.zeros(dimensions, np.float32)
    direction[index] = 1 if sign == "positive" else -1
    own = index_of(request, model)
    found = await own.ask(
        model.card,
        lambda reader: {
            "documents": reader.of_topic(direction, n),
            "index_version": reader.version,
        },
    )
    return JSONResponse({**model.card.identity(), **found})


def index_of(request: Request, model: ServedModel) -> ServedIndex:
    """Returns the index of a model.

    Raises:
        ServiceError: If it has none.
    """
    index: ServedIndex = request.app.state.indices.of(model.card)
    return index


def _check(body: SimilarRequest) -> None:
    """Refuses a body that asks in both ways, in neither, or for too much.

    Raises:
        ServiceError: If it does.
    """
    if body.documents and body.ids:
        raise ServiceError(
            Failure.WRONG_VALUE,
            "`documents` and `ids` are two ways to ask. Received: both. Send one.",
            "ids",
        )
    if not (body.documents or body.ids):
        raise ServiceError(
            Failure.MISSING_FIELD,
            "Neither `documents` nor `ids` is there. Send texts, or ids of the index.",
            "documents",
        )
    field, queries = ("ids", body.ids) if body.ids else ("documents", body.documents)
    if len(queries) > MOST_QUERIES:
        raise ServiceError(
            Failure.TOO_MANY_DOCUMENTS,
            f"`{field}` must not hold more than {MOST_QUERIES} to be searched for. "
            f"Received: {len(queries)}. Split the list.",
            field,
        )
