"""Central finite differences in float64: the oracle of the tests of gradients."""

import numpy as np


def gradient(function, at, step):
    """The gradient of a scalar function of an array, to the fourth order in `step`."""
    at = np.asarray(at, np.float64)
    slopes = np.empty_like(at)
    for index in np.ndindex(at.shape):
        move = np.zeros_like(at)
        move[index] = step
        near = function(at + move) - function(at - move)
        far = function(at + 2 * move) - function(at - 2 * move)
        slopes[index] = (8 * near - far) / (12 * step)
    return slopes


def relative_error(found, expected):
    """How far apart two arrays are, as a share of the second one's length."""
    return np.linalg.norm(found - expected) / np.linalg.norm(expected)
