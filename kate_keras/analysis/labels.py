"""Labels of documents as arrays."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

Labels = Sequence[Sequence[str]]


def label_names(*parts: Labels) -> list[str]:
    """Returns the labels that stand in any of the parts, sorted."""
    return sorted({name for labels in parts for row in labels for name in row})


def have_one_label_each(*parts: Labels) -> bool:
    """Says whether every document of the parts has exactly one label."""
    return all(len(set(row)) == 1 for labels in parts for row in labels)


def label_matrix(labels: Labels, names: Sequence[str]) -> sparse.csr_array:
    """Returns which document has which label.

    Args:
        labels: Labels of each document; those not in `names` are passed over.
        names: Labels of the columns.

    Returns:
        Zeros and ones, float32 CSR of shape `(n_documents, n_labels)`.
    """
    column = {name: j for j, name in enumerate(names)}
    pairs = [
        (i, column[name])
        for i, row in enumerate(labels)
        for name in set(row)
        if name in column
    ]
    rows, columns = np.array(pairs, int).reshape(-1, 2).T
    ones = np.ones(len(pairs), np.float32)
    return sparse.csr_array((ones, (rows, columns)), (len(labels), len(names)))
