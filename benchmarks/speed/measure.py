"""One measurement in a process of its own, so that its peak memory is its own.

    python -m benchmarks.speed.measure training.kate 20000 128 auto

prints JSON: what the function returns, `peak_mib`, and on Linux `peak_anonymous_mib`,
the part that is not pages of files, which the system drops when memory is short.
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
STATUS = Path("/proc/self/status")


def measure(name: str, *arguments: object, python: str = sys.executable) -> Any:
    """Runs `benchmarks.speed.<module>.<function>` in a fresh process.

    Args:
        name: `module.function`.
        *arguments: Its arguments; whole numbers come out as such.
        python: Interpreter to run it with.

    Returns:
        What it returns, with the peaks and `process_seconds` from start to end.
    """
    command = [python, "-m", __name__, name, *map(str, arguments)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.stderr.write(f"failed: {name} {arguments}\n")
        return None
    return {**json.loads(done.stdout.splitlines()[-1]), "process_seconds": seconds}


def main(name: str, *arguments: str) -> None:
    module, function = name.split(".")
    run = getattr(import_module(f"benchmarks.speed.{module}"), function)
    watched: list[float] = []
    threading.Thread(target=_watch_anonymous, args=[watched], daemon=True).start()
    found = run(*(int(a) if a.isdigit() else a for a in arguments))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if watched:
        found |= {"peak_anonymous_mib": max(watched)}
    print(json.dumps({**found, "peak_mib": peak}))


def _watch_anonymous(watched: list[float]) -> None:
    """Notes this process's anonymous memory, MiB, twenty times a second."""
    while STATUS.exists():
        fields = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
        if "RssAnon" not in fields:
            break
        watched.append(int(fields["RssAnon"].split()[0]) / 1024)
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
