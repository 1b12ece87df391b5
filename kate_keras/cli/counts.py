"""`kate counts`: a corpus counted by many processes, for training to read."""

import argparse
from pathlib import Path

from kate_keras.cli.cluster_options import (
    add_cluster_options,
    cluster_arguments,
    say_skipped,
)
from kate_keras.cli.options import (
    add_json_option,
    add_reading_options,
    check_apart,
    show_facts,
)
from kate_keras.cli.standard_streams import say
from kate_keras.text.chosen_words import read_chosen_words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate counts`."""
    parser.description = (
        "Counts the words of every document, in as many processes as a Ray has cores, "
        "into shards that `kate train` maps into memory. Run it again after "
        "an interruption; it goes on where it stopped."
    )
    parser.add_argument("corpus", metavar="CORPUS", nargs="+")
    parser.add_argument(
        "--vocabulary",
        metavar="WORDS",
        type=Path,
        required=True,
        help="the words of this corpus, from `kate vocabulary`",
    )
    parser.add_argument("-o", "--output", metavar="COUNTS", type=Path, required=True)
    add_cluster_options(parser, default="local")
    add_reading_options(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    add_json_option(parser)


def run(options: argparse.Namespace) -> None:
    """Counts."""
    from kate_keras.scale import count_corpus

    for source in options.corpus:
        check_apart(options.output, source)
    words = read_chosen_words(options.vocabulary)
    facts, messages = count_corpus(
        options.corpus,
        words,
        options.output,
        verbose=not options.quiet,
        **cluster_arguments(options),
    )
    say_skipped(facts, messages)
    show_facts({"counts": str(options.output), **facts}, options.json)
    say(f"next: kate train {options.output} -o MODEL")
