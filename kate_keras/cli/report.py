"""`kate report`: a model as one HTML page."""

import argparse
from pathlib import Path

from kate_keras.artifact.folders import check_file_target, file_written_aside
from kate_keras.cli.options import (
    add_corpus_options,
    add_json_option,
    check_apart,
    open_corpus,
    positive,
    reading_facts,
    report_skipped,
    seed,
    show_facts,
)
from kate_keras.cli.standard_streams import printable, say
from kate_keras.loading import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate report`."""
    parser.add_argument("model", metavar="MODEL", type=Path)
    parser.add_argument(
        "-o",
        "--output",
        metavar="PAGE",
        type=Path,
        default=Path("report.html"),
        help="(default: %(default)s)",
    )
    parser.add_argument(
        "--corpus",
        metavar="CORPUS",
        help="documents to show the model by: examples of every topic, a map, quality",
    )
    parser.add_argument(
        "--n-words", type=positive, default=10, help="per topic (default: %(default)s)"
    )
    parser.add_argument("--random-state", type=seed, default=0)
    add_json_option(parser)
    add_corpus_options(parser)


def run(options: argparse.Namespace) -> None:
    """Writes the page."""
    from kate_keras.report import make_report

    check_file_target(options.output)
    model = load(options.model)
    documents = None
    read = {"documents": 0}
    if options.corpus is not None:
        check_apart(options.output, options.corpus)
        corpus = open_corpus(options, options.corpus)
        say(f"reading {corpus.name}")
        documents = list(corpus)
        report_skipped(corpus)
        read = reading_facts(corpus)
    say("writing the page")
    page = make_report(
        model,
        printable(options.model.resolve().name),
        documents,
        options.n_words,
        options.random_state,
    )
    with file_written_aside(options.output) as path:
        path.write_text(page, encoding="utf-8")
    facts = {
        "page": str(options.output),
        "topics": model.n_components,
        **read,
        "bytes": options.output.stat().st_size,
    }
    show_facts(facts, options.json)
