"""What the model has learned, and why a vector is what it is."""

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, FailFast, Field
from starlette.responses import Response

from serving.dependencies import (
    ON_ENCODE,
    ON_READ,
    CurrentSettings,
    ReadyModel,
    errors,
)
from serving.documents import utf8_texts
from serving.engine import Arrays
from serving.errors import Failure, ServiceError
from serving.json_response import JSONResponse
from serving.models import ServedModel
from serving.request_body import StrictJSONRoute
from serving.schemas import FINGERPRINT, StrictBody

router = APIRouter(route_class=StrictJSONRoute, tags=["reading"])

MOST_WORDS = 1000
# Every document gives a number for each of its words and each topic.
MOST_EXPLAINED = 32

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
}


class Named(BaseModel):
    """The model that answers."""

    model: str
    version: str
    fingerprint: str


class InfluentialWord(BaseModel):
    """A word, and how far it moves a unit over the training corpus."""

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


class ExplainRequest(StrictBody):
    """Documents whose vectors are to be explained."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"documents": ["The orbiter fired its engine."]},
                {"documents": ["Goal in overtime!"], "n_topics": 2},
            ]
        }
    )

    documents: Annotated[list[str], FailFast()] = Field(
        min_length=1, description=f"Texts, at most {MOST_EXPLAINED}."
    )
    n_topics: int = Field(
        5, ge=1, le=100_000, description="Topics of each document, the most active."
    )


class WordShare(BaseModel):
    """A word of the document and what it adds to the pre-activation."""

    word: str
    share: float


class TopicShare(BaseModel):
    """An active topic: its words' shares and the bias sum to the pre-activation."""

    index: int
    activation: float
    pre_activation: float
    bias: float
    words: list[WordShare]


class Explanation(BaseModel):
    """One document."""

    topics: list[TopicShare] = Field(description="Both signs, strongest first.")
    unknown_words: list[str] = Field(
        description="Words that the model does not know, stop words among them."
    )


class ExplainResponse(Named):
    """Explanations, in the order of the documents."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": "kate",
                    "version": "1",
                    "fingerprint": FINGERPRINT,
                    "explanations": [
                        {
                            "topics": [
                                {
                                    "index": 3,
                                    "activation": 0.46,
                                    "pre_activation": 0.5,
                                    "bias": 0.125,
                                    "words": [
                                        {"word": "orbiter", "share": 0.5},
                                        {"word": "engine", "share": -0.125},
                                    ],
                                }
                            ],
                            "unknown_words": ["the", "its"],
                        }
                    ],
                }
            ]
        }
    )

    explanations: list[Explanation]


@router.get("/topics", summary="Every topic", responses=errors(**ON_LOOK))
async def topics(model: ReadyModel, n_words: NumberOfWords = 10) -> TopicsResponse:
    """Reads every unit through the words that move it most, of both signs."""
    found = await _topics(model, n_words)
    return TopicsResponse(topics=found, **_named(model))


@router.get(
    "/topics/{index}",
    summary="One topic",
    responses=errors(**ON_LOOK, on_404="There is no such topic."),
)
async def topic(
    index: int, model: ReadyModel, n_words: NumberOfWords = 10
) -> TopicResponse:
    """Reads one unit, by its number from 0."""
    if not 0 <= index < model.card.dimensions:
        raise ServiceError(
            Failure.NOT_FOUND,
            f"There is no topic {index}. Expected: 0 to {model.card.dimensions - 1}.",
            "index",
        )
    found = await _topics(model, n_words)
    return TopicResponse(topic=found[index], **_named(model))


@router.get(
    "/words/{word}",
    summary="A word's nearest words",
    responses=errors(**ON_LOOK, on_404="The model does not know this word."),
)
async def word(
    word: str, model: ReadyModel, n: NumberOfNeighbours = 10
) -> WordResponse:
    """Finds the words that act on the topics most as this one does."""
    found = await _read(
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
    neighbours = zip(_strings(found["words"]), found["cosines"].tolist(), strict=True)
    return WordResponse(
        word=word,
        neighbours=[Neighbour(word=w, cosine=cosine) for w, cosine in neighbours],
        **_named(model),
    )


@router.post(
    "/explain",
    summary="Why vectors are what they are",
    response_model=ExplainResponse,
    responses=errors(**ON_ENCODE),
)
async def explain(
    request: Request, body: ExplainRequest, model: ReadyModel, settings: CurrentSettings
) -> Response:
    """Splits each document's most active topics into exact shares of its words.

    The vector is the read-out of the activations: centred and, usually, whitened.
    """
    request.scope["documents"] = len(body.documents)
    if len(body.documents) > MOST_EXPLAINED:
        raise ServiceError(
            Failure.TOO_MANY_DOCUMENTS,
            f"`documents` must not hold more than {MOST_EXPLAINED} to be explained. "
            f"Received: {len(body.documents)}. Split the list.",
            "documents",
        )
    explanations = []
    for text in utf8_texts(body.documents, settings):
        # One at a time: others get their turn in between, and memory stays small.
        found = await _read(model, "explain", {"text": np.array([text], object)})
        explanations.append(_explanation(found, body.n_topics))
    return JSONResponse({**_named(model), "explanations": explanations})


def _explanation(found: Arrays, n_topics: int) -> dict[str, Any]:
    pre_activations, words = found["pre_activation"][0], _strings(found["words"])
    strongest = np.argsort(-np.abs(pre_activations), kind="stable")[:n_topics]
    return {
        "topics": [
            {
                "index": i,
                "activation": found["activation"][0, i],
                "pre_activation": pre_activations[i],
                "bias": found["bias"][i],
                "words": _shares(words, found["shares"][:, i]),
            }
            for i in strongest.tolist()
        ],
        "unknown_words": list(dict.fromkeys(_strings(found["unknown_words"]))),
    }


def _shares(words: list[str], shares: NDArray[np.float32]) -> list[dict[str, Any]]:
    order = np.argsort(-np.abs(shares), kind="stable").tolist()
    return [{"word": words[j], "share": shares[j]} for j in order]


async def _topics(model: ServedModel, n_words: int) -> list[TopicBody]:
    n = np.array(n_words, np.int32)
    found = await _read(model, "topics", {"n_words": n})

    def words(sign: str, index: int) -> list[InfluentialWord]:
        influences = found[f"{sign}_influence"][index].tolist()
        return [
            InfluentialWord(word=word, influence=influence)
            for word, influence in zip(
                _strings(found[sign][index]), influences, strict=True
            )
            # Fewer words than were asked for have this sign.
            if influence
        ]

    return [
        TopicBody(
            index=index,
            positive=words("positive", index),
            negative=words("negative", index),
        )
        for index in range(model.card.dimensions)
    ]


async def _read(model: ServedModel, signature: str, inputs: Arrays) -> Arrays:
    if signature not in model.engine.signatures:
        raise ServiceError(
            Failure.WRONG_VALUE,
            f"{model.card.name!r} cannot be read by its words: they act through two "
            "layers, or it was exported before it could. Export a one-layer model, "
            "such as the variant 'kate', with this release of kate_keras.",
        )
    return await model.run(signature, inputs)


def _strings(words: NDArray[Any]) -> list[str]:
    return [word.decode() for word in words.tolist()]


def _named(model: ServedModel) -> dict[str, str]:
    card = model.card
    return {
        "model": card.name,
        "version": card.version,
        "fingerprint": card.fingerprint,
    }
