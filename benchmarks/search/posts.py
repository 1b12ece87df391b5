"""Posts of 20 Newsgroups, and as many documents as are wanted made of their words."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kate_keras.text import Document, read_corpus

# Words of a made document, and how many of them are those of another post.
WORDS, OTHERS = 90, 20


def read_posts(data: Path, part: str) -> list[Document]:
    """Returns the posts of a part."""
    return list(read_corpus(data / "20news" / f"{part}.jsonl.gz"))


def write_documents(data: Path, path: Path, n_documents: int) -> None:
    """Writes a corpus of documents of 90 words: 70 of one training post, 20 of another.

    The same number makes the same corpus.
    """
    posts = [post for post in read_posts(data, "train") if post.text.split()]
    words = [post.text.split() for post in posts]
    with path.open("w", encoding="utf-8") as file:
        for number, (first, second, draws) in enumerate(
            _draws(len(posts), n_documents)
        ):
            own, others = words[first], words[second]
            chosen = [own[int(d * len(own))] for d in draws[OTHERS:]]
            chosen += [others[int(d * len(others))] for d in draws[:OTHERS]]
            document = {
                "id": f"made-{number}",
                "text": " ".join(chosen),
                "labels": list(posts[first].labels),
            }
            file.write(json.dumps(document) + "\n")


def _draws(n_posts: int, n_documents: int) -> Iterator[tuple[int, int, list[float]]]:
    random = np.random.default_rng(0)
    for start in range(0, n_documents, 10_000):
        size = min(10_000, n_documents - start)
        pairs = random.integers(0, n_posts, (size, 2)).tolist()
        for (first, second), draws in zip(
            pairs, random.random((size, WORDS)), strict=True
        ):
            yield first, second, draws.tolist()
