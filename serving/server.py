"""The HTTP server: addresses, and an end that loses nothing."""

import logging
import math
import signal
import socket
import threading
from types import FrameType

import uvicorn
from fastapi import FastAPI

from serving.settings import Settings

logger = logging.getLogger("serving")

# For requests that are taken when the service is told to stop, beyond their deadline.
GRACE_SECONDS = 5


# Linux divides connections among sockets of one port; Windows does not know it.
REUSE_PORT: int | None = getattr(socket, "SO_REUSEPORT", None)


class ServeError(Exception):
    """The service cannot start: the message says why."""


class Server(uvicorn.Server):
    """A server that ends with status 0 when it is told to stop by SIGTERM.

    It says that it is not ready, goes on answering for `drain_seconds`, as those who
    route to it hear of its end by and by, then takes no more and answers what it took.
    """

    def __init__(
        self, config: uvicorn.Config, app: FastAPI, settings: Settings
    ) -> None:
        super().__init__(config)
        self._app = app
        self._drain_seconds = settings.drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins the end."""
        if sig != signal.SIGTERM or self._app.state.stopping:
            super().handle_exit(sig, frame)
            return
        self._app.state.stopping = True
        logger.info("Told to stop; draining for %g seconds", self._drain_seconds)
        if self._drain_seconds:
            timer = threading.Timer(self._drain_seconds, self._stop)
            timer.daemon = True
            timer.start()
        else:
            self._stop()

    def _stop(self) -> None:
        self.should_exit = True


def serve(app: FastAPI, settings: Settings, listener: socket.socket) -> None:
    """Serves until the process is told to stop."""
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level=settings.log_level,
        access_log=False,
        lifespan="on",
        server_header=False,
        ws="none",
        ssl_certfile=settings.ssl_certfile,
        ssl_keyfile=settings.ssl_keyfile,
        timeout_graceful_shutdown=math.ceil(settings.timeout) + GRACE_SECONDS,
    )
    Server(config, app, settings).run(sockets=[listener])


def bind(settings: Settings) -> tuple[socket.socket, str]:
    """Takes the address of the settings, so that one in use is told at once.

    Returns:
        The socket, which does not listen yet, and the service's address.

    Raises:
        ServeError: If the address cannot be had.
    """
    if settings.uds is not None:
        return _bind_unix(settings), f"unix:{settings.uds}"
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's delay, 40 ms on small answers, only where it is told
    # that the socket speaks TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if settings.workers > 1 and REUSE_PORT is not None:
        listener.setsockopt(socket.SOL_SOCKET, REUSE_PORT, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ServeError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}. "
            "Give another address with --host or --port; --port 0 takes a free port."
        ) from error
    scheme = "https" if settings.ssl_certfile else "http"
    shown = f"[{host}]" if ":" in host else host
    return listener, f"{scheme}://{shown}:{listener.getsockname()[1]}"


def own_listener(shared: socket.socket) -> socket.socket:
    """Takes a worker's part of an address that several share.

    Of one socket that all accept from, one worker may take every connection; among
    sockets of their own the system divides them.

    Args:
        shared: Bound socket of the parent, which does not listen.

    Returns:
        A socket of the same address; `shared` itself where the system cannot divide.
    """
    if REUSE_PORT is None or shared.family == socket.AF_UNIX:
        return shared
    with shared:
        own = socket.socket(shared.family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        for option in (socket.SO_REUSEADDR, REUSE_PORT):
            own.setsockopt(socket.SOL_SOCKET, option, 1)
        own.bind(shared.getsockname())
    return own


def _bind_unix(settings: Settings) -> socket.socket:
    path = settings.uds
    assert path is not None  # noqa: S101  Whoever calls has looked.
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.is_socket() and not _answers(path):
            # A server that was killed leaves its socket behind.
            path.unlink()
        listener.bind(str(path))
        path.chmod(0o660)
    except OSError as error:
        listener.close()
        raise ServeError(
            f"{path} cannot be listened on: {error.strerror or error}. "
            "Give another path with --uds."
        ) from error
    return listener


def _answers(path: object) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        return client.connect_ex(str(path)) == 0
