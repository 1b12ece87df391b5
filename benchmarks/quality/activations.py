"""What read-outs read of documents and of a few words, kept for `tune_read_out.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.quality.corpora import Prepared
from kate_keras import KATE
from kate_keras.models import VARIANTS
from kate_keras.training.adapt import before_read_out

# Known words of a short text.
SHORT = (1, 3, 8, 20)


@dataclass(frozen=True)
class Texts:
    """Activations of some texts.

    Args:
        activations: What the read-out is made from, `(n_texts, n_components)`.
        known_words: How many known words each has, `(n_texts,)`.
        rows: The document of its part that each is of, `(n_texts,)`.
    """

    activations: np.ndarray
    known_words: np.ndarray
    rows: np.ndarray


@dataclass(frozen=True)
class Activations:
    """Activations of a trained model.

    Args:
        zero: Those of a text without words, `(n_components,)`.
        train: The training documents.
        test: The held-out documents.
        short: By their number of words, short texts of the held-out documents.
        gram: `W^T W` of the kernel, `(n_components, n_components)`.
        reads_logits: Whether the model's own read-out has a part for it.
    """

    zero: np.ndarray
    train: Texts
    test: Texts
    short: Mapping[int, Texts]
    gram: np.ndarray
    reads_logits: bool

    def save(self, path: Path) -> None:
        """Writes them to an `.npz` file."""
        texts = {"train": self.train, "test": self.test}
        texts |= {f"short{n}": own for n, own in self.short.items()}
        arrays: dict[str, Any] = {
            f"{name}_{field}": getattr(own, field)
            for name, own in texts.items()
            for field in Texts.__dataclass_fields__
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        for name in ("zero", "gram", "reads_logits"):
            arrays[name] = getattr(self, name)
        np.savez(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Activations":
        """Reads them."""
        with np.load(path) as arrays:

            def texts(name: str) -> Texts:
                fields = Texts.__dataclass_fields__
                return Texts(*(arrays[f"{name}_{field}"] for field in fields))

            short = {n: texts(f"short{n}") for n in SHORT}
            parts = texts("train"), texts("test")
            own = arrays["gram"], bool(arrays["reads_logits"])
            return cls(arrays["zero"], *parts, short, *own)


def activations_of(model: KATE, corpus: Prepared) -> Activations:
    """Returns what the read-out of a model reads of the corpus that it learned from."""

    def texts(counts: sparse.csr_array, rows: np.ndarray) -> Texts:
        return Texts(read_of(model, counts), counts.sum(axis=1), rows)

    train, test = corpus.train.counts, corpus.test.counts
    zero = sparse.csr_array((1, train.shape[1]), dtype=np.float32)
    kernel = model.autoencoder_.kernel
    return Activations(
        read_of(model, zero)[0],
        texts(train, np.arange(train.shape[0])),
        texts(test, np.arange(test.shape[0])),
        {n: texts(*short_texts(test, n, random_state=n)) for n in SHORT},
        kernel.T @ kernel,
        VARIANTS[model.variant].reads_logits,
    )


def read_of(model: KATE, counts: sparse.csr_array) -> np.ndarray:
    """What the read-out of a model reads of documents, `(n_documents, d)`."""
    documents = np.arange(counts.shape[0])
    none = np.zeros((0, model.n_components), np.float32)
    batches = before_read_out(model.autoencoder_, counts, documents)
    return np.concatenate([none, *batches])


def short_texts(
    counts: sparse.csr_array, n_words: int, random_state: int
) -> tuple[sparse.csr_array, np.ndarray]:
    """Draws words of every document that has enough, without putting any back.

    Args:
        counts: Whole counts, shape `(n_documents, vocabulary_size)`.
        n_words: Words to draw, repeats counted.
        random_state: Seed.

    Returns:
        Counts of the short texts, and the documents that they are of.
    """
    generator = np.random.default_rng(random_state)
    rows = np.flatnonzero(counts.sum(axis=1) >= n_words)
    ids = []
    for row in rows:
        own = slice(counts.indptr[row], counts.indptr[row + 1])
        words = np.repeat(counts.indices[own], counts.data[own].astype(int))
        ids.append(generator.choice(words, n_words, replace=False))
    columns = np.concatenate([np.zeros(0, int), *ids])
    places = (np.repeat(np.arange(len(rows)), n_words), columns)
    ones = np.ones(len(columns), np.float32)
    shape = (len(rows), counts.shape[1])
    # Conversion adds up the words that were drawn more than once.
    return sparse.csr_array(sparse.coo_array((ones, places), shape=shape)), rows
