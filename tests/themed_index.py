"""Making indices of the themed documents."""

import numpy as np
from conftest import themed_documents

from kate_keras.index import IndexWriter
from kate_keras.text import Document


def themed_corpus(n_documents=240, seed=0):
    texts, labels = themed_documents(n_documents, seed)
    return [
        Document(text, f"d{i}", labels=(label,))
        for i, (text, label) in enumerate(zip(texts, labels, strict=True))
    ]


def write(path, model_folder, documents, **options):
    """Indexes documents to the end; returns the writer, for what it counted."""
    with IndexWriter(path, model_folder, light=True, **options) as writer:
        assert sum(writer.add(documents)) == len(documents)
        writer.finish()
    return writer


def cosines(queries, vectors):
    """Of every query with every vector, by a plain loop."""
    return np.array(
        [
            [q @ v / (np.linalg.norm(q) * np.linalg.norm(v)) for v in vectors]
            for q in queries.astype(np.float64)
        ]
    )
