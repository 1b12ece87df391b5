"""Parsing the command line and turning a user's mistake into one line."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from kate_keras import __version__
from kate_keras.cli.serve import hand_over
from kate_keras.cli.standard_streams import printable, say, settle, usable_streams
from kate_keras.errors import InputError

# Each is a module of this folder. Only the one that is run is imported: what one needs
# may take seconds to import.
COMMANDS = {
    "train": "train a model on a corpus",
    "vocabulary": "choose the words of a corpus that outgrows one process",
    "counts": "count the documents of such a corpus, for training",
    "update": "let a model learn new documents, and compare it with what it was",
    "encode": "write the vectors of a corpus",
    "topics": "print the topics and their words",
    "words": "print the nearest words of a word",
    "explain": "print what a text's words do",
    "index": "make a corpus's documents findable, or bring that up to date",
    "search": "print the documents most like a text",
    "delete": "take documents out of an index",
    "report": "write a model down as one HTML page",
    "evaluate": "measure vectors, topics and words of a model",
    "export": "write a SavedModel for TF Serving",
    "serve": "answer POST /encode over HTTP",
    "demo": "train, read and serve a model of the installed docstrings",
}
EPILOG = """\
A CORPUS is a .jsonl file (keys text, id, labels, rating), a .csv or .parquet file with
such columns, a .txt file (a document a line), a folder of text files (sub-folders are
labels), or a known name: docstrings, 20newsgroups, 20newsgroups:test, rcv1. Files but
.parquet may be .gz. `kate COMMAND --help` tells more.
"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Ends with status 2 and says where help is."""
        message = printable(" ".join(message.split()))
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def build_parser(chosen: str | None) -> argparse.ArgumentParser:
    """Returns the parser of all commands, with the arguments of one.

    Args:
        chosen: The command to run, if it is known.
    """
    parser = Parser(
        prog="kate",
        description="Readable document vectors of your own corpus.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"kate {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text)
        if name == chosen:
            module = import_module(f"kate_keras.cli.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs `kate`.

    Args:
        arguments: Command line without the program's name; `None`, `sys.argv`.

    Returns:
        Exit status: 0; 2 for a user's mistake; 130 after Ctrl-C.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    chosen = arguments[0] if arguments else None
    with usable_streams():
        return _run(chosen, arguments)


def _run(chosen: str | None, arguments: Sequence[str]) -> int:
    try:
        if chosen == "serve":
            # Its options are its own, and this parser would refuse them.
            return hand_over(arguments[1:])
        options = build_parser(chosen).parse_args(arguments)
        options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our results, such as `head`, has seen enough.
        settle(sys.stdout)
    except OSError as error:
        settle(sys.stdout)
        place = "" if error.filename is None else f"{error.filename}: "
        return _fail(chosen, f"{place}{error.strerror or error}")
    except InputError as error:
        return _fail(chosen, error)
    except MemoryError:
        return _fail(
            chosen,
            "There is not enough memory. Lower --batch-size or --max-features, or "
            "split the corpus.",
        )
    except KeyboardInterrupt:
        say(f"kate {chosen}: interrupted")
        return 130
    return 0


def _fail(chosen: str | None, error: object) -> int:
    """Says in one line what is wrong."""
    say(f"kate {chosen}: {printable(' '.join(str(error).split()))}")
    return 2
