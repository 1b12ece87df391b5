"""The warm-up file that TF Serving replays before it calls a model ready."""

from functools import cache
from pathlib import Path
from typing import Any

import tensorflow as tf
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from tensorflow.core.framework import tensor_pb2

WARM_UP = Path("assets.extra") / "tf_serving_warmup_requests"

_FIELD = descriptor_pb2.FieldDescriptorProto

# The part of tensorflow_serving/apis/{model,predict,prediction_log}.proto that a
# recorded request needs: (message, field, number, type). The package that holds the
# generated classes would install a second TensorFlow.
_MESSAGES = {
    "ModelSpec": [("name", 1, "string"), ("signature_name", 3, "string")],
    "PredictRequest": [("model_spec", 1, "ModelSpec"), ("inputs", 2, "InputsEntry")],
    "PredictLog": [("request", 1, "PredictRequest")],
    "PredictionLog": [("predict_log", 6, "PredictLog")],
}


def write_warm_up(
    saved_model: Path, name: str, requests: dict[str, dict[str, tf.Tensor]]
) -> None:
    """Writes `assets.extra/tf_serving_warmup_requests` into a SavedModel folder.

    Args:
        saved_model: Folder with `saved_model.pb`.
        name: Model name of the requests.
        requests: Per signature the inputs of one request.
    """
    path = saved_model / WARM_UP
    path.parent.mkdir(exist_ok=True)
    prediction_log = _prediction_log_class()
    with tf.io.TFRecordWriter(str(path)) as writer:
        for signature, inputs in requests.items():
            record = prediction_log()
            request = record.predict_log.request
            request.model_spec.name = name
            request.model_spec.signature_name = signature
            for key, value in inputs.items():
                request.inputs[key].CopyFrom(tf.make_tensor_proto(value))
            writer.write(record.SerializeToString())


def read_warm_up(saved_model: Path) -> dict[str, dict[str, tf.Tensor]]:
    """Inverse of `write_warm_up`: the inputs of every recorded signature."""
    prediction_log = _prediction_log_class()
    requests = {}
    for record in tf.data.TFRecordDataset(str(saved_model / WARM_UP)):
        request = prediction_log.FromString(record.numpy()).predict_log.request
        requests[request.model_spec.signature_name] = {
            key: tf.constant(tf.make_ndarray(value))
            for key, value in request.inputs.items()
        }
    return requests


@cache
def _prediction_log_class() -> Any:
    file = descriptor_pb2.FileDescriptorProto(
        name="kate_keras/warm_up.proto",
        package="kate_keras.warm_up",
        syntax="proto3",
        dependency=[tensor_pb2.DESCRIPTOR.name],
    )
    for message_name, fields in _MESSAGES.items():
        message = file.message_type.add(name=message_name)
        for field, number, kind in fields:
            _add_field(message, field, number, kind)
        if message_name == "PredictRequest":
            entry = message.nested_type.add(name="InputsEntry")
            entry.options.map_entry = True
            _add_field(entry, "key", 1, "string")
            _add_field(entry, "value", 2, ".tensorflow.TensorProto")
            message.field[1].label = _FIELD.LABEL_REPEATED
            message.field[1].type_name = "PredictRequest.InputsEntry"
    # The default pool, so that tensors are TensorFlow's own messages.
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    descriptor = pool.FindMessageTypeByName("kate_keras.warm_up.PredictionLog")
    return message_factory.GetMessageClass(descriptor)


def _add_field(
    message: descriptor_pb2.DescriptorProto, name: str, number: int, kind: str
) -> None:
    field = message.field.add(name=name, number=number, label=_FIELD.LABEL_OPTIONAL)
    if kind == "string":
        field.type = _FIELD.TYPE_STRING
    else:
        field.type, field.type_name = _FIELD.TYPE_MESSAGE, kind
