"""Settings as flags, and mistakes in one line."""

import argparse
from collections.abc import Collection
from typing import NoReturn

from pydantic import BaseModel

from serving.settings import Settings, flag_of, variable_of


class OneLineParser(argparse.ArgumentParser):
    """Tells a mistake in one line, without the usage in front of it."""

    def error(self, message: str) -> NoReturn:
        """Ends with the message and exit status 2."""
        self.exit(2, f"{self.prog}: error: {message}\n")


def settings_parser(
    prog: str, description: str, without: Collection[str] = ()
) -> OneLineParser:
    """Returns a parser that has a flag for every setting.

    Args:
        prog: Name of the program in messages.
        description: What it does.
        without: Settings that get no flag, as they mean nothing to the program.
    """
    parser = OneLineParser(
        prog=prog,
        description=description,
        epilog="Every flag can be set by the variable named beside it; a flag wins. "
        "KATE_API_KEYS has no flag, as every user of a machine can read the arguments "
        "of its processes.",
        allow_abbrev=False,
    )
    for name, field in Settings.model_fields.items():
        if name == "api_keys" or name in without:
            continue
        note = f"{field.description} [{variable_of(name)}"
        if name == "model":
            parser.add_argument("model", nargs="*", metavar="MODEL", help=f"{note}]")
        else:
            _add(parser, Settings, name, f"{note}]")
    return parser


def add_flags(parser: argparse.ArgumentParser, options: type[BaseModel]) -> None:
    """Adds a flag for every field of a model whose fields have no variable."""
    for name, field in options.model_fields.items():
        _add(parser, options, name, str(field.description))


def _add(
    parser: argparse.ArgumentParser, options: type[BaseModel], name: str, note: str
) -> None:
    note += default_of(options, name)
    if options.model_fields[name].annotation is bool:
        action = argparse.BooleanOptionalAction
        parser.add_argument(flag_of(name), action=action, help=note)
    else:
        metavar = name.rpartition("_")[2].upper()
        parser.add_argument(flag_of(name), metavar=metavar, help=note)


def default_of(options: type[BaseModel], name: str) -> str:
    """Returns what the help says of a default: `, default 8000`, or nothing."""
    default = options.model_fields[name].default
    return "" if default in (None, "", ()) else f", default {default}"
