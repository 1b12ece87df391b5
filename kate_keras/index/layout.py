"""Laying documents out on a plane, a corpus of any size and later documents too."""

import numpy as np

from kate_keras.plots.projection import project

# t-SNE of more takes minutes.
MOST_LANDMARKS = 2000
NEAREST = 5
# Of the differences of cosines, by which the nearest landmarks count.
TEMPERATURE = 0.05


def lay_out(vectors: np.ndarray, random_state: int = 0) -> np.ndarray:
    """Lays landmarks out so that those alike are neighbours.

    Args:
        vectors: Their vectors, shape `(n, n_components)`.
        random_state: Seed; the same seed gives the same places.

    Returns:
        Places in the unit square, float32 `(n, 2)`.
    """
    if len(vectors) < 4 or vectors.shape[1] < 2 or not np.ptp(vectors, axis=0).any():
        # Too few for neighbours, or all alike: side by side.
        x = (np.arange(len(vectors), dtype=np.float32) + 0.5) / max(len(vectors), 1)
        return np.stack([x, np.full_like(x, 0.5)], axis=1)
    places = project(unit(vectors), "tsne", random_state)
    low, high = places.min(axis=0), places.max(axis=0)
    size = (high - low).max() or 1.0
    scaled: np.ndarray = (places - (low + high) / 2) / size + 0.5
    return scaled.astype(np.float32)


def place(vectors: np.ndarray, landmarks: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Places documents among landmarks, each by itself.

    A document lies at the mean of the nearest landmarks' places, weighted by how much
    more alike the nearer are; a landmark lies where it was laid.

    Args:
        vectors: Vectors of the documents, shape `(n, n_components)`.
        landmarks: Unit vectors of the landmarks, `(n_landmarks, n_components)`.
        places: Their places, `(n_landmarks, 2)`.

    Returns:
        Places, float32 `(n, 2)`.
    """
    cosines = unit(vectors) @ landmarks.T
    n_nearest = min(NEAREST, len(landmarks))
    nearest = np.argpartition(-cosines, n_nearest - 1, axis=1)[:, :n_nearest]
    near = np.take_along_axis(cosines, nearest, axis=1)
    weights = np.exp((near - near.max(axis=1, keepdims=True)) / TEMPERATURE)
    # A landmark itself, to float32's rounding.
    weights *= np.where(near.max(axis=1, keepdims=True) > 1 - 1e-6, near > 1 - 1e-6, 1)
    weights /= weights.sum(axis=1, keepdims=True)
    found: np.ndarray = (weights[:, :, None] * places[nearest]).sum(axis=1)
    return found.astype(np.float32)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Scales vectors to unit length; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: np.ndarray = vectors / np.where(lengths, lengths, 1)
    return scaled


def directions(vectors: np.ndarray) -> np.ndarray:
    """Returns in whose topic's direction each vector lies most.

    Args:
        vectors: Vectors, shape `(n, n_components)`.

    Returns:
        `i + 1` for the positive side of topic `i`, `-(i + 1)` for its negative side,
        int16 `(n,)`.
    """
    largest = np.argmax(np.abs(vectors), axis=1)
    values = np.take_along_axis(vectors, largest[:, None], axis=1)[:, 0]
    numbers: np.ndarray = np.where(values < 0, -(largest + 1), largest + 1)
    return numbers.astype(np.int16)
