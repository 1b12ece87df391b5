"""Several processes behind one address, watched by one that does nothing else."""

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead

from serving.settings import METRICS_FOLDER, Settings

logger = logging.getLogger("serving")

LOOK_SECONDS = 0.1
# Before a worker that ended at once is started again.
PAUSE_SECONDS = 2.0
# Exit status of a worker that cannot start with these settings or this model.
MISTAKE = 2


class Workers:
    """Keeps `settings.workers` processes answering until it is told to stop.

    A worker that dies is replaced; the others go on. Metrics are those of all.

    Args:
        settings: Settings, which the workers get by their environment.
        listener: Bound socket, whose address all of them share.
    """

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kate-metrics-"))
        self._count = settings.workers
        self._listener = listener
        self._environment = {
            **os.environ,
            **settings.environment(),
            METRICS_FOLDER: str(self._folder),
        }
        self._running: dict[subprocess.Popen[bytes], float] = {}
        self._stopping = False

    def run(self) -> int:
        """Runs until SIGTERM or SIGINT; returns the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        try:
            return self._watch()
        finally:
            for process in self._running:
                process.kill()
                process.wait()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _on_signal(self, number: int, frame: object) -> None:  # noqa: ARG002
        self._stopping = True
        for process in self._running:
            process.send_signal(signal.SIGTERM)

    def _watch(self) -> int:
        next_start = 0.0
        while True:
            for process in [p for p in self._running if p.poll() is not None]:
                started = self._running.pop(process)
                mark_process_dead(process.pid, str(self._folder))  # type: ignore[no-untyped-call]
                if self._stopping:
                    continue
                if process.returncode == MISTAKE:
                    self._on_signal(signal.SIGTERM, None)
                    logger.error("A worker cannot start, so none goes on")
                    return MISTAKE
                logger.error(
                    "Worker %d ended with status %d; another takes its place",
                    process.pid,
                    process.returncode,
                )
                if time.monotonic() - started < PAUSE_SECONDS:
                    next_start = time.monotonic() + PAUSE_SECONDS
            if self._stopping and not self._running:
                return 0
            while (
                not self._stopping
                and len(self._running) < self._count
                and time.monotonic() >= next_start
            ):
                self._start()
            time.sleep(LOOK_SECONDS)

    def _start(self) -> None:
        number = self._listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "serving.worker", str(number)],
            env=self._environment,
            pass_fds=[number],
        )
        self._running[process] = time.monotonic()
        if self._stopping:
            # The signal came while it was not among those that were told.
            process.send_signal(signal.SIGTERM)
        logger.info("Started worker %d", process.pid)
