"""How far topics of new documents are from those of earlier ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

HALVINGS = 200
# Below this a unit says the same of every document.
LEAST_SD = 1e-6


@dataclass(frozen=True)
class TopicDrift:
    """How the mean activations of new documents differ from those of earlier ones.

    Args:
        shifts: Per unit the new mean less the earlier one, in standard deviations of
            the earlier documents.
        distance: Mean of the squared shifts.
        by_chance: What `distance` would be on average if both were drawn alike.
        limit: What it would exceed once in twenty times.
        documents: Number of the earlier documents.
    """

    shifts: tuple[float, ...]
    distance: float
    by_chance: float
    limit: float
    documents: int


def activation_statistics(activations: np.ndarray) -> dict[str, Any] | None:
    """Returns what `topic_drift` has to know of earlier documents, as JSON types.

    Args:
        activations: Activations before the read-out, shape `(n_documents, d)`.

    Returns:
        `documents`, their number; `mean` and `sd` of each unit, lists of floats; `None`
        if there are no documents.
    """
    if not len(activations):
        return None
    return {
        "documents": len(activations),
        "mean": activations.mean(axis=0, dtype=np.float64).tolist(),
        "sd": activations.std(axis=0, dtype=np.float64).tolist(),
    }


def topic_drift(
    before: Mapping[str, Any], activations: np.ndarray, random_state: int = 0
) -> TopicDrift:
    """Compares mean activations, and says what chance would make of them.

        shift_i = (mean_i of the new - mean_i of the earlier) / sd_i of the earlier

    Chance is measured on the new documents: halved at random 200 times, the halves
    differ by chance alone. Their distance is scaled from the size of the halves to the
    sizes that are compared, `(1 / n_new + 1 / n_earlier) / (1 / n_a + 1 / n_b)`. It
    holds for documents that are drawn one by one: threads and days that bring many
    alike documents at once are drift by this measure.

    Args:
        before: `activation_statistics` of the earlier documents.
        activations: Activations of the new documents, at least 2, before the read-out,
            shape `(n_documents, d)`.
        random_state: Seed of the halvings.

    Returns:
        The figures. Units that say the same of every earlier document count as 0.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import topic_drift
        >>> before = {"documents": 4, "mean": [0.0, 1.0], "sd": [0.5, 1.0]}
        >>> found = topic_drift(before, np.array([[1.0, 1.0], [1.0, 1.0]]))
        >>> found.shifts, found.distance
        ((2.0, 0.0), 2.0)
    """
    sd = np.asarray(before["sd"], np.float64)
    scale = np.where(sd > LEAST_SD, 1 / np.maximum(sd, LEAST_SD), 0.0)
    scaled = (activations - np.asarray(before["mean"])) * scale
    shifts = scaled.mean(axis=0)
    n_new, n_before = len(scaled), int(before["documents"])
    n_half = n_new // 2
    sizes = (1 / n_new + 1 / n_before) / (1 / n_half + 1 / (n_new - n_half))
    generator = np.random.default_rng(random_state)
    # Plus the one half's mean, minus the other's.
    weights = np.full(n_new, -1 / (n_new - n_half))
    weights[:n_half] = 1 / n_half
    ways = [generator.permutation(weights) @ scaled for _ in range(HALVINGS)]
    chance = np.mean(np.square(ways), axis=1) * sizes
    return TopicDrift(
        tuple(shifts.tolist()),
        float(np.mean(np.square(shifts))),
        float(chance.mean()),
        float(np.quantile(chance, 0.95)),
        n_before,
    )
