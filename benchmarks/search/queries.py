"""What searches of few words find, with and without the correction of the query."""

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.search.posts import read_posts
from kate_keras import KATE
from kate_keras.index.query_vectors import query_vectors
from kate_keras.text import count_words

LENGTHS = (1, 2, 3, 5, 8, 12, 20, 40, None)
NEAREST = 10
# Every tenth training post asks; the others are searched.
EVERY = 10


def measure_queries(
    data: Path, n_words: int, n_components: int
) -> list[dict[str, Any]]:
    """Precision at 10, by how many known words of a held-out post are asked for."""
    posts = read_posts(data, "train")
    asking, searched = posts[::EVERY], [p for i, p in enumerate(posts) if i % EVERY]
    model = KATE(n_components, max_features=n_words, verbose=False)
    model.fit([post.text for post in searched])
    vectors = model.transform([post.text for post in searched])
    labels = np.array([post.labels[0] for post in searched])
    wanted = np.array([post.labels[0] for post in asking])
    (zero,) = model.transform([""])
    known = [known_words(model, post.text) for post in asking]
    random = np.random.default_rng(0)
    rows = []
    for length in LENGTHS:
        texts = [" ".join(drawn(words, length, random)) for words in known]
        found = list(model.encode_batches(texts))
        asked = np.concatenate([part["embedding"] for part in found])
        counts = np.concatenate([part["known_words"] for part in found])
        rows.append(
            {
                "words": length or float(np.median(counts)),
                "whole": length is None,
                "plain": precision(asked, vectors, labels, wanted),
                "corrected": precision(
                    query_vectors(asked, counts, zero), vectors, labels, wanted
                ),
            }
        )
    return rows


def known_words(model: KATE, text: str) -> list[str]:
    """The words of a text that the model knows, as often as they are there."""
    row = count_words([text], model.vocabulary_)
    words = np.array(model.vocabulary_.words, object)[row.indices]
    return list(np.repeat(words, row.data.astype(int)))


def drawn(
    words: list[str], length: int | None, random: np.random.Generator
) -> list[str]:
    """So many of the words, or all."""
    if length is None or length >= len(words):
        return words
    return [words[i] for i in random.choice(len(words), length, replace=False)]


def precision(
    queries: np.ndarray, vectors: np.ndarray, labels: np.ndarray, wanted: np.ndarray
) -> float:
    """Share of the nearest documents that have the query's label."""
    lengths = np.linalg.norm(vectors, axis=1), np.linalg.norm(queries, axis=1)
    cosines = (queries / np.maximum(lengths[1], 1e-12)[:, None]) @ (
        vectors / lengths[0][:, None]
    ).T
    nearest = np.argpartition(-cosines, NEAREST, axis=1)[:, :NEAREST]
    return float((labels[nearest] == wanted[:, None]).mean())
