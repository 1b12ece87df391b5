"""Compares ways to choose the words of topics, on held-out documents.

    python -m benchmarks.quality.tune_topics DATA -o RESULTS

A model is trained once per case and seed on the posts of 20 Newsgroups that
`tune_recipe` learns from, and read in every way. NPMI of the ten words at each end of
each unit is measured on these posts and on those that are held out, and how well the
words tell of held-out posts; the test part is never read. Trials are kept in
RESULTS/topics.jsonl, one a line, and RESULTS/topics.md; those that are there already
are not run again.
"""

import argparse
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.quality.columns import Column
from benchmarks.quality.corpora import Prepared
from benchmarks.quality.files import read_lines, write_lines, write_text
from benchmarks.quality.peers import TOPIC_WORDS
from benchmarks.quality.table import trials_table
from benchmarks.quality.tune_recipe import prepare_held_out
from kate_keras import KATE
from kate_keras.analysis import npmi, topic_diversity, topic_ends, topic_word_ids

SEEDS = 3
CASES = [
    (corpus, n_words, d)
    for d in (128, 20)
    for n_words in (2_000, 20_000)
    for corpus in ("20news", "20news-stripped")
]
COLUMNS = [
    Column("NPMI", ("npmi",)),
    Column("NPMI, held out", ("npmi_held_out",)),
    Column("diversity", ("diversity",)),
    Column("telling", ("telling",)),
]


class Trained(NamedTuple):
    """A model as topics are read from it.

    Attributes:
        kernel: `W`, shape `(n_words, d)`.
        spread: Of each word over the documents, shape `(n_words,)`.
        activations: Of the documents, by all of their words, `(n_documents, d)`.
        frequent: The same by words of at least 20 documents.
        vectors: Of the held-out documents, `(n_held_out, d)`.
    """

    kernel: np.ndarray
    spread: np.ndarray
    activations: np.ndarray
    frequent: np.ndarray
    vectors: np.ndarray


