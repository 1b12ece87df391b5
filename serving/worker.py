"""`python -m serving.worker FD`: a worker at the address of an inherited socket."""

import os
import signal
import socket
import sys

from serving import logs
from serving.app import create_app
from serving.model_folder import ModelFolderError
from serving.rotation import open_engines
from serving.server import own_listener, serve
from serving.settings import Settings, SettingsError
from serving.workers import MISTAKE


def main(number: str) -> int:
    """Serves until it is told to stop; returns the exit status."""
    # From the keyboard the signal reaches the parent too, which passes its own on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        settings = Settings.from_environment(os.environ)
        logs.set_up(settings.log_level, settings.log_format)
        engines = open_engines(settings)
        app = create_app(settings, *engines)
        for engine in engines:
            engine.load()
    except (SettingsError, ModelFolderError) as error:
        sys.stderr.write(f"worker: error: {error}\n")
        return MISTAKE
    with own_listener(socket.socket(fileno=int(number))) as listener:
        serve(app, settings, listener)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
