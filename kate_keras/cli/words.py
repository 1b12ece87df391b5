"""`kate words`: the neighbours of a word."""

import argparse
from pathlib import Path

from kate_keras.cli.options import add_json_option, positive, show_json
from kate_keras.light import LightModel


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate words`."""
    parser.add_argument("model", metavar="MODEL", type=Path)
    parser.add_argument("word", metavar="WORD")
    parser.add_argument("-n", type=positive, default=10, help="how many")
    add_json_option(parser)


def run(options: argparse.Namespace) -> None:
    """Prints the nearest words."""
    neighbours = LightModel(options.model).similar_words(options.word, options.n)
    if options.json:
        show_json([{"word": word, "cosine": cosine} for word, cosine in neighbours])
    else:
        print(*(f"{cosine:.3f}  {word}" for word, cosine in neighbours), sep="\n")
