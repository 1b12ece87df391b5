"""Parsing the command line and turning a user's mistake into one line."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from kate_keras import __version__
from kate_keras.cli import demo, encode, evaluate, read, serve, train
from kate_keras.errors import InputError

EPILOG = """\
A CORPUS is a .jsonl or .jsonl.gz file (keys text, id, labels, rating), a .csv file, a
folder of text files (sub-folders are labels), or a known name: docstrings,
20newsgroups, 20newsgroups:test, rcv1. `kate COMMAND --help` tells more.
"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Ends with status 2 and says where help is."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def build_parser() -> argparse.ArgumentParser:
    """Returns the parser of all commands."""
    parser = Parser(
        prog="kate",
        description="Readable document vectors of your own corpus.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"kate {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in (train, encode, read, evaluate, serve, demo):
        module.add_commands(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs `kate`.

    Args:
        arguments: Command line without the program's name; `None`, `sys.argv`.

    Returns:
        Exit status: 0; 2 for a user's mistake; 130 after Ctrl-C.
    """
    options = build_parser().parse_args(arguments)
    try:
        options.run(options)
    except BrokenPipeError:
        # The reader of our output, such as `head`, has seen enough.
        sys.stderr.close()
        return 0
    except (InputError, OSError) as error:
        message = " ".join(str(error).split())
        sys.stderr.write(f"kate {options.command}: {message}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write(f"kate {options.command}: interrupted\n")
        return 130
    return 0
