"""One measurement in a process of its own, so that its peak memory is its own.

    python -m benchmarks.speed.measure training.kate 20000 128 auto

prints JSON: what the function returns, and `peak_mib`.
"""

import json
import os
import resource
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def measure(name: str, *arguments: object, python: str = sys.executable) -> Any:
    """Runs `benchmarks.speed.<module>.<function>` in a fresh process.

    Args:
        name: `module.function`.
        *arguments: Its arguments; whole numbers come out as such.
        python: Interpreter to run it with.

    Returns:
        What it returns, with `peak_mib` and `process_seconds` from start to end.
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
    found = run(*(int(a) if a.isdigit() else a for a in arguments))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**found, "peak_mib": peak}))


if __name__ == "__main__":
    main(*sys.argv[1:])
