"""The JSON that comes in and goes out."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, FailFast, Field, model_validator
from pydantic_core import PydanticCustomError

from serving.errors import Failure
from serving.request_body import MAX_NESTING

FINGERPRINT = "9f2c61d07b3e"


class StrictBody(BaseModel):
    """Base of what comes in: no other fields, no other types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _knows_every_field(cls, body: Any) -> Any:
        # `extra` alone would make a finding of each of a million unknown fields.
        if isinstance(body, dict):
            for field in body:
                if field not in cls.model_fields:
                    raise PydanticCustomError(
                        "unknown_field",
                        "unknown field",
                        {"field": field, "expected": ", ".join(cls.model_fields)},
                    )
        return body


class EncodeRequest(StrictBody):
    """Documents to encode, and the form of the answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"documents": ["The orbiter fired its engine.", "Goal in overtime!"]},
                {
                    "documents": ["The orbiter fired its engine."],
                    "normalize": True,
                    "encoding_format": "base64",
                },
            ]
        },
    )

    # One wrong item ends the check: a list of a million would make as many findings.
    documents: Annotated[list[str], FailFast()] = Field(
        min_length=1,
        description="Texts, always as a list. How many and how long: see `/info`. "
        "An empty text is allowed; its vector is that of the zero input.",
    )
    model: str | None = Field(
        None, description="Name of the model, where there are several."
    )
    normalize: bool = Field(
        False, description="Scale vectors to unit length; a zero vector stays zero."
    )
    encoding_format: Literal["float", "base64"] = Field(
        "float",
        description="`float`: lists of numbers. `base64`: little-endian float32 bytes.",
    )


class Named(BaseModel):
    """The model that answers."""

    model: str = Field(description="Name of the model.")
    version: str = Field(description="Version of the model.")
    fingerprint: str = Field(
        description="Hash over weights, vocabulary and options. Vectors are comparable "
        "only where it is the same."
    )


class EncodeResponse(Named):
    """Vectors, in the order of the documents."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": "kate",
                    "version": "1",
                    "fingerprint": FINGERPRINT,
                    "dimensions": 3,
                    "embeddings": [[0.25, -0.5, 0.125], [0.0, 0.75, -0.0625]],
                    "known_words": [4, 2],
                }
            ]
        }
    )

    dimensions: int = Field(description="Length of a vector.")
    embeddings: list[list[float]] | list[str] = Field(
        description="One vector per document, in the `encoding_format` asked for."
    )
    known_words: list[int] = Field(
        description="Words of each document that are in the vocabulary."
    )


class ErrorBody(BaseModel):
    """What went wrong."""

    message: str = Field(description="What was expected, what came, what to do.")
    type: Literal["invalid_request_error", "server_error"]
    param: str | None = Field(description="Field at fault, such as `documents.3`.")
    code: Failure = Field(description="Name of the failure.")


class ErrorResponse(BaseModel):
    """The one shape of every error."""

    error: ErrorBody


class StatusResponse(BaseModel):
    """A probe's answer."""

    status: Literal["alive", "ready"]


class Limits(BaseModel):
    """What one request may hold, and how its documents are batched."""

    max_body_bytes: int
    max_documents: int
    max_document_bytes: int
    batch_size: int
    max_queue: int
    max_nesting: int = Field(
        MAX_NESTING, description="Depth of lists and objects in a body."
    )
    timeout: float = Field(description="Longest wait of a request, in seconds.")


class InfoResponse(Named):
    """The model that is served, and every limit."""

    dimensions: int
    vocabulary_size: int
    versions: dict[str, str] = Field(
        description="Libraries that made the model, and their versions."
    )
    models: list[str] = Field(description="Names of all models of this service.")
    index: bool = Field(description="Whether an index of documents is served with it.")
    limits: Limits
