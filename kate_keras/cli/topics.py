"""`kate topics`: the words of every topic."""

import argparse
from dataclasses import asdict
from pathlib import Path

from kate_keras.cli.options import add_json_option, positive, show_json
from kate_keras.light import LightModel


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate topics`."""
    parser.add_argument("model", metavar="MODEL", type=Path)
    parser.add_argument("--n-words", type=positive, default=10)
    add_json_option(parser)


def run(options: argparse.Namespace) -> None:
    """Prints the topics."""
    topics = LightModel(options.model).topics(options.n_words)
    if options.json:
        show_json([asdict(topic) for topic in topics])
    else:
        print(*topics, sep="\n")
