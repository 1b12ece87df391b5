"""API keys: who may ask, told in constant time and changed without a restart."""

import hashlib
import hmac
import logging
import os
import time
from collections.abc import Iterable
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.errors import Failure, ServiceError, error_response

logger = logging.getLogger("serving")

# What a probe, a scraper and a reader of the manual may see without a key.
OPEN = ("/", "/livez", "/readyz", "/metrics", "/openapi.json", "/v2/health/live",
        "/v2/health/ready")  # fmt: skip
OPEN_FOLDERS = ("/docs", "/static-offline-docs", "/explorer")
# Between two looks at the file.
SECONDS = 1.0


class Keys:
    """The keys that open the service.

    A file is read again when it changes. One that cannot be read, or holds no key,
    changes nothing: the last good keys go on.

    Args:
        keys: Keys that stay.
        file: File with a key a line; lines that begin with `#` are notes.

    Raises:
        ValueError: If the file holds no key, or a key that no header can hold.
        OSError: If it cannot be read.
    """

    def __init__(self, keys: Iterable[str] = (), file: Path | None = None) -> None:
        self._own = [_digest(_checked(key)) for key in keys]
        self._file = file
        self._read: list[bytes] = []
        self._state: tuple[int, int, int] | None = None
        self._looked = time.monotonic()
        if file is not None:
            self._state = _state(file)
            self._read = _keys_of(file)

    def __bool__(self) -> bool:
        return bool(self._own or self._read)

    def open(self, key: str) -> bool:
        """Whether a key is one of them, in a time that does not tell which."""
        self._look()
        given = _digest(key)
        matches = [hmac.compare_digest(given, k) for k in (*self._own, *self._read)]
        return any(matches)

    def _look(self) -> None:
        now = time.monotonic()
        if self._file is None or now - self._looked < SECONDS:
            return
        self._looked = now
        try:
            state = _state(self._file)
            if state != self._state:
                self._read = _keys_of(self._file)
                self._state = state
                logger.info("Read %d keys from %s", len(self._read), self._file)
        except (OSError, ValueError) as error:
            logger.error("The keys stay as they are: %s", error)


def _state(file: Path) -> tuple[int, int, int]:
    status = os.stat(file)
    return status.st_mtime_ns, status.st_size, status.st_ino


def _keys_of(file: Path) -> list[bytes]:
    lines = map(str.strip, file.read_text(encoding="utf-8").splitlines())
    keys = [
        _digest(_checked(line)) for line in lines if line and not line.startswith("#")
    ]
    if not keys:
        raise ValueError(f"{file} holds no key. Expected: one a line.")
    return keys


def _checked(key: str) -> str:
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ValueError("Keys must be printable ASCII without spaces.")
    return key


def _digest(key: str) -> bytes:
    # Of equal length, as a comparison in constant time needs them.
    return hashlib.sha256(key.encode()).digest()


class KeyGate:
    """ASGI middleware that answers 401 to whoever has no key.

    Args:
        app: ASGI application.
        keys: The keys.
        root_path: Path under which a proxy offers the service.
    """

    def __init__(self, app: ASGIApp, keys: Keys, root_path: str = "") -> None:
        self.app = app
        self.keys = keys
        self.root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] != "http" or self._is_open(scope["path"]):
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("authorization", "")
        kind, _, key = given.partition(" ")
        if kind.lower() == "bearer" and self.keys.open(key.strip()):
            await self.app(scope, receive, send)
            return
        failure = Failure.WRONG_KEY if given else Failure.NO_KEY
        error = ServiceError(
            failure,
            "This key does not open the service. Check it, or ask its operator."
            if given
            else "This service asks for a key. Expected: the header "
            "`Authorization: Bearer KEY`.",
            headers={"WWW-Authenticate": "Bearer"},
        )
        await error_response(error)(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        path = path.removeprefix(self.root_path)
        folders = any(path == f or path.startswith(f"{f}/") for f in OPEN_FOLDERS)
        return path in OPEN or folders
