"""`python -m serving MODEL`: serves a model over HTTP."""

import argparse
import logging
import os
import socket
import sys
from collections.abc import Sequence
from typing import NoReturn

import uvicorn

from serving.app import create_app, open_engine
from serving.engine import Engine
from serving.model_folder import ModelFolderError
from serving.settings import Settings, SettingsError, flag_of, variable_of

logger = logging.getLogger("serving")


class ServeError(Exception):
    """The service cannot start: the message says why."""


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
        logging.basicConfig(
            level=settings.log_level.upper(), format="%(levelname)s:     %(message)s"
        )
        engine = open_engine(settings)
        # Bound before the model loads, so that a port in use is told at once; nobody
        # can connect before the server listens, when the model is ready.
        with _bind(settings.host, settings.port) as listener:
            engine.load()
            _serve(settings, engine, listener)
    except (SettingsError, ModelFolderError, ServeError) as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        logger.info("Stopped from the keyboard")
    return 0


def _serve(settings: Settings, engine: Engine, listener: socket.socket) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    logger.info(
        "Serving %s version %s (fingerprint %s) at http://%s:%d%s",
        engine.card.name,
        engine.card.version,
        engine.card.fingerprint,
        host,
        listener.getsockname()[1],
        settings.root_path,
    )
    config = uvicorn.Config(
        create_app(settings, engine),
        log_level=settings.log_level,
        lifespan="on",
        server_header=False,
        ws="none",
    )
    uvicorn.Server(config).run(sockets=[listener])


def _parser(prog: str) -> OneLineParser:
    parser = OneLineParser(
        prog=prog,
        description="Serves a KATE model over HTTP.",
        epilog="Every flag can be set by the variable named beside it; a flag wins.",
        allow_abbrev=False,
    )
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "") else f", default {field.default}"
        note = f"{field.description} [{variable_of(name)}"
        if name == "model":
            parser.add_argument("model", nargs="?", metavar="MODEL", help=f"{note}]")
        else:
            parser.add_argument(
                flag_of(name),
                metavar=name.rpartition("_")[2].upper(),
                help=f"{note}{default}]",
            )
    return parser


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's delay, 40 ms on small answers, only where it is told
    # that the socket speaks TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ServeError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}. "
            "Give another address with --host or --port; --port 0 takes a free port."
        ) from error
    return listener


if __name__ == "__main__":
    sys.exit(main())
