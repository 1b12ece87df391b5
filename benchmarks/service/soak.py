"""Keeps the service busy for minutes and writes down its memory.

    python -m benchmarks.service.soak DATA -o RESULTS [--minutes 10]

DATA is the folder with the folder 20news. Sixteen connections send one to forty of its
posts at a time, and ask for explanations and topics in between.
"""

import argparse
import tempfile
import threading
import time
from pathlib import Path
from random import Random

from benchmarks.quality.files import write_text
from benchmarks.quality.table import line
from benchmarks.service.load import closed_loop, request
from benchmarks.service.process import Service
from benchmarks.speed.__main__ import machine
from benchmarks.speed.encoding import MODEL, read_texts
from benchmarks.speed.measure import measure

CONNECTIONS = 16
SAMPLES = 10


def mixture(texts: list[str]) -> list[bytes]:
    """Requests of every size and kind, always the same."""
    draw = Random(0)
    asked = [request("/topics?n_words=5"), request("/words/space")]
    for _ in range(400):
        documents = draw.sample(texts, draw.randint(1, 40))
        asked.append(request("/encode", {"documents": documents}))
    for _ in range(40):
        asked.append(request("/explain", {"documents": draw.sample(texts, 2)}))
    draw.shuffle(asked)
    return asked


def soak(model: Path, asked: list[bytes], minutes: float, engine: str) -> str:
    """Puts one engine under load; returns its part of the page."""
    samples: list[tuple[float, float]] = []
    with Service(model, engine=engine) as service:
        begin, done = time.perf_counter(), threading.Event()

        def watch() -> None:
            while not done.wait(60 * minutes / SAMPLES):
                seconds = time.perf_counter() - begin
                samples.append((seconds, service.memory_mib))

        watching = threading.Thread(target=watch)
        watching.start()
        load = closed_loop(service.port, asked, CONNECTIONS, 60 * minutes)
        done.set()
        watching.join()
    lines = [line(["minute", "memory, MiB"]), "|---|---|"]
    lines += [line([f"{s / 60:.1f}", f"{mib:,.0f}"]) for s, mib in samples]
    return (
        f"## {engine}\n\n{len(load.latencies):,} requests answered, "
        f"{load.failures} failed.\n\n" + "\n".join(lines) + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--engine", action="append", choices=("tensorflow", "light"))
    options = parser.parse_args()
    asked = mixture(read_texts(str(options.data.resolve()), "test"))
    with tempfile.TemporaryDirectory() as work:
        measure("encoding.prepare", options.data.resolve(), work)
        parts = [
            soak(Path(work) / MODEL, asked, options.minutes, engine)
            for engine in options.engine or ("tensorflow", "light")
        ]
    text = (
        "# The service's memory over time\n\nPrinted by `python -m "
        f"benchmarks.service.soak DATA -o RESULTS --minutes {options.minutes:g}`: "
        f"{machine()}. V = 20,000, d = 128; {CONNECTIONS} connections, 1 to 40 posts "
        "of 20 Newsgroups a request, explanations, topics and words in between.\n\n"
    )
    write_text(options.output / "soak.md", text + "\n".join(parts))


if __name__ == "__main__":
    main()
