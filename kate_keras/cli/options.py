"""Options that several commands share."""

import argparse
import json
import sys
from typing import Any

from kate_keras.text import Corpus, read_corpus


def add_corpus_options(parser: argparse.ArgumentParser) -> None:
    """Adds how corpora are read."""
    group = parser.add_argument_group("reading")
    group.add_argument(
        "--skip-bad-lines",
        action="store_true",
        help="count and report what cannot be read instead of stopping",
    )
    group.add_argument(
        "--encoding", default="utf-8", help="of text files (default: %(default)s)"
    )
    group.add_argument(
        "--download",
        action="store_true",
        help="let scikit-learn fetch a known corpus that it has not stored yet",
    )


def open_corpus(options: argparse.Namespace, source: str) -> Corpus:
    """Opens a corpus with the command's reading options."""
    return read_corpus(
        source,
        skip_bad_lines=options.skip_bad_lines,
        encoding=options.encoding,
        download=options.download,
    )


def report_skipped(corpus: Corpus) -> None:
    """Says on stderr what reading left out."""
    if corpus.n_skipped:
        say(f"{corpus.name}: read {corpus.n_read}, skipped {corpus.n_skipped}:")
        for message in corpus.skipped:
            say(f"  {message}")


def say(message: str) -> None:
    """Writes a line about the work to stderr; results go to stdout."""
    sys.stderr.write(message + "\n")


def show_json(data: Any) -> None:
    """Prints a result as JSON."""
    print(json.dumps(data, ensure_ascii=False, indent=2))


def show_facts(facts: dict[str, Any], as_json: bool) -> None:
    """Prints what a command did: one fact a line, or as JSON."""
    if as_json:
        show_json(facts)
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        print(f"{name.replace('_', ' '):{width}}  {value}")


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_light_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--light`."""
    parser.add_argument(
        "--light",
        action="store_true",
        help="without TensorFlow: starts at once; refuses texts that it is unsure of",
    )


def positive(text: str) -> int:
    """Parses a whole number of at least 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f"expected a whole number above 0, got {text!r}"
        )
    return int(text)


def whole_number(text: str) -> int:
    """Parses a whole number of at least 0."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"expected a whole number, got {text!r}")
    return int(text)


def seed(text: str) -> int:
    """Parses the seed of random numbers."""
    if not text.isdigit() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(
            f"expected a whole number from 0 to below 2**32, got {text!r}"
        )
    return int(text)


def proportion_or_count(text: str) -> float:
    """Parses a document frequency: `5` documents or a share such as `0.9`."""
    try:
        return int(text) if text.isdigit() else float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected a number of documents or a share of them, got {text!r}"
        ) from None
