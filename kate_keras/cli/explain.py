"""`kate explain`: what the words of a text do, to its topics or to a likeness."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from kate_keras.cli.options import add_json_option, positive, show_json
from kate_keras.loading import load

if TYPE_CHECKING:
    from kate_keras.analysis import Attribution, Explanation, PairExplanation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate explain`."""
    parser.add_argument("model", metavar="MODEL", type=Path)
    parser.add_argument("text", metavar="TEXT")
    parser.add_argument("--n-topics", type=positive, default=5)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--like", metavar="TEXT", help="why the two texts are alike")
    what.add_argument(
        "--topic", metavar="N", type=int, help="words behind this topic's activation"
    )
    what.add_argument("--word", help="words behind the reconstruction of this word")
    parser.add_argument(
        "--rule",
        default="integrated-gradients",
        help="how --topic and --word score words: integrated-gradients (default), "
        "gradient, input-x-gradient, guided or deconvolution",
    )
    add_json_option(parser)


def run(options: argparse.Namespace) -> None:
    """Prints the explanation."""
    model, text = load(options.model), options.text
    explanation: Explanation | PairExplanation | Attribution
    if options.like is not None:
        explanation = model.explain_similarity(text, options.like, options.n_topics)
    elif options.topic is not None or options.word is not None:
        explanation = model.attribute(
            text, topic=options.topic, word=options.word, rule=options.rule
        )
    else:
        explanation = model.explain(text, options.n_topics)
    if options.json:
        show_json(asdict(explanation))
    else:
        print(explanation)