def ranked(upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Returns the strongest words of both ends, from influences `(n_words, d)`."""
    both = np.stack([upper.T, lower.T], axis=1).reshape(-1, len(upper))
    return np.argsort(-both, axis=1, kind="stable")[:, :TOPIC_WORDS]


def lifts(trained: Trained, ends: np.ndarray | None) -> list[np.ndarray]:
    """How far documents at the upper and lower ends are above the mean document."""
    assert ends is not None  # noqa: S101  There are documents.
    return [np.maximum(trained.kernel @ end, 0.0) for end in ends]


def product(
    trained: Trained,
    ends: np.ndarray | None,
    *,
    share: float = 2 / 3,
    exponent: float = 0.5,
) -> np.ndarray:
    """A geometric mean of pull and lift, times a power of the spread.

    Args:
        trained: The model.
        ends: Ends of its units, shape `(2, d, d)`.
        share: Of the lift in the mean.
        exponent: Of the spread.
    """
    scale = np.power(trained.spread, exponent)[:, None]
    pulls = (np.maximum(sign * trained.kernel, 0.0) for sign in (1, -1))
    return ranked(
        *(
            scale * w ** (1 - share) * lift**share
            for w, lift in zip(pulls, lifts(trained, ends), strict=True)
        )
    )


def ends_by(activations: np.ndarray, power: float) -> np.ndarray:
    """Ends of the hundredth whose `g_i / |g|^power` is highest and lowest."""
    centred = activations - activations.mean(axis=0, dtype=np.float64)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    order = np.argsort(centred / np.power(lengths, power), axis=0)
    n = round(len(order) / 100)
    # Documents at the end, of each unit: `(n, d)` to `(n, d, d)`, units last.
    return np.array(
        [centred[there].mean(axis=0).T for there in (order[-n:], order[:n])]
    )


WAYS: dict[str, Callable[[Trained], np.ndarray]] = {
    "default": lambda t: topic_word_ids(
        t.kernel, t.spread, TOPIC_WORDS, topic_ends(t.frequent)
    ),
    "by weights": lambda t: topic_word_ids(t.kernel, t.spread, TOPIC_WORDS),
    "of before": lambda t: product(t, topic_ends(t.frequent), share=0.5, exponent=0.75),
    "ends no more than weights": lambda t: product(
        t, topic_ends(t.frequent), share=0.5
    ),
    "ends three times": lambda t: product(t, topic_ends(t.frequent), share=0.75),
    "by the ends alone": lambda t: product(t, topic_ends(t.frequent), share=1.0),
    "ends by all words": lambda t: product(t, topic_ends(t.activations)),
    "ends by height alone": lambda t: product(t, ends_by(t.frequent, 0.0)),
    "ends by share alone": lambda t: product(t, ends_by(t.frequent, 1.0)),
    "fourth root of the spread": lambda t: product(
        t, topic_ends(t.frequent), exponent=0.25
    ),
    "spread to the 2/3": lambda t: product(t, topic_ends(t.frequent), exponent=2 / 3),
    "spread itself": lambda t: product(t, topic_ends(t.frequent), exponent=1.0),
}


@lru_cache(maxsize=1)
def held_out(data: Path, corpus: str, n_words: int) -> Prepared:
    """Returns the posts to learn from as a corpus, its test part those held out."""
    return prepare_held_out(data, corpus, n_words)


@lru_cache(maxsize=1)
def train(data: Path, corpus: str, n_words: int, d: int, seed: int) -> Trained:
    """Trains a model and takes what topics are read from."""
    held = held_out(data, corpus, n_words)
    counts = held.train.counts
    model = KATE(d, random_state=seed, verbose=False).fit(counts)
    return Trained(
        model.autoencoder_.kernel,
        model.vocabulary_.spread(),
        model.activations(counts),
        model.frequent_activations(counts),
        model.transform(held.test.counts),
    )


def telling(corpus: Prepared, vectors: np.ndarray, topics: np.ndarray) -> float:
    """Returns how much more often than by chance words of topics are in documents.

    Of every held-out document, the words of the three ends where its vector lies most:
    the mean of whether a word is there, less its share of the training documents, in
    standard deviations over these.

    Args:
        corpus: The corpus; its test part is held out.
        vectors: Vectors of the held-out documents, `(n_held_out, d)`.
        topics: Words of both ends of every unit, shape `(2 d, n_words)`.

    Raises:
        ValueError: If ends are missing.
    """
    if len(topics) != 2 * vectors.shape[1]:
        raise ValueError(
            "`topics` must have both ends of every unit, in order. "
            f"Received: {len(topics)} for {vectors.shape[1]} units"
        )
    there = (corpus.test.counts > 0).toarray()
    share = (corpus.train.counts > 0).mean(axis=0)
    known = np.flatnonzero(corpus.test.lengths)
    scores = []
    for unit in np.argsort(-np.abs(vectors[known]), axis=1)[:, :3].T:
        lowered = vectors[known, unit] < 0
        words = topics[2 * unit + lowered]
        p = share[words]
        scores.append((there[known[:, None], words] - p) / np.sqrt(p * (1 - p)))
    return float(np.mean(scores))


def measure(
    corpus: Prepared, vectors: np.ndarray, topics: np.ndarray
) -> dict[str, float]:
    """Measures topics on the posts of both parts."""
    return {
        "telling": telling(corpus, vectors, topics),
        "npmi": float(npmi(topics, corpus.train.counts).mean()),
        "npmi_held_out": float(npmi(topics, corpus.test.counts).mean()),
        "diversity": topic_diversity(topics),
    }


def render(records: list[dict[str, Any]]) -> str:
    """Returns the tables, one per case."""
    sections = [
        "# How the words of topics are chosen\n\nPrinted by `python -m "
        "benchmarks.quality.tune_topics DATA -o RESULTS`: NPMI of the ten words at "
        "each end of each unit, on the posts of 20 Newsgroups that were learned from "
        "and on the latest 18 % of every group's training posts, which were held out; "
        "the test part is never read. *Telling* is how far the words of the three ends "
        "where the vector of a held-out post lies most are in it more often than by "
        "chance, in standard deviations. All rows of a table read the same models. The "
        "default is described at `kate_keras.analysis.topics`; every other row changes "
        "it in what it is named after. Mean ± sample standard deviation over the seeds."
    ]
    for case in CASES:
        here = [r for r in records if r["case"] == list(case)]
        if not here:
            continue
        table = trials_table(
            {way: [r for r in here if r["way"] == way] for way in WAYS}, COLUMNS
        )
        corpus, n_words, d = case
        sections.append(f"## {corpus}, V = {n_words:,}, d = {d}\n\n{table}")
    return "\n\n".join(sections) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder of the corpora")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    path = options.output / "topics.jsonl"
    records = read_lines(path)
    for case in CASES:
        for seed in range(SEEDS):
            for way, read in WAYS.items():
                key = {"case": list(case), "seed": seed, "way": way}
                if any(key.items() <= record.items() for record in records):
                    continue
                sys.stderr.write(f"{case}, seed {seed}, {way}\n")
                corpus = held_out(options.data, *case[:2])
                trained = train(options.data, *case, seed)
                found = measure(corpus, trained.vectors, read(trained))
                records.append({**key, **found})
                write_lines(path, records)
                write_text(options.output / "topics.md", render(records))


if __name__ == "__main__":
    main()
