"""`kate explain`: what the words of a text do."""

import argparse
from pathlib import Path

from kate_keras.cli.options import add_json_option, positive, show_json
from kate_keras.loading import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate explain`."""
    parser.add_argument("model", metavar="MODEL", type=Path)
    parser.add_argument("text", metavar="TEXT")
    parser.add_argument("--n-topics", type=positive, default=5)
    add_json_option(parser)


def run(options: argparse.Namespace) -> None:
    """Prints the explanation."""
    explanation = load(options.model).explain(options.text, options.n_topics)
    if options.json:
        show_json(explanation.to_json())
    else:
        print(explanation)
