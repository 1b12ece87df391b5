"""A service in a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from benchmarks.speed.measure import ROOT

PATIENCE_SECONDS = 120


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return int(unused.getsockname()[1])


class Service:
    """A service on a free port, as a context.

    Args:
        model: Model folder, or a folder of versions.
        log: Where its stderr goes; `None`, a file of its own.
        program: Module that serves, and flags that have no variable.
        **settings: Settings of the service.

    Attributes:
        port: Its port.
    """

    def __init__(
        self,
        model: Path,
        log: Path | None = None,
        program: Sequence[str] = ("serving",),
        **settings: object,
    ) -> None:
        self._own_log = log is None
        self._log = log or Path(tempfile.mkstemp(suffix=".log")[1])
        variables = {f"KATE_{k.upper()}": str(v) for k, v in settings.items()}
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
        environment.setdefault("KATE_MAX_QUEUE", "1000000")
        # Its own choice of a port is told in the log, if there is one.
        self.port = 0 if self._own_log else _free_port()
        port = str(self.port)
        command = [sys.executable, "-m", *program, str(model), "--port", port]
        with self._log.open("wb") as stderr:
            self.process = subprocess.Popen(command, stderr=stderr, env=environment)

    def __enter__(self) -> Self:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._own_log:
                found = re.search(r"at http://127\.0\.0\.1:(\d+)$", self.log, re.M)
                self.port = int(found[1]) if found else 0
            if self.port and self._is_ready():
                return self
            time.sleep(0.1)
        raise SystemExit(f"The service did not start:\n{self.log}")

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.stop()
        if self._own_log:
            self._log.unlink()

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz") as ok:
                return bool(ok.status == 200)
        except OSError:
            return False

    @property
    def log(self) -> str:
        """What it has written to stderr."""
        if not self._own_log:
            return ""
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def memory_mib(self) -> float:
        """Its resident memory; Linux only."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0

    def stop(self) -> int:
        """Tells it to stop by SIGTERM; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)
