"""One hash for what a model answers."""

import hashlib
from typing import Any

import numpy as np

from kate_keras.artifact.manifest import canonical
from kate_keras.models import Autoencoder
from kate_keras.text import Vocabulary


def fingerprint(
    autoencoder: Autoencoder, vocabulary: Vocabulary, options: dict[str, Any]
) -> str:
    """Hashes weights, vocabulary and options.

    Vectors may be compared only if they come from models of the same fingerprint: a
    model that is trained again has other axes, even if the dimensions are equal.

    Returns:
        SHA-256 as 64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for weight in autoencoder.network_weights():
        value = np.ascontiguousarray(weight.numpy())
        digest.update(canonical([weight.path, str(value.dtype), value.shape]))
        digest.update(value.tobytes())
    digest.update(canonical(vocabulary.to_json()))
    digest.update(canonical(options))
    return digest.hexdigest()
