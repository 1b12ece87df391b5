"""`kate evaluate`: how good the vectors are on labelled corpora."""

import argparse
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from kate_keras.analysis import evaluate, mscd
from kate_keras.cli.options import (
    add_corpus_options,
    add_json_option,
    open_corpus,
    report_skipped,
    say,
    seed,
    show_json,
)
from kate_keras.estimator import KATE, load


def add_commands(commands: Any) -> None:
    """Adds `kate evaluate`."""
    parser = commands.add_parser("evaluate", help="measure vectors on labelled corpora")
    parser.add_argument("model", metavar="MODEL", type=Path)
    parser.add_argument("--train", metavar="CORPUS", required=True)
    parser.add_argument("--test", metavar="CORPUS", required=True)
    parser.add_argument("--random-state", type=seed, default=0)
    add_json_option(parser)
    add_corpus_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Encodes both corpora and prints the figures."""
    model = load(options.model)
    train, train_labels = _encode(model, options, options.train)
    test, test_labels = _encode(model, options, options.test)
    unseen = set(chain(*test_labels)) - set(chain(*train_labels))
    if unseen:
        say(f"{len(unseen)} labels of the test corpus are not in the training corpus")
    say("measuring")
    result = evaluate(train, train_labels, test, test_labels, options.random_state)
    kernel = model.autoencoder_.get_layer("tied_dense").kernel.numpy()
    distinctness = mscd(kernel)
    if options.json:
        show_json({**result.to_json(), "mscd": distinctness})
        return
    if result.accuracy is None:
        print("accuracy      not measured: some documents have several labels")
    else:
        print(f"accuracy      {result.accuracy:.3f}  (C={result.strength:g})")
    for fraction, value in result.precision.items():
        print(f"precision     {value:.3f}  at {fraction:g} of the training documents")
    print(f"MSCD          {distinctness:.3f}")
    print(f"documents     {result.n_train} training, {result.n_test} test")


def _encode(
    model: KATE, options: argparse.Namespace, source: str
) -> tuple[np.ndarray, list[tuple[str, ...]]]:
    corpus = open_corpus(options, source)
    labels: list[tuple[str, ...]] = []

    def texts() -> Any:
        for document in corpus:
            labels.append(document.labels)
            yield document.text

    say(f"encoding {corpus.name}")
    vectors = model.transform(texts())
    report_skipped(corpus)
    return vectors, labels
