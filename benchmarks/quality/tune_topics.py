"""Compares ways to choose the words of topics, on held-out documents.

    python -m benchmarks.quality.tune_topics DATA -o RESULTS

A model is trained once per case and seed on the posts of 20 Newsgroups that
`tune_recipe` learns from, and read in every way. NPMI of the ten words at each end of
each unit is measured on these posts and on those that are held out; the test part is
never read. Trials are kept in RESULTS/topics.jsonl, one a line, and RESULTS/topics.md;
those that are there already are not run again.
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
from benchmarks.quality.records import mean_and_sd
from benchmarks.quality.table import best_of, line, show
from benchmarks.quality.tune_recipe import prepare_held_out
from kate_keras import KATE
from kate_keras.analysis import npmi, topic_diversity, topic_ends, topic_word_ids

SEEDS = 3
CASES = [
    (corpus, n_words, d)
    for n_words, d in ((2_000, 128), (20_000, 128), (2_000, 20))
    for corpus in ("20news", "20news-stripped")
]
COLUMNS = [
    Column("NPMI", ("npmi",)),
    Column("NPMI, held out", ("npmi_held_out",)),
    Column("diversity", ("diversity",)),
]


class Trained(NamedTuple):
    """A model as topics are read from it.

    Attributes:
        kernel: `W`, shape `(n_words, d)`.
        spread: Of each word over the documents, shape `(n_words,)`.
        activations: Of the documents, by all of their words, `(n_documents, d)`.
        frequent: The same by words of at least 20 documents.
    """

    kernel: np.ndarray
    spread: np.ndarray
    activations: np.ndarray
    frequent: np.ndarray


def ranked(upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Returns the strongest words of both ends, from influences `(n_words, d)`."""
    both = np.stack([upper.T, lower.T], axis=1).reshape(-1, len(upper))
    return np.argsort(-both, axis=1, kind="stable")[:, :TOPIC_WORDS]


def lifts(trained: Trained, activations: np.ndarray) -> list[np.ndarray]:
    """How far documents at the upper and lower ends are above the mean document."""
    ends = topic_ends(activations)
    assert ends is not None  # noqa: S101  There are documents.
    return [np.maximum(trained.kernel @ end, 0.0) for end in ends]


def product(trained: Trained, activations: np.ndarray, exponent: float) -> np.ndarray:
    """The geometric mean of pull and lift, times a power of the spread."""
    scale = np.power(trained.spread, exponent)[:, None]
    pulls = (np.maximum(sign * trained.kernel, 0.0) for sign in (1, -1))
    found = lifts(trained, activations)
    return ranked(
        *(scale * np.sqrt(w * lift) for w, lift in zip(pulls, found, strict=True))
    )


def by_lift(trained: Trained) -> np.ndarray:
    """What documents at the ends have more of, whatever moves the unit."""
    scale = np.sqrt(trained.spread)[:, None]
    return ranked(*(scale * lift for lift in lifts(trained, trained.frequent)))


def by_direction(trained: Trained) -> np.ndarray:
    """The default, the ends being the documents that lie most along the unit's axis."""
    centred = trained.frequent - trained.frequent.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return product(trained, centred / np.where(lengths > 0, lengths, 1.0), 0.75)


WAYS: dict[str, Callable[[Trained], np.ndarray]] = {
    "default": lambda t: topic_word_ids(
        t.kernel, t.spread, TOPIC_WORDS, topic_ends(t.frequent)
    ),
    "by weights": lambda t: topic_word_ids(t.kernel, t.spread, TOPIC_WORDS),
    "by the ends alone": by_lift,
    "ends by all words": lambda t: product(t, t.activations, 0.75),
    "ends by direction": by_direction,
    "square root of the spread": lambda t: product(t, t.frequent, 0.5),
    "spread itself": lambda t: product(t, t.frequent, 1.0),
}


@lru_cache(maxsize=1)
def held_out(data: Path, corpus: str, n_words: int) -> Prepared:
    """Returns the posts to learn from as a corpus, its test part those held out."""
    return prepare_held_out(data, corpus, n_words)


@lru_cache(maxsize=1)
def train(data: Path, corpus: str, n_words: int, d: int, seed: int) -> Trained:
    """Trains a model and takes what topics are read from."""
    counts = held_out(data, corpus, n_words).train.counts
    model = KATE(d, random_state=seed, verbose=False).fit(counts)
    return Trained(
        model.autoencoder_.kernel,
        model.vocabulary_.spread(),
        model.activations(counts),
        model.frequent_activations(counts),
    )


def measure(corpus: Prepared, topics: np.ndarray) -> dict[str, float]:
    """Measures topics on the posts of both parts."""
    return {
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
        "the test part is never read. All rows of a table read the same models. The "
        "default is described at `kate_keras.analysis.topics`; every other row changes "
        "it in what it is named after. Mean ± sample standard deviation over the seeds."
    ]
    for case in CASES:
        here = [r for r in records if r["case"] == list(case)]
        if not here:
            continue
        rows = {
            way: [
                mean_and_sd([r for r in here if r["way"] == way], column.path)
                for column in COLUMNS
            ]
            for way in WAYS
        }
        best = [
            best_of(column, [figures[j] for figures in rows.values()])
            for j, column in enumerate(COLUMNS)
        ]
        lines = [
            line(["", *(column.title for column in COLUMNS), "seeds"]),
            "|---" * (len(COLUMNS) + 2) + "|",
        ]
        for way, figures in rows.items():
            shown = map(show, figures, COLUMNS, best)
            seeds = sum(r["way"] == way for r in here)
            lines.append(line([way, *shown, str(seeds)]))
        corpus, n_words, d = case
        title = f"## {corpus}, V = {n_words:,}, d = {d}"
        sections.append(f"{title}\n\n" + "\n".join(lines))
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
                topics = read(train(options.data, *case, seed))
                corpus = held_out(options.data, *case[:2])
                records.append({**key, **measure(corpus, topics)})
                write_lines(path, records)
                write_text(options.output / "topics.md", render(records))


if __name__ == "__main__":
    main()
