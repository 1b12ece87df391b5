"""The service on a loopback port, for a browser."""

import socket
import threading
import time
from contextlib import contextmanager

import uvicorn

from serving.app import create_app
from serving.settings import Settings


@contextmanager
def served(**settings):
    """Runs the service on a loopback port of its own; gives its address."""
    app = create_app(Settings(engine="light", **settings))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, daemon=True
        )
        thread.start()
        while not server.started:
            time.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
