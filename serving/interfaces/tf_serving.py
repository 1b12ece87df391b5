"""TensorFlow Serving's REST protocol, but for the shape of its errors."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from serving.dependencies import (
    ON_ENCODE,
    ON_MODEL,
    CurrentSettings,
    PathModel,
    errors,
)
from serving.engine import TensorSpec
from serving.errors import Failure, ServiceError
from serving.interfaces.openai import described
from serving.json_response import JSONResponse
from serving.route import ServiceRoute
from serving.schemas import StrictBody
from serving.tensors import DEFAULT, as_json, call, find_signature

router = APIRouter(
    route_class=ServiceRoute, prefix="/v1/models", tags=["TensorFlow Serving"]
)

TYPES = {
    "string": "DT_STRING",
    "float32": "DT_FLOAT",
    "int32": "DT_INT32",
    "int64": "DT_INT64",
}
CALL = errors(**ON_ENCODE | ON_MODEL)
SIGNATURE_DEF = "type.googleapis.com/tensorflow.serving.SignatureDefMap"


class PredictRequest(StrictBody):
    """Inputs by row, `instances`, or by column, `inputs`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"instances": ["The orbiter fired its engine.", "Goal in overtime!"]},
                {
                    "signature_name": "describe",
                    "inputs": {"text": ["The orbiter fired its engine."]},
                },
            ]
        },
    )

    signature_name: str = Field(DEFAULT, description="Function of the model.")
    instances: list[Any] | None = Field(
        None,
        description="Row form: a list of documents, each the value of the only input "
        "or an object of all inputs.",
    )
    inputs: Any = Field(
        None,
        description="Column form: the value of the only input, or an object of all.",
    )


class PredictResponse(BaseModel):
    """Outputs in the form of the inputs; a single one without its name."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"predictions": [[0.25, -0.5, 0.125]]}]}
    )

    predictions: list[Any] | None = Field(None, description="By row.")
    outputs: Any = Field(None, description="By column.")


@router.post(
    "/{name}:predict",
    summary="Call a function of the model",
    response_model=PredictResponse,
    responses=CALL,
)
@router.post(
    "/{name}/versions/{version}:predict", responses=CALL, include_in_schema=False
)
@router.post("/{name}/labels/{label}:predict", responses=CALL, include_in_schema=False)
async def predict(
    request: Request,
    body: PredictRequest,
    model: PathModel,
    settings: CurrentSettings,
) -> Response:
    """Takes `instances` or `inputs`, as TensorFlow Serving does.

    The path may name a version, `/versions/1:predict`, or the label `stable`.
    """
    if (body.instances is None) == (body.inputs is None):
        raise ServiceError(
            Failure.MISSING_FIELD,
            "The body must have either `instances` (by row) or `inputs` (by column).",
            "instances",
        )
    signature = find_signature(model, body.signature_name)
    names = list(signature.inputs)
    if body.instances is not None:
        values = _columns(body.instances, names)
    elif isinstance(body.inputs, dict):
        values = body.inputs
    else:
        values = _only(body.inputs, names)
    outputs = await call(request, model, body.signature_name, values, settings)
    shown = {output: as_json(array) for output, array in outputs.items()}
    if body.instances is None:
        only = next(iter(shown.values()))
        return JSONResponse({"outputs": only if len(shown) == 1 else shown})
    return JSONResponse({"predictions": _rows(shown)})


def _only(value: Any, names: list[str]) -> dict[str, Any]:
    if len(names) > 1:
        raise ServiceError(
            Failure.WRONG_TYPE,
            f"This function has the inputs {', '.join(names)}. Expected: an object "
            "with all of them.",
            "inputs",
        )
    return {names[0]: value}


def _columns(instances: list[Any], names: list[str]) -> dict[str, Any]:
    """Turns rows into columns."""
    if not instances:
        raise ServiceError(
            Failure.EMPTY_LIST,
            "`instances` is empty. Expected: at least one document.",
            "instances",
        )
    named = [isinstance(row, dict) and set(row) != {"b64"} for row in instances]
    if not any(named):
        return _only(instances, names)
    for place, row in enumerate(instances):
        if not named[place] or set(row) != set(names):
            raise ServiceError(
                Failure.WRONG_TYPE,
                f"`instances.{place}` must be an object with {', '.join(names)}, as "
                "the others are.",
                f"instances.{place}",
            )
    return {name: [row[name] for row in instances] for name in names}


def _rows(outputs: dict[str, Any]) -> Any:
    if len(outputs) == 1:
        return next(iter(outputs.values()))
    if len({len(column) for column in outputs.values()}) > 1:
        raise ServiceError(
            Failure.WRONG_VALUE,
            "The outputs of this function are not one for each document. Send its "
            "inputs by column, as `inputs`.",
            "instances",
        )
    return [
        dict(zip(outputs, row, strict=True))
        for row in zip(*outputs.values(), strict=True)
    ]


@router.get(
    "/{name}",
    summary="The state of a model",
    responses=errors(**ON_MODEL),
)
@router.get("/{name}/versions/{version}", include_in_schema=False)
@router.get("/{name}/labels/{label}", include_in_schema=False)
async def status(model: PathModel) -> dict[str, Any]:
    """Answers in TensorFlow Serving's shape, with the fields of OpenAI's beside it."""
    state = {
        "version": model.card.version,
        "state": "AVAILABLE",
        "status": {"error_code": "OK", "error_message": ""},
    }
    return {**described(model), "model_version_status": [state]}


@router.get(
    "/{name}/metadata",
    summary="The functions of a model",
    responses=errors(**ON_MODEL),
)
@router.get("/{name}/versions/{version}/metadata", include_in_schema=False)
@router.get("/{name}/labels/{label}/metadata", include_in_schema=False)
async def metadata(model: PathModel) -> dict[str, Any]:
    """Names every function's inputs and outputs, with their types and shapes."""
    card = model.card
    signatures = {
        name: {
            "inputs": {field: _tensor(spec) for field, spec in both.inputs.items()},
            "outputs": {field: _tensor(spec) for field, spec in both.outputs.items()},
            "method_name": "tensorflow/serving/predict",
        }
        for name, both in model.engine.signatures.items()
    }
    return {
        "model_spec": {
            "name": card.name,
            "signature_name": "",
            "version": card.version,
        },
        "metadata": {
            "signature_def": {"@type": SIGNATURE_DEF, "signature_def": signatures}
        },
    }


def _tensor(spec: TensorSpec) -> dict[str, Any]:
    # Sizes are strings here, as protocol buffers write 64-bit numbers in JSON.
    sizes = [
        {"size": str(-1 if length is None else length), "name": ""}
        for length in spec.shape
    ]
    return {
        "dtype": TYPES.get(spec.dtype, spec.dtype),
        "tensor_shape": {"dim": sizes, "unknown_rank": False},
    }
