"""`POST /explain`: why a vector is what it is."""

import asyncio
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Request
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, FailFast, Field
from starlette.responses import Response

from serving.dependencies import ON_ENCODE, CurrentSettings, choose, errors
from serving.documents import utf8_texts
from serving.engine import Arrays
from serving.errors import DocumentRefused, Failure, ServiceError
from serving.json_response import JSONResponse
from serving.route import ServiceRoute
from serving.schemas import FINGERPRINT, Named, StrictBody
from serving.tensors import as_json, read

router = APIRouter(route_class=ServiceRoute)

# Every document gives a number for each of its words and each topic.
MOST_EXPLAINED = 32
# Shares in an answer; each takes some forty bytes.
MOST_SHARES = 200_000


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
    model: str | None = Field(
        None, description="Name of the model, where there are several."
    )
    n_topics: int = Field(
        5, ge=1, le=100_000, description="Topics of each document, the first ones."
    )
    by: Literal["words", "activation"] = Field(
        "words",
        description="Which topics come first. `words`: those that the words move "
        "furthest. `activation`: the most active, which is mostly the bias.",
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

    topics: list[TopicShare] = Field(description="Both signs, in the order of `by`.")
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


@router.post(
    "/explain",
    tags=["reading"],
    summary="Why vectors are what they are",
    response_model=ExplainResponse,
    responses=errors(**ON_ENCODE),
)
async def explain(
    request: Request, body: ExplainRequest, settings: CurrentSettings
) -> Response:
    """Splits topics of each document into exact shares of its words.

    The vector is usually the whitened sum of these shares, without the bias; by other
    read-outs, which models of before have, it is made of the activations.
    """
    model = choose(request, body.model)
    request.scope["documents"] = len(body.documents)
    if len(body.documents) > MOST_EXPLAINED:
        raise ServiceError(
            Failure.TOO_MANY_DOCUMENTS,
            f"`documents` must not hold more than {MOST_EXPLAINED} to be explained. "
            f"Received: {len(body.documents)}. Split the list.",
            "documents",
        )
    explanations, n_shares = [], 0
    for index, text in enumerate(utf8_texts(body.documents, settings)):
        # One at a time: others get their turn in between.
        try:
            found = await read(model, "explain", {"text": np.array([text], object)})
        except DocumentRefused as refused:
            raise refused.after(index).as_service_error("documents") from None
        n_shares += len(found["words"]) * min(body.n_topics, model.card.dimensions)
        if n_shares > MOST_SHARES:
            raise ServiceError(
                Failure.WRONG_VALUE,
                f"The explanations would hold more than {MOST_SHARES:,} shares of "
                "words. Ask for fewer topics, or for fewer or shorter documents at a "
                "time.",
                "n_topics",
            )
        explanations.append(
            await asyncio.to_thread(_explanation, found, body.n_topics, body.by)
        )
    return JSONResponse({**model.card.identity(), "explanations": explanations})


def _explanation(found: Arrays, n_topics: int, by: str) -> dict[str, Any]:
    pre_activations, words = found["pre_activation"][0], as_json(found["words"])
    size = pre_activations - found["bias"] if by == "words" else pre_activations
    strongest = np.argsort(-np.abs(size), kind="stable")[:n_topics]
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
        "unknown_words": list(dict.fromkeys(as_json(found["unknown_words"]))),
    }


def _shares(words: list[str], shares: NDArray[np.float32]) -> list[dict[str, Any]]:
    order = np.argsort(-np.abs(shares), kind="stable").tolist()
    return [{"word": words[j], "share": shares[j]} for j in order]
