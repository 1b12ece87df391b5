"""`kate update`: a model learns new documents, and a report on whether it should."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from scipy import sparse

from kate_keras import analysis
from kate_keras.artifact.folders import check_folder_target, holds_files
from kate_keras.cli.options import (
    add_corpus_options,
    add_json_option,
    check_apart,
    open_corpus,
    positive,
    report_skipped,
    seed,
    show_json,
)
from kate_keras.cli.signals import stopped_in_order
from kate_keras.cli.standard_streams import say
from kate_keras.cli.update_text import update_text
from kate_keras.errors import InputError
from kate_keras.estimator import KATE
from kate_keras.loading import load
from kate_keras.text.count_input import document_frequency
from kate_keras.text.unknown_words import UnknownWords, count_with_unknown
from kate_keras.training import best_epoch, reconstruction_losses

HELD_OUT = 0.2
MOST_HELD_OUT = 1000
NEIGHBOURS = 10
UNKNOWN_SHOWN = 15


class Part(NamedTuple):
    """Documents as the vocabulary of a model sees them."""

    name: str
    counts: sparse.csr_array
    labels: list[tuple[str, ...]]

    def take(self, rows: np.ndarray, name: str) -> Self:
        """Returns some of the documents."""
        labels = [self.labels[i] for i in rows]
        return self._replace(name=name, counts=self.counts[rows], labels=labels)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate update`."""
    parser.description = (
        "Lets a copy of a model learn new documents, with the words that it has, and "
        "prints what is new in them and how the copy compares with the model. The "
        "model stays as it is, and so do its indexes, which refuse the copy's vectors."
    )
    parser.add_argument("model", metavar="MODEL", type=Path)
    parser.add_argument("corpus", metavar="NEWDOCS")
    parser.add_argument("-o", "--output", metavar="NEWMODEL", type=Path, required=True)
    parser.add_argument(
        "--with",
        dest="old",
        metavar="OLDDOCS",
        help="documents that the model has learned already, to learn again among the "
        "new ones",
    )
    parser.add_argument(
        "--test",
        metavar="HELDOUT",
        help="further documents to compare the models on, beside a fifth of NEWDOCS "
        f"(at most {MOST_HELD_OUT}) that is not learned from",
    )
    parser.add_argument(
        "--epochs", type=positive, help="most passes over the documents (default: 10)"
    )
    parser.add_argument(
        "--random-state", type=seed, help="seed of everything (default: the model's)"
    )
    parser.add_argument(
        "--force", action="store_true", help="replace NEWMODEL, were it MODEL itself"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    add_json_option(parser)
    add_corpus_options(parser)


def run(options: argparse.Namespace) -> None:
    """Updates, saves and reports."""
    _check_target(options)
    before, after = load(options.model), load(options.model)
    before.require_texts()
    after.set_params(verbose=not options.quiet)
    if options.random_state is not None:
        after.set_params(random_state=options.random_state)
    new, unknown = _read(before, options, options.corpus)
    old = _read(before, options, options.old)[0] if options.old else None
    test = _read(before, options, options.test)[0] if options.test else None
    learned, held_out = _hold_out(new, after.random_state)
    again, old_held_out = (
        (None, None) if old is None else _hold_out(old, after.random_state)
    )
    drift = {
        "words": _word_drift(before, new),
        "topics": _topic_drift(before, new, old),
    }
    with stopped_in_order("update") as interrupts:
        after.partial_fit(
            learned.counts,
            old=None if again is None else again.counts,
            epochs=options.epochs,
        )
        if interrupts:
            say("nothing is written; the model is as it was")
            raise KeyboardInterrupt
        after.save(options.output)
    say(f"{options.output} is written; comparing")
    base = learned if again is None else _joined(learned, again)
    parts = [part for part in (held_out, old_held_out, test) if part is not None]
    topics = [model.topics(10) for model in (before, after)]
    update = after.updates_[-1]
    figures = {
        "model": str(options.model),
        "updated": str(options.output),
        "fingerprint": after.fingerprint_,
        **{name: update[name] for name in ("parent", "random_state")},
        "new_documents": new.counts.shape[0],
        "learned": update["documents"],
        "learned_again": update["old_documents"],
        "epochs": len(update["history"]["loss"]),
        "best_epoch": best_epoch(update["history"]) + 1,
        "unknown_words": _unknown_words(before, unknown),
        "drift": drift,
        "comparisons": [
            {
                **_compare(before, after, base, part),
                "learned_before": part is old_held_out,
            }
            for part in parts
        ],
        "topics": {
            "words": [str(topic) for topic in topics[0]],
            "matches": [asdict(match) for match in analysis.match_topics(*topics)],
        },
    }
    if options.json:
        show_json(figures)
    else:
        print(update_text(figures))


def _check_target(options: argparse.Namespace) -> None:
    """Refuses to replace a model that nobody said is to be replaced."""
    check_folder_target(options.output)
    for source in (options.corpus, options.old, options.test):
        if source is not None:
            check_apart(options.output, source)
    if options.force or not holds_files(options.output):
        return
    raise InputError(
        f"{options.output} exists; an update does not replace a model unless told to. "
        "Give a new path with -o, or add --force."
    )


def _read(
    model: KATE, options: argparse.Namespace, source: str
) -> tuple[Part, UnknownWords]:
    corpus = open_corpus(options, source)
    labels: list[tuple[str, ...]] = []

    def texts() -> Any:
        for document in corpus:
            labels.append(document.labels)
            yield document.text

    say(f"reading {corpus.name}")
    chosen = model.options_
    counts, unknown = count_with_unknown(
        texts(), model.vocabulary_, chosen["stop_words"], chosen["stemmer"]
    )
    report_skipped(corpus)
    if not counts.nnz:
        raise InputError(
            f"{corpus.name} has no word that the model knows: there is nothing to "
            "compare or to learn. Train a model on these documents with `kate train`."
        )
    return Part(corpus.name, counts, labels), unknown


def _hold_out(part: Part, random_state: int | None) -> tuple[Part, Part]:
    """Draws what is learned from and what is compared on.

    Raises:
        InputError: If there are too few documents for both.
    """
    n_documents = part.counts.shape[0]
    if n_documents < 4:
        raise InputError(
            f"{part.name} must have at least 4 documents, of which one is held out "
            f"to compare the models on. Received: {n_documents}"
        )
    order = np.random.default_rng(random_state).permutation(n_documents)
    n = min(max(1, round(HELD_OUT * n_documents)), MOST_HELD_OUT)
    return (
        part.take(np.sort(order[n:]), part.name),
        part.take(np.sort(order[:n]), f"held out of {part.name}"),
    )


def _joined(part: Part, other: Part) -> Part:
    counts = sparse.csr_array(sparse.vstack([part.counts, other.counts], format="csr"))
    return Part(part.name, counts, part.labels + other.labels)


def _unknown_words(model: KATE, unknown: UnknownWords) -> dict[str, Any]:
    """What the model does not know, here and, if that is recorded, where fitted."""
    known = model.corpus_.get("known_share")
    return {
        "words": unknown.known + unknown.unknown,
        "unknown": unknown.unknown,
        "distinct": unknown.distinct,
        "share_when_fitted": None if known is None else 1 - known,
        "most_frequent": [
            asdict(word) for word in unknown.most_frequent(UNKNOWN_SHOWN)
        ],
    }


def _word_drift(model: KATE, new: Part) -> dict[str, Any] | None:
    vocabulary = model.vocabulary_
    if not vocabulary.n_documents:
        return None
    drift = analysis.word_drift(
        np.array(vocabulary.document_frequency),
        vocabulary.n_documents,
        document_frequency(new.counts),
        new.counts.shape[0],
        vocabulary.words,
    )
    return asdict(drift)


def _topic_drift(model: KATE, new: Part, old: Part | None) -> dict[str, Any] | None:
    """Measured against the old documents, or against what the model records."""
    reference = model.activation_statistics_
    if old is not None:
        earlier = model.frequent_activations(old.counts)
        reference = analysis.activation_statistics(earlier)
    activations = model.frequent_activations(new.counts)
    if reference is None or len(activations) < 2:
        return None
    return asdict(analysis.topic_drift(reference, activations))


def _compare(before: KATE, after: KATE, base: Part, part: Part) -> dict[str, Any]:
    """Measures both models on documents; figures are pairs, the old model's first."""
    losses = [
        reconstruction_losses(model.autoencoder_, part.counts, model.recipe_, True)
        for model in (before, after)
    ]
    gain = losses[1] - losses[0]
    n = len(gain)
    ours, theirs = (model.transform(part.counts) for model in (before, after))
    return {
        "documents": n,
        "name": part.name,
        "loss": [float(loss.mean()) for loss in losses],
        "loss_change": float(gain.mean()),
        "loss_change_error": float(gain.std(ddof=1) / n**0.5) if n > 1 else None,
        "neighbours": NEIGHBOURS,
        "same_neighbours": analysis.neighbour_overlap(ours, theirs, NEIGHBOURS),
        "labels": _label_figures((before, after), (ours, theirs), base, part),
    }


def _label_figures(
    models: Sequence[KATE], vectors: Sequence[np.ndarray], base: Part, part: Part
) -> dict[str, Any] | None:
    """What labels say by the measures of `kate evaluate`; `None` without labels."""
    if not any(part.labels) or not any(base.labels):
        return None
    unseen = set(chain(*part.labels)) - set(chain(*base.labels))
    if unseen:
        say(f"{len(unseen)} labels of {part.name} are not among what was learned from")
    found: list[dict[str, Any]] = []
    # Chosen once: two choices would tell more of chance than of the models.
    strength = None
    for model, own in zip(models, vectors, strict=True):
        database = model.transform(base.counts)
        try:
            result = analysis.evaluate(
                database, base.labels, own, part.labels, strength=strength
            )
        except InputError as error:
            say(f"{part.name}: labels are not measured. {error}")
            return None
        strength = result.strength
        found.append(result.to_json())
    return {
        "classified": found[0]["n_test"],
        "learned_from": found[0]["n_train"],
        "strength": strength,
        **{
            name: [one[name] for one in found]
            for name in ("accuracy", "micro_f1", "precision_at_10")
        },
        "precision_at_0.02": [one["precision"]["0.02"] for one in found],
    }
