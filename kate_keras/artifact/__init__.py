"""Trained models as folders: save, load, export."""

from kate_keras.artifact.encoding import (
    encode_counts,
    encode_text_batches,
    encode_texts,
)
from kate_keras.artifact.export import export
from kate_keras.artifact.fingerprint import fingerprint
from kate_keras.artifact.model_folder import TrainedModel, load_model, save_model
from kate_keras.artifact.signatures import Signatures

__all__ = [
    "Signatures",
    "TrainedModel",
    "encode_counts",
    "encode_text_batches",
    "encode_texts",
    "export",
    "fingerprint",
    "load_model",
    "save_model",
]
