"""`kate train`: a corpus, or counts of one, in; a model folder out."""

import argparse
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kate_keras.artifact.folders import check_folder_target, holds_files
from kate_keras.cli.options import (
    add_corpus_options,
    add_json_option,
    check_apart,
    open_corpus,
    positive,
    proportion_or_count,
    reading_facts,
    report_skipped,
    seed,
    show_facts,
)
from kate_keras.cli.signals import stopped_in_order
from kate_keras.cli.standard_streams import say
from kate_keras.errors import InputError
from kate_keras.estimator import KATE
from kate_keras.models import VARIANTS
from kate_keras.scale.cluster import LOCAL
from kate_keras.text.counts_folder import is_counts_folder, open_counts
from kate_keras.training import RECIPES, best_epoch

# Options of the estimator; those not given keep the estimator's default.
ESTIMATOR_OPTIONS: dict[str, dict[str, Any]] = {
    "--n-components": {"type": positive, "help": "number of topics"},
    "--k": {"type": positive, "help": "winners"},
    "--alpha": {"type": float, "help": "amplification of the losers' energy"},
    "--recipe": {"choices": list(RECIPES), "help": "named set of training choices"},
    "--variant": {"choices": list(VARIANTS), "help": "KATE or one of its relatives"},
    "--strength": {"type": float, "help": "noise, contraction or divergence"},
    "--max-features": {"type": positive, "help": "most words"},
    "--min-df": {
        "type": proportion_or_count,
        "help": "least documents of a word, or share",
    },
    "--max-df": {
        "type": proportion_or_count,
        "help": "most documents of a word, or share",
    },
    "--stop-words": {"help": "'english', a file of words, or 'none'"},
    "--stemmer": {"help": "Snowball language, or 'none'"},
    "--weighting": {"choices": ["log", "log-idf"], "help": "input weighting"},
    "--input-dropout": {"type": float, "help": "share of the input hidden in training"},
    "--loss": {"choices": ["words", "binary"], "help": "reconstruction loss"},
    "--output-bias": {
        "choices": ["frequencies", "zeros"],
        "help": "start of the decoder's bias",
    },
    "--decoder": {
        "choices": ["auto", "exact", "sampled"],
        "help": "words that a training step reconstructs",
    },
    "--learning-rate": {"type": float, "help": "step size at the start"},
    "--weight-decay": {
        "type": float,
        "help": "share of the weights that a step takes away, per step size",
    },
    "--separation": {
        "type": float,
        "help": "share of the way to orthogonal topics that an epoch ends with",
    },
    "--batch-size": {"type": positive, "help": "documents per step"},
    "--epochs": {"type": positive, "help": "most passes over the corpus"},
    "--patience": {
        "type": positive,
        "help": "epochs without improvement to stop after",
    },
    "--read-out": {
        "choices": ["activations", "centered", "whitened", "linear"],
        "help": "activations to vectors",
    },
    "--inference": {"choices": ["dense", "sparse"], "help": "compete when encoding?"},
    "--validation-fraction": {"type": float, "help": "share held out"},
    "--random-state": {"type": seed, "help": "seed of everything"},
}
# What is used where a number alone would not tell it.
BY_RULE = {
    "batch_size": "100, fewer for less than 10,000 documents, at least 8",
    "k": "half of the units, at least 16 of 20",
    "alpha": "scaled with the winners",
    "strength": "the variant's",
    "learning_rate": "scaled with the vocabulary",
    "weight_decay": "scaled with vocabulary, topics and documents",
    "separation": "scaled with vocabulary and topics",
    "read_out": "linear, or the variant's",
    "validation_fraction": "one in twenty, no more than 200 documents",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate train`."""
    parser.add_argument(
        "corpus",
        metavar="CORPUS",
        help="a corpus, or a folder that `kate counts` wrote",
    )
    parser.add_argument("-o", "--output", metavar="MODEL", type=Path, required=True)
    add_json_option(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on from MODEL.checkpoint, which a training that was stopped has left",
    )
    _add_cluster_options(parser)
    group = parser.add_argument_group("training (names and meaning as in KATE)")
    for name, keywords in ESTIMATOR_OPTIONS.items():
        told = f"{keywords['help']} (default: {_default(name)})"
        group.add_argument(name, default=argparse.SUPPRESS, **keywords | {"help": told})
    add_corpus_options(parser)


def _default(flag: str) -> object:
    """What is used where the option is not given, by the default recipe."""
    name = flag[2:].replace("-", "_")
    if name in BY_RULE:
        return BY_RULE[name]
    default = inspect.signature(KATE).parameters[name].default
    return getattr(RECIPES["default"], name) if default is None else default


def _add_cluster_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("several workers (needs kate_keras[scale])")
    group.add_argument(
        "--workers",
        metavar="N or MIN:MAX",
        type=workers,
        help="processes that share the training, on a core each (default: without Ray; "
        "with --address, from 1 to as many as there are cores)",
    )
    group.add_argument(
        "--address", help="Ray cluster, as 10.0.0.1:6379 (default: this machine)"
    )


def workers(text: str) -> tuple[int, int]:
    """Parses the fewest and the most workers: `4`, or `2:8`."""
    fewest, _, most = text.partition(":")
    numbers = positive(fewest), positive(most or fewest)
    if numbers[0] > numbers[1] or text.endswith(":"):
        raise argparse.ArgumentTypeError(
            f"expected a number such as 4, or a range such as 2:8, got {text!r:.40}"
        )
    return numbers


def estimator(
    options: argparse.Namespace, words: Mapping[str, Any] | None = None
) -> KATE:
    """Makes the estimator that the options describe.

    Args:
        options: Those of the command line.
        words: What the words of the corpus were chosen by already, if they were.
    """
    given = {
        name: value
        for flag in ESTIMATOR_OPTIONS
        if (name := flag[2:].replace("-", "_")) in options
        for value in [getattr(options, name)]
    }
    for name in ("stop_words", "stemmer"):
        if given.get(name) == "none":
            given[name] = None
    if given.get("stop_words") not in (None, "english"):
        given["stop_words"] = _read_words(Path(given["stop_words"]))
    given = {**(words or {}), **given}
    return KATE(**given, verbose=not options.quiet)


def _read_words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split()
    except UnicodeDecodeError as error:
        raise InputError(
            f"--stop-words {path} is not UTF-8 (byte {error.start}). "
            "Convert the file to UTF-8."
        ) from None


def run(options: argparse.Namespace) -> None:
    """Trains and saves."""
    check_folder_target(options.output)
    check_apart(options.output, options.corpus)
    if holds_files(options.output):
        say(f"{options.output} is a model, which the new one will replace")
    if is_counts_folder(options.corpus):
        _run_on_counts(options)
    else:
        _run_on_corpus(options)


def _run_on_counts(options: argparse.Namespace) -> None:
    say(f"reading {options.corpus}")
    folder = open_counts(options.corpus)
    model = estimator(options, folder.options)
    with stopped_in_order("train") as interrupts:
        _fit(model, folder, options)
        _save(model, folder.facts, options, interrupts)


def _run_on_corpus(options: argparse.Namespace) -> None:
    model = estimator(options)
    corpus = open_corpus(options, options.corpus)
    say(f"reading {corpus.name}")
    with stopped_in_order("train") as interrupts:
        _fit(model, corpus.texts(), options)
        report_skipped(corpus)
        _save(model, reading_facts(corpus), options, interrupts)


def _fit(model: KATE, documents: Any, options: argparse.Namespace) -> None:
    output = options.output.resolve()
    place = {
        "checkpoint": output.with_name(f"{output.name}.checkpoint"),
        "resume": options.resume,
    }
    if options.workers is None and options.address is None:
        model.fit(documents, **place)
        return
    from kate_keras.scale.training import fit_distributed

    fit_distributed(
        model,
        documents,
        address=options.address or LOCAL,
        n_workers=options.workers,
        **place,
    )


def _save(
    model: KATE,
    read: Mapping[str, int],
    options: argparse.Namespace,
    interrupts: list[int],
) -> None:
    """Saves the model and says what was done.

    Raises:
        KeyboardInterrupt: If Ctrl-C has ended the training. What it has learned is
            saved then only where it replaces no model.
    """
    if interrupts and holds_files(options.output):
        say(f"{options.output} is left as it was")
        raise KeyboardInterrupt
    model.corpus_ |= {name: read[name] for name in ("empty", "skipped")}
    model.save(options.output.resolve())
    history = model.history_
    best = best_epoch(history)
    facts = {
        "model": str(options.output),
        "fingerprint": model.fingerprint_,
        **read,
        "documents_without_words": model.corpus_["documents_without_words"],
        "words": len(model.vocabulary_),
        "topics": model.n_components,
        "epochs": len(history["loss"]),
        "validation_loss": history["val_competition_loss"][best],
    }
    show_facts(facts, options.json)
    if interrupts:
        say(f"{options.output} holds the best of the epochs that were done")
        raise KeyboardInterrupt
    say(f"next: kate topics {options.output}")
