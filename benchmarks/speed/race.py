"""How long until the vectors are good: quality by the seconds of training."""

import time
from pathlib import Path
from typing import Any

from benchmarks.quality.corpora import Prepared
from benchmarks.quality.peers import PEERS
from benchmarks.quality.tune_peers import chosen
from benchmarks.quality.tune_recipe import prepare_held_out
from benchmarks.speed.training import gensim_model

N_WORDS, N_COMPONENTS = 20_000, 128
# Passes over the corpus; an LSA has but one answer.
PASSES = {
    "default": (1, 2, 4, 8, 16, 30),
    "lsa": (1,),
    "nmf": (10, 30, 100),
    "lda": (1, 3, 10, 30),
    "gensim-lda": (1, 3, 10),
}
TUNED = Path(__file__).parents[1] / "results" / "quality"


def run(data: str, name: str, passes: int) -> dict[str, Any]:
    """Fits once and measures on the latest training posts of 20 Newsgroups.

    Args:
        data: Folder with the folder 20news.
        name: Key of `PASSES`.
        passes: Passes over the corpus.

    Returns:
        `seconds` of fitting from counts, `accuracy` and `precision` at .02.
    """
    from kate_keras.analysis import evaluate

    corpus = prepare_held_out(Path(data), "20news", N_WORDS)
    train, test, seconds = _vectors(corpus, name, passes)
    found = evaluate(train, corpus.train.labels, test, corpus.test.labels).to_json()
    return {
        "seconds": seconds,
        "accuracy": found["accuracy"],
        "precision": found["precision"]["0.02"],
    }


def _vectors(corpus: Prepared, name: str, passes: int) -> tuple[Any, Any, float]:
    """Vectors of both parts, and the seconds that the model took."""
    counts = corpus.train.counts, corpus.test.counts
    if name in PEERS:
        own = chosen(TUNED)[name]
        if "max_iter" in own:
            own = {**own, "max_iter": passes}
        fitted = PEERS[name](corpus, N_COMPONENTS, 0, **own)
        return fitted.train, fitted.test, float(fitted.fit_seconds or 0)
    start = time.perf_counter()
    if name == "default":
        from kate_keras import KATE

        model = KATE(N_COMPONENTS, epochs=passes, verbose=False).fit(counts[0])
        seconds = time.perf_counter() - start
        return model.transform(counts[0]), model.transform(counts[1]), seconds
    topics_of = gensim_model(counts[0], N_COMPONENTS, passes)
    seconds = time.perf_counter() - start
    return topics_of(counts[0]) ** 0.5, topics_of(counts[1]) ** 0.5, seconds
