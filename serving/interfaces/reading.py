"""What the model has learned: its topics, and the neighbours of words."""

import asyncio
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from serving.dependencies import ON_ENCODE, ON_READ, QueryModel, errors
from serving.engine import Arrays
from serving.errors import Failure, ServiceError
from serving.json_response import JSONResponse
from serving.route import ServiceRoute
from serving.schemas import Named
from serving.served_model import ServedModel
from serving.tensors import MOST_WORDS, as_json, read

router = APIRouter(route_class=ServiceRoute, tags=["reading"])


NumberOfWords = Annotated[
    int, Query(ge=1, le=MOST_WORDS, description="Words per sign, at the most.")
]
NumberOfNeighbours = Annotated[
    int, Query(ge=1, le=MOST_WORDS, description="Words, at the most.")
]
ON_NO_READING = "A value is wrong, or the words act through two layers in this model."
ON_LOOK = {
    **ON_READ,
    "on_422": ON_NO_READING,
    "on_429": ON_ENCODE["on_429"],
    "on_500": ON_ENCODE["on_500"],
    "on_504": ON_ENCODE["on_504"],
}


class InfluentialWord(BaseModel):
    """A word, and its influence on an end of a unit; below 0 at the lower one."""

    word: str
    influence: float


class TopicBody(BaseModel):
    """A unit, by the words that raise it and those that lower it."""

    index: int
    positive: list[InfluentialWord]
    negative: list[InfluentialWord]


class TopicsResponse(Named):
    """Every topic."""

    topics: list[TopicBody]


class TopicResponse(Named):
    """One topic."""

    topic: TopicBody


class Neighbour(BaseModel):
    """A word and the cosine of its row of the kernel."""

    word: str
    cosine: float


class WordResponse(Named):
    """A word's nearest words."""

    word: str
    neighbours: list[Neighbour]


@router.get(
    "/topics",
    summary="Every topic",
    response_model=TopicsResponse,
    responses=errors(**ON_LOOK),
)
async def topics(model: QueryModel, n_words: NumberOfWords = 10) -> Response:
    """Reads every unit through the words of both its ends."""
    found = await _topics(model, n_words, range(model.card.dimensions))
    return JSONResponse({**model.card.identity(), "topics": found})


@router.get(
    "/topics/{index}",
    summary="One topic",
    response_model=TopicResponse,
    responses=errors(**ON_LOOK | {"on_404": "There is no such topic or model."}),
)
async def topic(index: int, model: QueryModel, n_words: NumberOfWords = 10) -> Response:
    """Reads one unit, by its number from 0."""
    if not 0 <= index < model.card.dimensions:
        raise ServiceError(
            Failure.NOT_FOUND,
            f"There is no topic {index}. Expected: 0 to {model.card.dimensions - 1}.",
            "index",
        )
    (found,) = await _topics(model, n_words, range(index, index + 1))
    return JSONResponse({**model.card.identity(), "topic": found})


@router.get(
    "/words/{word}",
    summary="A word's nearest words",
    responses=errors(
        **ON_LOOK | {"on_404": "No such model, or it does not know this word."}
    ),
)
async def word(
    word: str, model: QueryModel, n: NumberOfNeighbours = 10
) -> WordResponse:
    """Finds the words that act on the topics most as this one does."""
    found = await read(
        model,
        "neighbours",
        {
            "word": np.array(word.encode(), object),
            "n": np.array(n, np.int32),
        },
    )
    if not len(found["words"]):
        raise ServiceError(
            Failure.NOT_FOUND,
            f"{word!r:.100} is not one word that the model knows.",
            "word",
        )
    neighbours = zip(as_json(found["words"]), found["cosines"].tolist(), strict=True)
    return WordResponse(
        word=word,
        neighbours=[Neighbour(word=w, cosine=cosine) for w, cosine in neighbours],
        **model.card.identity(),
    )


async def _topics(model: ServedModel, n_words: int, indices: range) -> list[Any]:
    """Topics as JSON; those that are asked for."""
    found = await read(model, "topics", {"n_words": np.array(n_words, np.int32)})
    return await asyncio.to_thread(_listed, found, indices)


def _listed(found: Arrays, indices: range) -> list[dict[str, Any]]:
    def words(sign: str, index: int) -> list[dict[str, Any]]:
        influences = found[f"{sign}_influence"][index].tolist()
        return [
            {"word": word, "influence": influence}
            for word, influence in zip(
                as_json(found[sign][index]), influences, strict=True
            )
            # Fewer words than were asked for have this sign.
            if influence
        ]

    return [
        {
            "index": index,
            "positive": words("positive", index),
            "negative": words("negative", index),
        }
        for index in indices
    ]
