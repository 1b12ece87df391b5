"""An application on a loopback port, for clients that need a real one."""

import socket
import threading
import time
from contextlib import contextmanager

import uvicorn


@contextmanager
def running(app, log_level="warning"):
    """Serves an application on a port of its own; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, log_level=log_level))
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
