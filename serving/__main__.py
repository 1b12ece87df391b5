"""`python -m serving MODEL`: serves a model over HTTP."""

import logging
import os
import sys
from collections.abc import Sequence

from serving import logs
from serving.app import create_app
from serving.command_line import settings_parser
from serving.model_folder import ModelFolderError
from serving.rotation import open_engines
from serving.server import ServeError, bind, serve
from serving.settings import Settings, SettingsError
from serving.workers import Workers

logger = logging.getLogger("serving")


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
    parser = settings_parser(prog, "Serves a KATE model over HTTP.")
    flags = vars(parser.parse_args(argv))
    try:
        settings = Settings.from_environment(os.environ, **flags)
        settings.check_exposure()
        settings.check_certificate()
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


if __name__ == "__main__":
    sys.exit(main())
