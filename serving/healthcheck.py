"""Asks a service in this container whether it is ready: a HEALTHCHECK without curl."""

import http.client
import os
import socket
import ssl
import sys

from serving.settings import Settings, variable_of

SECONDS = 10


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket.

    Args:
        path: The socket.
    """

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=SECONDS)
        self._path = path

    def connect(self) -> None:
        """Opens the connection."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def main() -> int:
    """Returns 0 if `/readyz` answers 200, else 1 with the reason on stderr."""
    try:
        connection = _connection()
        connection.request("GET", "/readyz")
        status = connection.getresponse().status
        connection.close()
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"not ready: {error}\n")
        return 1
    if status != 200:
        sys.stderr.write(f"not ready: status {status}\n")
        return 1
    return 0


def _connection() -> http.client.HTTPConnection:
    """A connection to the service that the same environment configures."""
    if path := os.environ.get(variable_of("uds")):
        return UnixConnection(path)
    default = Settings.model_fields["port"].default
    port = int(os.environ.get(variable_of("port")) or default)
    if os.environ.get(variable_of("ssl_certfile")):
        # The certificate names the service, not this address.
        context = ssl._create_unverified_context()  # noqa: S323
        return http.client.HTTPSConnection(
            "127.0.0.1", port, timeout=SECONDS, context=context
        )
    return http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)


if __name__ == "__main__":
    sys.exit(main())
