"""How good vectors are for classification and retrieval."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kate_keras.analysis.classification import classify
from kate_keras.analysis.labels import Labels
from kate_keras.analysis.retrieval import (
    LengthBin,
    measure_retrieval,
    precision_to_json,
)
from kate_keras.errors import InputError


@dataclass(frozen=True)
class Evaluation:
    """Figures of one set of vectors; `classify` and `measure_retrieval` define them.

    Args:
        accuracy: Share of test documents that logistic regression labels rightly;
            `None` where documents have several labels.
        macro_f1: F1 of each label, averaged over the labels.
        micro_f1: F1 of all decisions together.
        strength: `C` that the validation part chose.
        precision: Retrieval precision per fraction of the training part.
        precision_at_10: Retrieval precision among the ten nearest.
        mean_average_precision: Mean over the queries of the average precision.
        precision_by_length: Retrieval precision by the queries' length; `None` if the
            lengths are not known.
        n_train: Labelled training documents.
        n_test: Labelled test documents.
    """

    accuracy: float | None
    macro_f1: float
    micro_f1: float
    strength: float
    precision: dict[float, float]
    precision_at_10: float
    mean_average_precision: float
    precision_by_length: tuple[LengthBin, ...] | None
    n_train: int
    n_test: int

    def to_json(self) -> dict[str, Any]:
        """Returns the figures as JSON types."""
        figures = asdict(self)
        figures["precision"] = precision_to_json(self.precision)
        if self.precision_by_length is not None:
            bins = [length_bin.to_json() for length_bin in self.precision_by_length]
            figures["precision_by_length"] = bins
        return figures


def evaluate(
    train: np.ndarray,
    train_labels: Labels,
    test: np.ndarray,
    test_labels: Labels,
    random_state: int = 0,
    lengths: Sequence[float] | None = None,
    strength: float | None = None,
) -> Evaluation:
    """Measures vectors by classification and by retrieval.

    The classifier is logistic regression; its strength is chosen on a tenth of the
    training part. Retrieval uses every test document as a query to the training part.

    Args:
        train: Training vectors, shape `(n_train, d)`.
        train_labels: Labels of each training document.
        test: Test vectors, shape `(n_test, d)`.
        test_labels: Labels of each test document.
        random_state: Seed of the validation part.
        lengths: Words of each test document, for retrieval by query length.
        strength: `C` of the classifier, to compare vectors; `None`, chosen.

    Returns:
        The figures. Documents without a label are left out.

    Raises:
        InputError: If a part has no labels, training has a single one, or numbers of
            vectors, labels and lengths differ.

    Example:
        >>> import numpy as np
        >>> from kate_keras.analysis import evaluate
        >>> vectors = np.repeat(np.eye(2), 20, axis=0)
        >>> labels = [["cat"]] * 20 + [["dog"]] * 20
        >>> result = evaluate(vectors, labels, vectors, labels)
        >>> result.accuracy, result.precision[0.02], result.precision[1.0]
        (1.0, 1.0, 0.5)
    """
    _check_lengths(train, "train_labels", train_labels)
    _check_lengths(test, "test_labels", test_labels)
    _check_lengths(test, "lengths", test_labels if lengths is None else lengths)
    rows = _labelled(train_labels, "training")
    train, train_labels = train[rows], [train_labels[i] for i in rows]
    rows = _labelled(test_labels, "test")
    test, test_labels = test[rows], [test_labels[i] for i in rows]
    classes = classify(train, train_labels, test, test_labels, random_state, strength)
    found = measure_retrieval(
        test,
        test_labels,
        train,
        train_labels,
        lengths=None if lengths is None else [lengths[i] for i in rows],
    )
    return Evaluation(
        **vars(classes), **vars(found), n_train=len(train), n_test=len(test)
    )


def _check_lengths(vectors: np.ndarray, name: str, facts: Sequence[Any]) -> None:
    if len(vectors) != len(facts):
        raise InputError(
            f"`{name}` must have one entry per document. Received: {len(facts)} "
            f"entries for {len(vectors)} vectors."
        )


def _labelled(labels: Labels, part: str) -> list[int]:
    rows = [i for i, row in enumerate(labels) if row]
    if not rows:
        raise InputError(
            f"The {part} corpus has no labels: evaluation needs a `labels` key, a "
            "`labels` column or sub-folders."
        )
    return rows
