"""A small prepared corpus and hand-made cells."""

from conftest import themed_documents

from benchmarks.quality.corpora import prepare
from kate_keras.text import Document


def small_corpus(n_words=20):
    """Documents of three themes, 120 to learn from and 60 to test on."""
    texts, labels = themed_documents(180)
    documents = [
        Document(text, str(i), (label,), None)
        for i, (text, label) in enumerate(zip(texts, labels, strict=True))
    ]
    return prepare(documents[:120], documents[120:], n_words, "20news")


def record(row, seed, accuracy=None, **more):
    """A kept cell."""
    return {
        "corpus": "20news",
        "n_words": 2000,
        "n_components": 128,
        "row": row,
        "seed": seed,
        "options": {},
        "figures": {"accuracy": accuracy},
        **more,
    }
