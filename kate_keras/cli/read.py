"""`kate topics`, `kate words` and `kate explain`: reading a model."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kate_keras.cli.options import add_json_option, positive, show_json
from kate_keras.estimator import load


def add_commands(commands: Any) -> None:
    """Adds `kate topics`, `kate words` and `kate explain`."""
    topics = commands.add_parser("topics", help="print the topics and their words")
    topics.add_argument("model", metavar="MODEL", type=Path)
    topics.add_argument("--n-words", type=positive, default=10)
    add_json_option(topics)
    topics.set_defaults(run=run_topics)

    words = commands.add_parser("words", help="print the nearest words of a word")
    words.add_argument("model", metavar="MODEL", type=Path)
    words.add_argument("word", metavar="WORD")
    words.add_argument("-n", type=positive, default=10, help="how many")
    add_json_option(words)
    words.set_defaults(run=run_words)

    explain = commands.add_parser("explain", help="print what a text's words do")
    explain.add_argument("model", metavar="MODEL", type=Path)
    explain.add_argument("text", metavar="TEXT")
    explain.add_argument("--n-topics", type=positive, default=5)
    add_json_option(explain)
    explain.set_defaults(run=run_explain)


def run_topics(options: argparse.Namespace) -> None:
    """Prints the topics."""
    topics = load(options.model).topics(options.n_words)
    if options.json:
        show_json([asdict(topic) for topic in topics])
    else:
        print(*topics, sep="\n")


def run_words(options: argparse.Namespace) -> None:
    """Prints the nearest words."""
    neighbours = load(options.model).similar_words(options.word, options.n)
    if options.json:
        show_json([{"word": word, "cosine": cosine} for word, cosine in neighbours])
    else:
        print(*(f"{cosine:.3f}  {word}" for word, cosine in neighbours), sep="\n")


def run_explain(options: argparse.Namespace) -> None:
    """Prints the explanation."""
    explanation = load(options.model).explain(options.text, options.n_topics)
    if options.json:
        show_json(explanation.to_json())
    else:
        print(explanation)
