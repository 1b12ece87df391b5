"""Puts the service under load and writes a page of tables.

    python -m benchmarks.service DATA -o RESULTS [--seconds 10]

DATA is the folder with the folder 20news, whose posts are sent. The model has V =
20,000 and d = 128. Clients and service share the machine's cores, and so do the
questions that are answered without a model, to which the others are compared.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.quality.files import write_json, write_text
from benchmarks.quality.table import line
from benchmarks.service.installed import installed_mib
from benchmarks.service.load import closed_loop, open_loop, request
from benchmarks.service.process import Service
from benchmarks.speed.__main__ import machine
from benchmarks.speed.encoding import MODEL, read_texts
from benchmarks.speed.measure import measure

CONNECTIONS = (1, 8, 64, 256)
DOCUMENTS = (1, 16, 256)
ENGINES = ("tensorflow", "light")
# Of the steady load, whose slowest hundredth a neighbour's work moves most.
REPEATS = 5


def engines(model: Path, texts: list[str], seconds: float) -> list[dict[str, Any]]:
    """What the service takes and gives with each engine."""
    one = [request("/encode", {"documents": [text]}) for text in texts[:200]]
    many = [
        request("/encode", {"documents": texts[i : i + 256]})
        for i in range(0, 2560, 256)
    ]
    rows = []
    for engine in ENGINES:
        sys.stderr.write(f"{engine}\n")
        start = time.perf_counter()
        with Service(model, engine=engine) as service:
            row = {"engine": engine, "start": time.perf_counter() - start}
            row["idle"] = service.memory_mib
            row["requests"] = closed_loop(
                service.port, one, 64, seconds
            ).requests_per_second
            load = closed_loop(service.port, many, 8, seconds)
            row["documents"] = 256 * load.requests_per_second
            row["busy"] = service.memory_mib
        row["installed"] = installed_mib(engine)
        rows.append(row)
    return rows


def run(data: Path, seconds: float) -> dict[str, Any]:
    """Measures every load once."""
    texts = read_texts(str(data), "test")
    rows = []
    with tempfile.TemporaryDirectory() as work:
        measure("encoding.prepare", data, work)
        alone = measure("encoding.encode", data, work, "kate", 256)
        both = engines(Path(work) / MODEL, texts, seconds)
        with Service(Path(work) / MODEL) as service:
            port = service.port
            for connections in CONNECTIONS:
                idle = closed_loop(port, [request("/livez")], connections, seconds)
                for size in DOCUMENTS:
                    sys.stderr.write(f"{connections} connections, {size} documents\n")
                    bodies = [
                        request("/encode", {"documents": texts[i : i + size]})
                        for i in range(0, min(len(texts), 200 * size) - size + 1, size)
                    ]
                    load = closed_loop(port, bodies, connections, seconds)
                    rows.append(
                        {
                            "connections": connections,
                            "documents": size,
                            "requests": load.requests_per_second,
                            "no_op": idle.requests_per_second,
                            **{
                                f"p{round(100 * share)}": load.percentile(share)
                                for share in (0.5, 0.95, 0.99)
                            },
                            "failures": load.failures,
                        }
                    )
            half = max(r["requests"] for r in rows if r["documents"] == 1) / 2
            sys.stderr.write(f"{half:.0f} requests a second\n")
            bodies = [request("/encode", {"documents": [text]}) for text in texts[:200]]
            loads = [open_loop(port, bodies, half, seconds) for _ in range(REPEATS)]
    steady = {
        "rate": half,
        "p50": median(load.percentile(0.5) for load in loads),
        "p99": median(load.percentile(0.99) for load in loads),
        "failures": sum(load.failures for load in loads),
    }
    return {
        "machine": machine(),
        "in_process": alone["documents"],
        "rows": rows,
        "half_of_peak": steady,
        "engines": both,
    }


def _engines(rows: list[dict[str, Any]]) -> str:
    head = ["`KATE_ENGINE`", "installed, MiB", "start, s", "memory, MiB"]
    head += ["after the loads", "64 × 1 document, requests/s"]
    head += ["8 × 256 documents, documents/s"]
    lines = [line(head), "|---" * len(head) + "|"]
    for row in rows:
        figures = [f"{row['installed']:,.0f}", f"{row['start']:.1f}"]
        names = ("idle", "busy", "requests", "documents")
        figures += [f"{row[name]:,.0f}" for name in names]
        lines.append(line([row["engine"], *figures]))
    return (
        "\n## With TensorFlow and without\n\nThe same model and texts. Installed: the "
        "files of the packages that each engine needs, without Python's own.\n\n"
        + "\n".join(lines)
        + "\n"
    )


def render(results: dict[str, Any]) -> str:
    """Returns the page."""
    head = ["connections", "documents", "requests/s", "of no-op", "documents/s"]
    head += ["of in-process", "p50, ms", "p95, ms", "p99, ms", "failures"]
    lines = [line(head), "|---" * len(head) + "|"]
    for row in results["rows"]:
        documents = row["requests"] * row["documents"]
        lines.append(
            line(
                [
                    str(row["connections"]),
                    str(row["documents"]),
                    f"{row['requests']:,.0f}",
                    f"{row['requests'] / row['no_op']:.0%}",
                    f"{documents:,.0f}",
                    f"{documents / results['in_process']:.0%}",
                    *(f"{1e3 * row[name]:.1f}" for name in ("p50", "p95", "p99")),
                    str(row["failures"]),
                ]
            )
        )
    text = (
        "# The service under load\n\nPrinted by `python -m benchmarks.service DATA -o "
        f"RESULTS`: {results['machine']}. Test posts of 20 Newsgroups (1.8 kB on "
        "average), V = 20,000, d = 128, floats in JSON; clients in one Python process "
        "on the same cores, each asking again as soon as it is answered. No-op: "
        "`/livez` from as many connections. In-process: `KATE.transform`, "
        f"{results['in_process']:,.0f} documents a second.\n\n"
    )
    steady = results["half_of_peak"]
    idle = results["rows"][0]["p50"]
    after = (
        f"\nAt a steady {steady['rate']:,.0f} requests a second of one document, half "
        f"of the most, medians of {REPEATS} runs: half of the answers within "
        f"{1e3 * steady['p50']:.1f} ms, 99 % within "
        f"{1e3 * steady['p99']:.1f} ms, which is {steady['p99'] / idle:.0f} times the "
        f"median of one connection alone; {steady['failures']} failures.\n"
    )
    return text + "\n".join(lines) + "\n" + after + _engines(results["engines"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    results = run(options.data.resolve(), options.seconds)
    write_json(options.output / "service.json", results, indent=1)
    write_text(options.output / "service.md", render(results))
    sys.stdout.write(render(results))


if __name__ == "__main__":
    main()
