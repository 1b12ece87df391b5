"""Asks a service in this container whether it is ready: a HEALTHCHECK without curl."""

import os
import sys
import urllib.request

from serving.settings import Settings, variable_of

SECONDS = 10


def main() -> int:
    """Returns 0 if `/readyz` answers 200, else 1 with the reason on stderr."""
    port = os.environ.get(variable_of("port")) or Settings.model_fields["port"].default
    # Without handlers for proxies: they would send the question out of the container.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(f"http://127.0.0.1:{port}/readyz", timeout=SECONDS).close()
    except OSError as error:
        sys.stderr.write(f"not ready: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
