"""`python -m serving.ray_serve MODEL`: serves a model by replicas of Ray Serve."""

import logging
import os
import shutil
import signal
import sys
from collections.abc import Sequence

# Nobody is told of what runs where; read when Ray is imported.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import ray
from ray import serve

from serving import logs
from serving.app import open_keys
from serving.command_line import add_flags, settings_parser
from serving.engine import ModelCard
from serving.model_folder import ModelFolderError
from serving.ray_serve.cluster import connect, deploy, free_port, start
from serving.ray_serve.deployment import NAME, PLAIN, build
from serving.ray_serve.metrics_folder import metrics_folder
from serving.ray_serve.scaling import Scaling
from serving.rotation import open_engines
from serving.server import ServeError
from serving.settings import Settings, SettingsError

logger = logging.getLogger("serving")


def main(
    argv: Sequence[str] | None = None, prog: str = "python -m serving.ray_serve"
) -> int:
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
    parser = settings_parser(
        prog, "Serves a KATE model by replicas of Ray Serve.", without=PLAIN
    )
    parser.add_argument(
        "--address",
        help="Ray cluster to serve on, such as auto (default: one of this machine, "
        "which ends with the service)",
    )
    add_flags(parser, Scaling)
    flags = vars(parser.parse_args(argv))
    address = flags.pop("address")
    scaling_flags = {name: flags.pop(name) for name in Scaling.model_fields}
    try:
        scaling = Scaling.of(**scaling_flags)
        settings = Settings.from_environment(os.environ, **flags)
        settings.check_exposure()
        logs.set_up(settings.log_level, settings.log_format)
        open_keys(settings)
        cards = [engine.card for engine in open_engines(settings)]
        _serve(settings, scaling, address, cards)
    except (SettingsError, ModelFolderError, ServeError) as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        logger.info("Stopped from the keyboard")
    return 0


def _serve(
    settings: Settings, scaling: Scaling, address: str | None, cards: list[ModelCard]
) -> None:
    """Serves until it is interrupted.

    Raises:
        SettingsError: If a setting cannot be had under Serve.
        ServeError: If there is no such cluster, Serve runs on it already, the address
            is in use, or the replicas cannot start.
    """
    service = build(settings, scaling)
    port = free_port(settings)
    connect(address, scaling)
    # Ray puts a handler of its own there.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        start(settings, port)
        try:
            deploy(service)
            scheme = "https" if settings.ssl_certfile else "http"
            host = f"[{settings.host}]" if ":" in settings.host else settings.host
            for card in cards:
                logger.info(
                    "Serving %s version %s (fingerprint %s) at %s://%s:%d%s",
                    *(card.name, card.version, card.fingerprint),
                    *(scheme, host, port, settings.root_path),
                )
            signal.pause()
        except KeyboardInterrupt:
            logger.info("Told to stop; the replicas answer what they have taken")
        finally:
            # First, as its replicas then answer what they have taken.
            serve.delete(NAME)
            serve.shutdown()
            if address is None:
                shutil.rmtree(metrics_folder(), ignore_errors=True)
    finally:
        ray.shutdown()


if __name__ == "__main__":
    sys.exit(main())
