"""Vectors on their way out: unit length and base64."""

import base64

import numpy as np
from numpy.typing import NDArray


def to_unit_length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scales vectors to length 1; a zero vector stays zero.

    Args:
        vectors: Float32 array of shape `(documents, dimensions)`.

    Returns:
        Float32 array of the same shape.
    """
    # In double precision the square of the smallest float32 is still above zero.
    wide = vectors.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    return (wide / np.where(lengths == 0, 1, lengths)).astype(np.float32)


def to_base64(vectors: NDArray[np.float32]) -> list[str]:
    """Returns each vector's little-endian float32 bytes in base64."""
    return [
        base64.b64encode(vector.tobytes()).decode("ascii")
        for vector in vectors.astype("<f4")
    ]
