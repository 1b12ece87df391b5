"""The Open Inference Protocol, version 2, as KServe and Triton speak it."""

from typing import Any, Literal

import numpy as np
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from serving.dependencies import (
    ON_ENCODE,
    ON_MODEL,
    AllModels,
    CurrentSettings,
    PathModel,
    errors,
    refuse_when_stopping,
)
from serving.engine import TensorSpec
from serving.errors import Failure, ServiceError
from serving.interfaces.probes import check_canaries, check_canary
from serving.json_response import JSONResponse
from serving.route import ServiceRoute
from serving.schemas import StrictBody
from serving.tensors import call

router = APIRouter(
    route_class=ServiceRoute, prefix="/v2", tags=["Open Inference Protocol"]
)

TYPES = {"string": "BYTES", "float32": "FP32", "int64": "INT64"}
CALL = errors(**ON_ENCODE | ON_MODEL)
PLATFORM = "tensorflow_savedmodel"
# The function that takes inputs of these names.
SIGNATURES = {
    frozenset({"text"}): "describe",
    frozenset({"counts"}): "encode_counts",
    frozenset({"word_ids", "counts", "row_splits"}): "encode_sparse",
}


class InputTensor(StrictBody):
    """A tensor with its values in rows or one after another."""

    name: str
    shape: list[int]
    datatype: Literal["BYTES", "FP32", "INT64"]
    data: list[Any]
    parameters: dict[str, Any] | None = None


class OutputChoice(StrictBody):
    """An output that is wanted."""

    name: str
    parameters: dict[str, Any] | None = None


class InferRequest(StrictBody):
    """Tensors for one of the model's functions, which their names tell."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "42",
                    "inputs": [
                        {
                            "name": "text",
                            "shape": [2],
                            "datatype": "BYTES",
                            "data": ["The orbiter fired its engine.", "Goal!"],
                        }
                    ],
                    "outputs": [{"name": "embedding"}],
                }
            ]
        },
    )

    id: str | None = Field(None, description="Comes back in the answer.")
    parameters: dict[str, Any] | None = Field(
        None, description="Accepted and not used."
    )
    inputs: list[InputTensor] = Field(min_length=1)
    outputs: list[OutputChoice] | None = Field(
        None, description="Outputs to return; all, if left out."
    )


class InferResponse(BaseModel):
    """Tensors, their values one after another."""

    model_name: str
    model_version: str
    id: str | None = None
    outputs: list[dict[str, Any]]


@router.get("", summary="The server", responses=errors(on_401=ON_MODEL["on_401"]))
async def server() -> dict[str, Any]:
    """Names the server and its protocol's extensions, of which there are none."""
    return {"name": "kate_keras", "version": "2", "extensions": []}


@router.get("/health/live", summary="Is the process alive?")
async def live() -> dict[str, bool]:
    """Answers as `/livez`."""
    return {"live": True}


@router.get(
    "/health/ready",
    summary="Can it encode now?",
    dependencies=[Depends(refuse_when_stopping)],
    responses=errors(on_503=ON_MODEL["on_503"]),
)
async def ready(models: AllModels) -> dict[str, bool]:
    """Answers as `/readyz`."""
    await check_canaries(models)
    return {"ready": True}


@router.get(
    "/models/{name}/ready",
    summary="Can this model encode now?",
    responses=errors(**ON_MODEL),
)
@router.get("/models/{name}/versions/{version}/ready", include_in_schema=False)
async def model_ready(model: PathModel) -> dict[str, Any]:
    """Encodes a canary."""
    await check_canary(model.engine)
    return {"name": model.card.name, "ready": True}


@router.get("/models/{name}", summary="A model's tensors", responses=errors(**ON_MODEL))
@router.get("/models/{name}/versions/{version}", include_in_schema=False)
async def model_metadata(model: PathModel) -> dict[str, Any]:
    """Names inputs and outputs of the function that takes text."""
    signature = model.engine.signatures["describe"]
    return {
        "name": model.card.name,
        "versions": [model.card.version],
        "platform": PLATFORM,
        "inputs": [_described(name, spec) for name, spec in signature.inputs.items()],
        "outputs": [_described(name, spec) for name, spec in signature.outputs.items()],
    }


@router.post(
    "/models/{name}/infer",
    summary="Call a function of the model",
    response_model=InferResponse,
    responses=CALL,
)
@router.post(
    "/models/{name}/versions/{version}/infer", responses=CALL, include_in_schema=False
)
async def infer(
    request: Request, body: InferRequest, model: PathModel, settings: CurrentSettings
) -> Response:
    """Takes `text` (BYTES), `counts` (FP32), or sparse counts in three tensors."""
    given = {tensor.name: tensor for tensor in body.inputs}
    signature = SIGNATURES.get(frozenset(given))
    if signature is None or len(given) < len(body.inputs):
        forms = " or ".join(
            "{" + ", ".join(sorted(names)) + "}" for names in SIGNATURES
        )
        raise ServiceError(
            Failure.WRONG_VALUE, f"`inputs` must be {forms}, each once.", "inputs"
        )
    specs = model.engine.signatures[signature].inputs
    values = {name: _shaped(tensor, specs[name]) for name, tensor in given.items()}
    outputs = await call(request, model, signature, values, settings)
    wanted = [output.name for output in body.outputs or ()] or list(outputs)
    if len(set(wanted)) < len(wanted):
        raise ServiceError(
            Failure.WRONG_VALUE, "`outputs` must name each output once.", "outputs"
        )
    for name in wanted:
        if name not in outputs:
            raise ServiceError(
                Failure.WRONG_VALUE,
                f"`outputs` must be among {', '.join(outputs)}. "
                f"Received: {name!r:.100}.",
                "outputs",
            )
    answer: dict[str, Any] = {
        "model_name": model.card.name,
        "model_version": model.card.version,
        "outputs": [
            {
                "name": name,
                "shape": list(outputs[name].shape),
                "datatype": TYPES[outputs[name].dtype.name],
                "data": np.ravel(outputs[name]),
            }
            for name in wanted
        ],
    }
    if body.id is not None:
        answer["id"] = body.id
    return JSONResponse(answer)


def _shaped(tensor: InputTensor, spec: TensorSpec) -> Any:
    """Returns a tensor's values in the lists that its shape asks for."""
    field = f"inputs.{tensor.name}"[:200]
    if tensor.datatype != TYPES[spec.dtype]:
        raise ServiceError(
            Failure.WRONG_TYPE,
            f"`{field}` must be of datatype {TYPES[spec.dtype]}. "
            f"Received: {tensor.datatype}.",
            field,
        )
    rows, *columns = tensor.shape or [-1]
    values = tensor.data
    if columns and not any(isinstance(row, list) for row in values):
        width = max(columns[0], 1)
        values = [values[i : i + width] for i in range(0, len(values), width)]
    whole = len(values) == rows and all(
        isinstance(row, list) and len(row) == columns[0] for row in values if columns
    )
    if len(tensor.shape) != len(spec.shape) or not whole:
        raise ServiceError(
            Failure.WRONG_TYPE,
            f"`{field}` must have {len(spec.shape)} axes and as much data as its "
            f"shape says. Received: shape {tensor.shape!s:.100}.",
            field,
        )
    return values


def _described(name: str, spec: TensorSpec) -> dict[str, Any]:
    return {
        "name": name,
        "datatype": TYPES[spec.dtype],
        "shape": [-1 if length is None else length for length in spec.shape],
    }
