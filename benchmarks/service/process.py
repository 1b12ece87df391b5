"""A service in a process of its own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

from benchmarks.speed.measure import ROOT

PATIENCE_SECONDS = 120


class Service:
    """`python -m serving` on a free port, as a context.

    Args:
        model: Model folder, or a folder of versions.
        **settings: Settings of the service.

    Attributes:
        port: Its port.
    """

    def __init__(self, model: Path, **settings: object) -> None:
        self._log = Path(tempfile.mkstemp(suffix=".log")[1])
        variables = {f"KATE_{k.upper()}": str(v) for k, v in settings.items()}
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
        environment.setdefault("KATE_MAX_QUEUE", "1000000")
        command = [sys.executable, "-m", "serving", str(model), "--port", "0"]
        with self._log.open("wb") as stderr:
            self.process = subprocess.Popen(command, stderr=stderr, env=environment)
        self.port = 0

    def __enter__(self) -> Self:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(r"at http://127\.0\.0\.1:(\d+)$", self.log, re.M)
            if found and "Application startup complete" in self.log:
                self.port = int(found[1])
                return self
            time.sleep(0.1)
        raise SystemExit(f"The service did not start:\n{self.log}")

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.stop()
        self._log.unlink()

    @property
    def log(self) -> str:
        """What it has written to stderr."""
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
