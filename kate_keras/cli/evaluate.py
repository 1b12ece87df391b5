"""`kate evaluate`: how good a model's vectors, topics and words are."""

import argparse
from dataclasses import asdict, dataclass, fields
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from kate_keras import analysis
from kate_keras.cli.evaluation_text import evaluation_text
from kate_keras.cli.options import (
    add_corpus_options,
    add_json_option,
    open_corpus,
    positive,
    reading_facts,
    report_skipped,
    seed,
    show_json,
)
from kate_keras.cli.standard_streams import say
from kate_keras.errors import InputError
from kate_keras.estimator import KATE
from kate_keras.loading import load
from kate_keras.models import KATEAutoencoder
from kate_keras.text import count_words


@dataclass(frozen=True)
class Part:
    """A corpus, read once, as a model sees it."""

    name: str
    read: dict[str, int]
    labels: list[tuple[str, ...]]
    ratings: list[float | None]
    counts: sparse.csr_array
    vectors: np.ndarray


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate evaluate`."""
    parser.add_argument("model", metavar="MODEL", type=Path)
    parser.add_argument(
        "--train",
        metavar="CORPUS",
        required=True,
        help="what classifiers learn from, queries search, and topics are held against",
    )
    parser.add_argument("--test", metavar="CORPUS", required=True)
    parser.add_argument(
        "--word-pairs",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="pairs of words scored by people (word1, word2, score, parted by tabs); "
        "may be given several times",
    )
    parser.add_argument(
        "--against",
        metavar="MODEL2",
        type=Path,
        help="another model, such as of another seed, whose topics should be the same",
    )
    parser.add_argument(
        "--n-words", type=positive, default=10, help="per topic (default: %(default)s)"
    )
    parser.add_argument("--random-state", type=seed, default=0)
    add_json_option(parser)
    add_corpus_options(parser)


def run(options: argparse.Namespace) -> None:
    """Encodes both corpora, measures and prints the figures."""
    if options.n_words < 2:
        raise InputError(
            "`--n-words` must be at least 2: coherent are words that come together. "
            f"Received: {options.n_words}"
        )
    model = load(options.model)
    model.require_texts()
    other = load(options.against) if options.against else None
    word_pairs = {
        str(path): analysis.read_word_pairs(path) for path in options.word_pairs
    }
    train = _read(model, options, options.train)
    test = _read(model, options, options.test)
    say("measuring")
    figures = {
        "train": train.name,
        "test": test.name,
        "read": {"train": train.read, "test": test.read},
        **_vector_figures(train, test, options.random_state),
        **_topic_figures(model, train, options.n_words),
        **_unit_figures(model, train),
        **_loss_figures(model, test),
        "word_similarity": {
            name: asdict(
                analysis.word_similarity(
                    model.autoencoder_.kernel, model.vocabulary_, pairs
                )
            )
            for name, pairs in word_pairs.items()
        },
        "stability": None if other is None else _stability(model, other, options),
    }
    if options.json:
        show_json(figures)
    else:
        print(evaluation_text(figures))


def _read(model: KATE, options: argparse.Namespace, source: str) -> Part:
    corpus = open_corpus(options, source)
    labels: list[tuple[str, ...]] = []
    ratings: list[float | None] = []

    def texts() -> Any:
        for document in corpus:
            labels.append(document.labels)
            ratings.append(document.rating)
            yield document.text

    say(f"encoding {corpus.name}")
    counts = count_words(texts(), model.vocabulary_)
    report_skipped(corpus)
    return Part(
        corpus.name,
        reading_facts(corpus),
        labels,
        ratings,
        counts,
        model.transform(counts),
    )


def _vector_figures(train: Part, test: Part, random_state: int) -> dict[str, Any]:
    """What labels and ratings say; `None` where there are none in either corpus."""
    figures: dict[str, Any] = dict.fromkeys(
        field.name for field in fields(analysis.Evaluation)
    )
    figures["r_squared"] = None
    labelled = any(chain(train.labels, test.labels))
    rated = any(rating is not None for rating in chain(train.ratings, test.ratings))
    if labelled:
        unseen = set(chain(*test.labels)) - set(chain(*train.labels))
        if unseen:
            say(
                f"{len(unseen)} labels of the test corpus are not in the training "
                "corpus"
            )
        result = analysis.evaluate(
            train.vectors,
            train.labels,
            test.vectors,
            test.labels,
            random_state,
            lengths=test.counts.sum(axis=1).tolist(),
        )
        figures.update(result.to_json())
    if rated:
        figures["r_squared"] = analysis.evaluate_ratings(
            train.vectors, train.ratings, test.vectors, test.ratings, random_state
        )
    if not labelled and not rated:
        say("the corpora have neither labels nor ratings: vectors are not measured")
    return figures


def _topic_figures(model: KATE, train: Part, n_words: int) -> dict[str, Any]:
    kernel = model.autoencoder_.kernel
    ids = model.topic_word_ids(n_words)
    figures: dict[str, Any] = dict.fromkeys(
        field.name for field in fields(analysis.TopicQuality)
    )
    if len(ids):
        absent = int((train.counts.sum(axis=0)[np.unique(ids)] == 0).sum())
        if absent:
            say(f"{absent} words of topics are in no document of {train.name}")
        figures.update(analysis.topic_quality(ids, train.counts, kernel).to_json())
    else:
        say(f"no topic has {n_words} words of one sign; ask for fewer with --n-words")
        figures.update(mscd=analysis.mscd(kernel), n_topics=0)
    return {**figures, "words_per_topic": n_words, "reference": train.name}


def _unit_figures(model: KATE, train: Part) -> dict[str, Any]:
    activations = model.activations(train.counts)
    # Only these are of tanh, and only without competition are they within its ends.
    autoencoder = model.autoencoder_
    bounded = isinstance(autoencoder, KATEAutoencoder) and (
        autoencoder.inference == "dense"
    )
    return {
        "dead_units": analysis.dead_units(activations),
        "saturation": analysis.saturation(activations) if bounded else None,
    }


def _loss_figures(model: KATE, test: Part) -> dict[str, float]:
    return {
        "reconstruction_loss": model.reconstruction_loss(test.counts),
        "reconstruction_loss_with_competition": model.reconstruction_loss(
            test.counts, competition=True
        ),
    }


def _stability(
    model: KATE, other: KATE, options: argparse.Namespace
) -> dict[str, Any] | None:
    """Compares topics by their words, as ids of two vocabularies do not compare."""
    words = [
        np.array(one.vocabulary_.words)[one.topic_word_ids(options.n_words)]
        for one in (model, other)
    ]
    if not all(map(len, words)):
        return None
    return {"against": str(options.against), "overlap": analysis.stability(*words)}
