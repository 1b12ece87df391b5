"""Compares choices of the default recipe on posts held out of the training part.

    python -m benchmarks.quality.tune_recipe DATA -o RESULTS [--seeds 0 1] [--only ...]

The latest 18 % of every group's training posts, by article number, are held out: the
test part is later than the training part too, and a random hold-out would share threads
and authors with what is learned from, which flatters whatever leans on header words.
Once with headers and once without headers, footers and quotes. The test part is never
read. Trials are kept in RESULTS/recipe.jsonl, one a line, and RESULTS/recipe.md; those
that are there already are not run again.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from benchmarks.quality.columns import Column
from benchmarks.quality.corpora import Prepared, prepare, read_documents
from benchmarks.quality.files import read_lines, write_lines, write_text
from benchmarks.quality.other_trainings import OTHER_TRAININGS
from benchmarks.quality.peers import TOPIC_WORDS
from benchmarks.quality.table import trials_table
from kate_keras import KATE
from kate_keras.analysis import evaluate, mscd, topic_diversity, topic_word_ids
from kate_keras.text import Document
from kate_keras.training import scaled_learning_rate, train

HELD_OUT = 0.18
CORPORA = ("20news", "20news-stripped")
# What each row changes of the default; the first is the default itself.
CHOICES: dict[str, dict[str, Any]] = {
    "default": {},
    "output bias of zeros": {"output_bias": "zeros"},
    "no competition": {"variant": "no-competition"},
    "deep": {"variant": "deep"},
    "k-sparse": {"variant": "k-sparse"},
    "binary loss": {"loss": "binary"},
    "log input": {"weighting": "log"},
    "input dropout .5": {"input_dropout": 0.5},
    "input dropout .6": {"input_dropout": 0.6},
    "input dropout .85": {"input_dropout": 0.85},
    "input dropout .9": {"input_dropout": 0.9},
    "k = 32": {"k": 32},
    "k = 48": {"k": 48},
    "k = 96": {"k": 96},
    "alpha 2/k": {"variant": "no-amplification"},
    "alpha .1": {"alpha": 0.1},
    "alpha .25": {"alpha": 0.25},
    "alpha .5": {"alpha": 0.5},
    "alpha 6.26": {"alpha": 6.26},
    "rate .0005": {"learning_rate": 0.0005},
    "rate .001": {"learning_rate": 0.001},
    "rate .002": {"learning_rate": 0.002},
    "batches of 50": {"batch_size": 50},
    "batches of 200": {"batch_size": 200},
    "batches of 185, rate times 5/4": {"batch_size": 185},
    "15 epochs": {"epochs": 15},
    "60 epochs": {"epochs": 60},
    "no weight decay": {"weight_decay": 0.0},
    "weight decay 4": {"weight_decay": 4.0},
    "weight decay 6": {"weight_decay": 6.0},
    "weight decay 8": {"weight_decay": 8.0},
    "weight decay 12": {"weight_decay": 12.0},
    "weight decay 16": {"weight_decay": 16.0},
    "not kept apart": {"separation": 0.0},
    "separation .05": {"separation": 0.05},
    "separation .1": {"separation": 0.1},
    "separation .2": {"separation": 0.2},
    "separation .3": {"separation": 0.3},
    "weight decay 4, not kept apart": {"weight_decay": 4.0, "separation": 0.0},
    "weight decay 4, separation .1": {"weight_decay": 4.0, "separation": 0.1},
    "weight decay 4, separation .2": {"weight_decay": 4.0, "separation": 0.2},
    "no competition, weight decay 4, not kept apart": {
        "variant": "no-competition",
        "weight_decay": 4.0,
        "separation": 0.0,
    },
    "alpha 2/k, weight decay 4, not kept apart": {
        "variant": "no-amplification",
        "weight_decay": 4.0,
        "separation": 0.0,
    },
    "exact decoder": {"decoder": "exact"},
    "sampled decoder": {"decoder": "sampled"},
    "10 % held out to watch": {"validation_fraction": 0.1},
    "centered": {"read_out": "centered"},
    "whitened activations": {"read_out": "whitened"},
    # With another training; winners are those of before in 20 dimensions and in 128.
    "alpha 2/k, kernel smoothed": {"variant": "no-amplification"},
    "k-sparse, kernel smoothed": {"variant": "k-sparse"},
    "units start in the middle, k = 8": {"k": 8},
    "units start in the middle, k = 32": {"k": 32},
    "as in 0.1": {
        "weighting": "log",
        "input_dropout": 0.7,
        "alpha": 6.26,
        "epochs": 50,
        "output_bias": "zeros",
        "validation_fraction": 0.1,
    },
}
# Choices whose step size is a share of the default's, which falls with the vocabulary.
RATES = {"batches of 185, rate times 5/4": 1.25}
ROWS = list(dict.fromkeys([*CHOICES, *OTHER_TRAININGS]))
COLUMNS = [
    Column("accuracy", ("accuracy",)),
    Column("P@.001", ("precision", "0.001")),
    Column("P@.02", ("precision", "0.02")),
    Column("MSCD", ("mscd",), best=min),
    Column("diversity", ("diversity",)),
    Column("units without wins", ("units_without_wins",), digits=1, best=min),
]


def latest_held_out(documents: list[Document]) -> tuple[list[int], list[int]]:
    """Splits posts by their group and number.

    Args:
        documents: Posts whose `id` is `group/number`.

    Returns:
        Places of the earlier and of the latest posts.
    """
    groups: dict[str, list[tuple[int, int]]] = {}
    for place, document in enumerate(documents):
        group, number = document.id.split("/")
        groups.setdefault(group, []).append((int(number), place))
    learn: list[int] = []
    held_out: list[int] = []
    for posts in groups.values():
        ordered = [place for _, place in sorted(posts)]
        border = len(ordered) - round(HELD_OUT * len(ordered))
        learn += ordered[:border]
        held_out += ordered[border:]
    return sorted(learn), sorted(held_out)


def prepare_held_out(data: Path, name: str, n_words: int) -> Prepared:
    """Returns the training part as a corpus, its test part the latest posts."""
    documents, _ = read_documents(data, name)
    learn, held_out = latest_held_out(documents)
    train, test = ([documents[i] for i in part] for part in (learn, held_out))
    return prepare(train, test, n_words, name)


def measure(
    corpus: Prepared, n_components: int, seed: int, choice: str
) -> dict[str, Any]:
    """Trains once and measures on the held-out posts."""
    options = dict(CHOICES.get(choice, {}))
    if choice in RATES:
        rate = scaled_learning_rate(len(corpus.vocabulary.words))
        options["learning_rate"] = RATES[choice] * rate
    model = KATE(n_components, random_state=seed, verbose=False, **options)
    model.fit(corpus.train.counts, trainer=OTHER_TRAININGS.get(choice, train))
    vectors = model.transform(corpus.train.counts)
    test = model.transform(corpus.test.counts)
    result = evaluate(vectors, corpus.train.labels, test, corpus.test.labels)
    kernel = model.autoencoder_.kernel
    topics = topic_word_ids(kernel, corpus.vocabulary.spread(), TOPIC_WORDS)
    return {
        "accuracy": result.accuracy,
        "precision": result.to_json()["precision"],
        "mscd": mscd(kernel),
        "diversity": topic_diversity(topics),
        # Of the posts that watched the last epoch.
        "units_without_wins": model.history_.get("units_without_wins", [None])[-1],
    }


def render(records: list[dict[str, Any]]) -> str:
    """Returns the tables, one per corpus and size."""
    sections = [
        "# How the default recipe was chosen\n\nPrinted by `python -m "
        "benchmarks.quality.tune_recipe DATA -o RESULTS`: the latest 18 % of every "
        "group's training posts of 20 Newsgroups are held out and measured; the test "
        "part is never read. Every row changes the default in what it is named after. "
        "Mean ± sample standard deviation over the seeds."
    ]
    places = [(r["corpus"], r["n_words"], r["n_components"]) for r in records]
    for place in dict.fromkeys(places):
        here = [r for r, other in zip(records, places, strict=True) if other == place]
        table = trials_table(
            {choice: [r for r in here if r["choice"] == choice] for choice in ROWS},
            COLUMNS,
        )
        corpus, n_words, d = place
        sections.append(f"## {corpus}, V = {n_words:,}, d = {d}\n\n{table}")
    return "\n\n".join(sections) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with the folder 20news")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--max-features", type=int, default=20_000)
    parser.add_argument("--n-components", type=int, default=128)
    parser.add_argument("--only", nargs="+", choices=ROWS, default=ROWS)
    options = parser.parse_args()
    path = options.output / "recipe.jsonl"
    records = read_lines(path)
    for name in CORPORA:
        corpus = prepare_held_out(options.data, name, options.max_features)
        for seed in options.seeds:
            for choice in options.only:
                key = {
                    "corpus": name,
                    "n_words": options.max_features,
                    "n_components": options.n_components,
                    "choice": choice,
                    "seed": seed,
                }
                if any(key.items() <= r.items() for r in records):
                    continue
                sys.stderr.write(f"{name}, {choice}, seed {seed}\n")
                found = measure(corpus, options.n_components, seed, choice)
                records.append({**key, **found})
                write_lines(path, records)
                write_text(options.output / "recipe.md", render(records))


if __name__ == "__main__":
    main()
