"""Where the documents of an index lie on its map."""

from typing import NamedTuple

import numpy as np


class DocumentMap(NamedTuple):
    """The map of an index, one entry for each document that has known words.

    Attributes:
        version: Name of the map as it is; another once anything in it changes.
        number: Numbers of the documents, uint32 `(n,)`.
        places: Where they lie in the unit square, float32 `(n, 2)`. Neighbours are
            alike; distances between groups mean little.
        topic: In whose direction each lies most: `i + 1` for the positive side of
            topic `i`, `-(i + 1)` for its negative side, int16 `(n,)`.
        label: First label of each as an index into `labels`, -1 for none, int16 `(n,)`.
        labels: Labels, the most frequent first.
    """

    version: str
    number: np.ndarray
    places: np.ndarray
    topic: np.ndarray
    label: np.ndarray
    labels: list[str]
