"""Which label is drawn with which colour and marker."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kate_keras.errors import require
from kate_keras.plots.colors import ABSENT, COLORS, MARKERS

MOST_LABELS = 20


class Mark(NamedTuple):
    """How the documents of a label are drawn.

    Attributes:
        name: The label.
        color: Its colour.
        marker: Number of its marker in `MARKERS`.
        rows: Numbers of its documents, ascending, int64 `(n,)`.
    """

    name: str
    color: str
    marker: int
    rows: np.ndarray


def require_labels(name: str, labels: Sequence[str]) -> None:
    """Refuses labels that are not strings, such as the tuples of `Document.labels`.

    Raises:
        InputError: If so.
    """
    for index, label in enumerate(labels):
        require(
            isinstance(label, str),
            f"{name}[{index}]",
            "a string; of several labels choose one",
            label,
        )


def label_marks(labels: Sequence[str]) -> list[Mark]:
    """Gives every label a colour and a marker; no two labels share both.

    More than `MOST_LABELS` cannot be told apart: then the most frequent keep marks of
    their own, and the others are drawn alike, in grey, first and so below them.

    Args:
        labels: Label of each document.

    Returns:
        A mark per label, by name.

    Raises:
        InputError: If a label is not a string.
    """
    require_labels("labels", labels)
    kept, others = sorted(set(labels)), []
    if len(kept) > MOST_LABELS:
        common = [name for name, _ in Counter(labels).most_common(MOST_LABELS - 1)]
        others = [name for name in kept if name not in common]
        kept = sorted(common)
    names = np.array(labels, dtype=object)
    marks = [
        Mark(
            name,
            COLORS[index % len(COLORS)],
            index % len(MARKERS),
            np.flatnonzero(names == name),
        )
        for index, name in enumerate(kept)
    ]
    if others:
        rows = np.flatnonzero(np.isin(names.astype(str), others))
        marks.insert(0, Mark(f"{len(others)} other labels", ABSENT, 0, rows))
    return marks
