"""What searches of few words find, by where vectors are measured from."""

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality.activations import read_of
from benchmarks.search.posts import read_posts
from kate_keras import KATE
from kate_keras.layers import ReadOut
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
    counts = count_words([post.text for post in searched], model.vocabulary_)
    read = read_of(model, counts)
    from_mean = ReadOut()
    from_mean.adapt([read[np.diff(counts.indptr) > 0]])
    read_outs = {
        "default": model.encoder_.get_layer("read_out"),
        "from_mean": from_mean,
    }
    vectors = {name: layer(read).numpy() for name, layer in read_outs.items()}
    labels = np.array([post.labels[0] for post in searched])
    wanted = np.array([post.labels[0] for post in asking])
    known = [known_words(model, post.text) for post in asking]
    random = np.random.default_rng(0)
    rows = []
    for length in LENGTHS:
        texts = [" ".join(drawn(words, length, random)) for words in known]
        asked = count_words(texts, model.vocabulary_)
        queries = read_of(model, asked)
        rows.append(
            {
                "words": length or float(np.median(asked.sum(axis=1))),
                "whole": length is None,
                **{
                    name: precision(
                        layer(queries).numpy(), vectors[name], labels, wanted
                    )
                    for name, layer in read_outs.items()
                },
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
    # A text without known words is the zero vector, and like nothing.
    unit, other = (
        rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        for rows in (queries, vectors)
    )
    cosines = unit @ other.T
    nearest = np.argpartition(-cosines, NEAREST, axis=1)[:, :NEAREST]
    return float((labels[nearest] == wanted[:, None]).mean())
