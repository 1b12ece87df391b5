"""Options that several commands share."""

import argparse
import json
import math
import os
from pathlib import Path
from typing import Any

from kate_keras.cli.standard_streams import say
from kate_keras.errors import InputError
from kate_keras.text import Corpus, read_corpus
from kate_keras.text.corpus import listed


def add_corpus_options(parser: argparse.ArgumentParser) -> None:
    """Adds how corpora are read."""
    add_reading_options(parser).add_argument(
        "--download",
        action="store_true",
        help="let scikit-learn fetch a known corpus that it has not stored yet",
    )


def add_reading_options(parser: argparse.ArgumentParser) -> Any:
    """Adds how files are read, and returns the group of these options."""
    group = parser.add_argument_group("reading")
    group.add_argument(
        "--skip-bad-lines",
        action="store_true",
        help="count and report what cannot be read instead of stopping",
    )
    group.add_argument(
        "--encoding", default="utf-8", help="of text files (default: %(default)s)"
    )
    return group


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
        skipped, lines = corpus.n_skipped, corpus.n_skipped_lines
        many = f" (of {lines} lines)" if lines > skipped else ""
        say(f"{corpus.name}: read {corpus.n_read}, skipped {skipped}{many}:")
        for message in corpus.skipped:
            say(f"  {message}")
    if corpus.left_out:
        say(f"{corpus.name}: not looked at: {listed(corpus.left_out)}")


def reading_facts(corpus: Corpus) -> dict[str, int]:
    """Says what became of the documents of a corpus that was read to its end."""
    return {
        "documents": corpus.n_read,
        "empty": corpus.n_empty,
        "skipped": corpus.n_skipped,
    }


def check_apart(output: str | Path, source: str) -> None:
    """Refuses to write over a corpus or into it; call it before the work.

    Raises:
        InputError: If the output is the corpus, or would be one of its documents.
    """
    # `Path.resolve` raises where links lead in a circle.
    target, corpus = (Path(os.path.realpath(path)) for path in (output, source))
    if corpus.is_dir() and target.is_relative_to(corpus):
        inside = target.relative_to(corpus).parts
        # What is hidden is not read.
        if not any(part.startswith(".") for part in inside):
            raise InputError(
                f"-o {output} lies in the corpus {source}, of which it would be a "
                "document. Give a place outside of it."
            )
    elif corpus.is_file() and target.exists() and target.samefile(corpus):
        raise InputError(
            f"-o {output} is the corpus itself, which would be lost. Give another path."
        )


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
        shown = f"{value:.6g}" if isinstance(value, float) else value
        print(f"{name.replace('_', ' '):{width}}  {shown}")


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


def _is_whole(text: str) -> bool:
    """Whether a text is a number in plain digits, of which 64 bits hold any.

    Python takes those of other scripts, and refuses thousands of them.
    """
    return text.isascii() and text.isdecimal() and len(text) < 20 and int(text) < 2**63


def positive(text: str) -> int:
    """Parses a whole number of at least 1."""
    if not _is_whole(text) or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f"expected a whole number above 0 and below 2**63, got {text!r:.40}"
        )
    return int(text)


def whole_number(text: str) -> int:
    """Parses a whole number of at least 0."""
    if not _is_whole(text):
        raise argparse.ArgumentTypeError(
            f"expected a whole number from 0 to below 2**63, got {text!r:.40}"
        )
    return int(text)


def seed(text: str) -> int:
    """Parses the seed of random numbers."""
    if not _is_whole(text) or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(
            f"expected a whole number from 0 to below 2**32, got {text!r:.40}"
        )
    return int(text)


def share(text: str) -> float:
    """Parses a share, from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(
            f"expected a share from 0 to 1, got {text!r:.40}"
        )
    return value


def proportion_or_count(text: str) -> float:
    """Parses a document frequency: `5` documents or a share such as `0.9`."""
    try:
        return int(text) if _is_whole(text) else float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected a number of documents or a share of them, got {text!r:.40}"
        ) from None
