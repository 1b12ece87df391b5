"""`python -m serving MODEL`: serves a model over HTTP."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from serving import logs
from serving.app import create_app
from serving.model_folder import ModelFolderError
from serving.rotation import open_engines
from serving.server import ServeError, bind, serve
from serving.settings import Settings, SettingsError, flag_of, variable_of
from serving.workers import Workers

logger = logging.getLogger("serving")


class OneLineParser(argparse.ArgumentParser):
    """Tells a mistake in one line, without the usage in front of it."""

    def error(self, message: str) -> NoReturn:
        """Ends with the message and exit status 2."""
        self.exit(2, f"{self.prog}: error: {message}\n")


def main(argv: Sequence[str] | None = None, prog: str = "python -m serving") -> int:
    """Serves a model until it is told to stop.

    Args:
        argv: Arguments; `None` takes those of the process.
        prog: Name of the program in messages.

    Returns:
        Exit status 0, after a stop.

    Raises:
        SystemExit: With status 2 and one line on stderr, for a mistake in the settings,
            the model or the address.
    """
    parser = _parser(prog)
    flags = vars(parser.parse_args(argv))
    try:
        settings = Settings.from_environment(os.environ, **flags)
        settings.check_exposure()
        logs.set_up(settings.log_level, settings.log_format)
        engines = open_engines(settings)
        app = create_app(settings, *engines)
        # Bound before the model loads, so that a port in use is told at once; nobody
        # can connect before the server listens, when the model is ready.
        listener, address = bind(settings)
        with listener:
            for engine in engines:
                if settings.workers == 1:
                    engine.load()
                card = engine.card
                logger.info(
                    "Serving %s version %s (fingerprint %s) at %s%s",
                    card.name,
                    card.version,
                    card.fingerprint,
                    address,
                    settings.root_path,
                )
            if settings.workers > 1:
                return Workers(settings, listener).run()
            serve(app, settings, listener)
    except (SettingsError, ModelFolderError, ServeError) as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        logger.info("Stopped from the keyboard")
    return 0


def _parser(prog: str) -> OneLineParser:
    parser = OneLineParser(
        prog=prog,
        description="Serves a KATE model over HTTP.",
        epilog="Every flag can be set by the variable named beside it; a flag wins. "
        "KATE_API_KEYS has no flag, as every user of a machine can read the arguments "
        "of its processes.",
        allow_abbrev=False,
    )
    for name, field in Settings.model_fields.items():
        default = (
            "" if field.default in (None, "", ()) else f", default {field.default}"
        )
        if name == "api_keys":
            continue
        note = f"{field.description} [{variable_of(name)}"
        if name == "model":
            parser.add_argument("model", nargs="*", metavar="MODEL", help=f"{note}]")
        else:
            parser.add_argument(
                flag_of(name),
                metavar=name.rpartition("_")[2].upper(),
                help=f"{note}{default}]",
            )
    return parser


if __name__ == "__main__":
    sys.exit(main())
