"""`kate topics`: the topics and their words, alone or against another model's."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from kate_keras.cli.options import add_json_option, positive, show_json
from kate_keras.light import LightModel

if TYPE_CHECKING:
    from kate_keras.analysis import Topic, TopicMatch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate topics`."""
    parser.add_argument("model", metavar="MODEL", type=Path)
    parser.add_argument("--n-words", type=positive, default=10)
    parser.add_argument(
        "--against",
        metavar="MODEL2",
        type=Path,
        help="what has changed from MODEL to another, newer model: each topic's "
        "counterpart, and the words that it gained and lost; the most changed first",
    )
    add_json_option(parser)


def run(options: argparse.Namespace) -> None:
    """Prints the topics, or the changes."""
    topics = LightModel(options.model).topics(options.n_words)
    shown: Sequence[Topic | TopicMatch] = topics
    if options.against is not None:
        # SciPy takes longer to import than topics take to be read.
        from kate_keras.analysis.topic_matching import match_topics

        others = LightModel(options.against).topics(options.n_words)
        shown = match_topics(topics, others)
    if options.json:
        show_json([asdict(item) for item in shown])
    else:
        print("\n".join(map(str, shown)))
