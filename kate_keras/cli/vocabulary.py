"""`kate vocabulary`: the words of a corpus, chosen by many processes."""

import argparse
from pathlib import Path

from kate_keras.artifact.folders import check_file_target, file_written_aside
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
from kate_keras.cli.train import ESTIMATOR_OPTIONS, estimator
from kate_keras.text.chosen_words import CHOICE, write_chosen_words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `kate vocabulary`."""
    parser.description = (
        "Chooses the words of a corpus, the same as `kate train` would, by as many "
        "processes as a Ray has cores. Run it again after an interruption; it goes on "
        "where it stopped."
    )
    parser.add_argument("corpus", metavar="CORPUS", nargs="+")
    parser.add_argument("-o", "--output", metavar="WORDS", type=Path, required=True)
    group = parser.add_argument_group("choice (names and meaning as in KATE)")
    for name in CHOICE:
        flag = f"--{name.replace('_', '-')}"
        group.add_argument(flag, default=argparse.SUPPRESS, **ESTIMATOR_OPTIONS[flag])
    add_cluster_options(parser, default="local")
    add_reading_options(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    add_json_option(parser)


def run(options: argparse.Namespace) -> None:
    """Chooses and writes."""
    from kate_keras.scale import choose_words

    check_file_target(options.output)
    for source in options.corpus:
        check_apart(options.output, source)
    output = options.output.resolve()
    words, messages = choose_words(
        options.corpus,
        output.with_name(f"{output.name}.work"),
        estimator(options).get_params(),
        verbose=not options.quiet,
        **cluster_arguments(options),
    )
    with file_written_aside(output) as path:
        write_chosen_words(path, words)
    say_skipped(words.facts, messages)
    facts = {
        "vocabulary": str(options.output),
        **words.facts,
        "words": len(words.vocabulary),
        "words_in_all": round(words.n_words),
    }
    show_facts(facts, options.json)
    say(f"next: kate counts CORPUS --vocabulary {options.output} -o COUNTS")
