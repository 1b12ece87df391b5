"""Sends the service what it should survive, and writes down what it answers.

    python -m benchmarks.service.faults DATA -o RESULTS

DATA is the folder with the folder 20news. After each fault another client asks for a
vector, and the memory of the service is read.
"""

import argparse
import json
import os
import re
import resource
import shutil
import signal
import socket
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.quality.files import write_text
from benchmarks.quality.table import line
from benchmarks.service.load import closed_loop, request
from benchmarks.service.process import Service
from benchmarks.speed.__main__ import machine
from benchmarks.speed.encoding import MODEL
from benchmarks.speed.measure import measure

PREDICT = "/v1/models/news:predict"
SLOW, MANY = 200, 10_000
IN_FLIGHT = 64


class Client:
    """Asks a service, a connection for each question."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def post(self, body: object, path: str = "/encode") -> str:
        """Returns the status, and the code of an error."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.service.port}{path}",
            data,
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return str(answer.status)
        except urllib.error.HTTPError as error:
            return f"{error.code} {json.loads(error.read())['error']['code']}"

    def connect(self) -> socket.socket:
        """Opens a connection."""
        return socket.create_connection(("127.0.0.1", self.service.port), 60)

    def neighbour(self) -> str:
        """How another client is answered, and how soon."""
        start = time.perf_counter()
        status = self.post({"documents": ["the valve leaks oil"]})
        return f"{status} in {1e3 * (time.perf_counter() - start):.0f} ms"


def text_of(size: int) -> Callable[[Client], str]:
    """One document of so many bytes."""
    return lambda client: client.post(b'{"documents": ["' + b"x" * size + b'"]}')


def slow_clients(client: Client) -> str:
    """Clients that send a byte now and then; asks while they do."""
    head = b"POST /encode HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"
    connections = [client.connect() for _ in range(SLOW)]
    for connection in connections:
        connection.sendall(head)
    for _ in range(5):
        for connection in connections:
            connection.sendall(b" ")
        time.sleep(0.2)
    answer = f"others {client.neighbour()}"
    for connection in connections:
        connection.close()
    return answer


def many_connections(client: Client) -> str:
    """Connections that ask nothing; asks while they are open."""
    connections = [client.connect() for _ in range(MANY)]
    answer = f"{len(connections):,} open, others {client.neighbour()}"
    for connection in connections:
        connection.close()
    return answer


def rotation(versions: Path, broken: bool) -> Callable[[Client], str]:
    """A new version, or a broken one, that appears under load."""

    def run(client: Client) -> str:
        names = [int(path.name) for path in versions.iterdir()]
        new, aside = versions / str(max(names) + 1), versions.parent / "aside"
        shutil.copytree(versions / "1", aside)
        if broken:
            graph = aside / "saved_model.pb"
            graph.write_bytes(graph.read_bytes()[:-1])
        timer = threading.Timer(2, lambda: aside.rename(new))
        timer.start()
        asked = request("/encode", {"documents": ["the valve leaks oil"]})
        load = closed_loop(client.service.port, [asked], 16, 12)
        timer.join()
        told = f"version {new.name} is refused" if broken else f"version {new.name} "
        seen = "told in the log" if told in client.service.log.lower() else "NOT TOLD"
        return f"{len(load.latencies):,} answered, {load.failures} failed; {seen}"

    return run


def killed_worker(model: Path) -> str:
    """Kill -9 of one of two workers, under load."""
    asked = request("/encode", {"documents": ["the valve leaks oil"]})
    with Service(model, workers=2) as service:
        # Until then all connections are with the first.
        while service.log.count("Application startup complete") < 2:
            time.sleep(0.1)
        time.sleep(1)
        started = re.findall(r"Started worker (\d+)", service.log)
        timer = threading.Timer(2, os.kill, (int(started[0]), signal.SIGKILL))
        timer.start()
        load = closed_loop(service.port, [asked], 16, 12)
        told = "another takes its place" in service.log
        again = len(re.findall(r"Started worker", service.log))
    return (
        f"{len(load.latencies):,} answered; {load.failures} connections of 16 broke, "
        f"all answered when they asked again; {again - 2} worker started anew, "
        f"{'told in the log' if told else 'NOT TOLD'}"
    )


def full_disk(model: Path) -> str:
    """A log on a disk that is full."""
    with Service(model, log=Path("/dev/full")) as service:
        client = Client(service)
        answers = [client.post({"documents": ["valve"]}) for _ in range(100)]
        with urllib.request.urlopen(
            f"http://127.0.0.1:{service.port}/metrics"
        ) as metrics:
            page = metrics.read().decode()
        lost = re.search(r"^kate_log_lines_lost_total (\d+)", page, re.M)
        status = service.stop()
    return (
        f"{answers.count('200')} of 100 answered, {lost[1] if lost else 'NO'} lost "
        f"lines in the metrics, exit {status}"
    )


def end_under_load(client: Client) -> str:
    """SIGTERM with requests in flight."""
    body = {"documents": ["the valve leaks oil " * 50] * 256}
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        asked = [pool.submit(client.post, body) for _ in range(IN_FLIGHT)]
        time.sleep(0.5)
        status = client.service.stop()
        answers = [future.result() for future in asked]
    return f"{answers.count('200')} of {IN_FLIGHT} in flight answered, exit {status}"


def faults(versions: Path) -> dict[str, Callable[[Client], str]]:
    """What is tried, by name; the last ends the service."""
    sparse = {"word_ids": [0], "counts": [3e38], "row_splits": [0, 1]}
    return {
        "a body of 100 MB": text_of(100_000_000),
        "a document of 30 MB": text_of(30_000_000),
        "a million nested lists": lambda c: c.post(b"[" * 1_000_000),
        "bytes that are not UTF-8": lambda c: c.post(b'{"documents": ["\xff"]}'),
        "NaN among the counts": lambda c: c.post(b'{"inputs": [[NaN]]}', PREDICT),
        "a count of 3e38": lambda c: c.post(
            {"signature_name": "encode_sparse", "inputs": sparse}, PREDICT
        ),
        "a million empty strings": lambda c: c.post({"documents": [""] * 1_000_000}),
        "2,048 documents of 14 kB": lambda c: c.post(
            {"documents": ["word valve leaks oil " * 650] * 2048}
        ),
        f"{SLOW} clients that send a byte at a time": slow_clients,
        f"{MANY:,} connections": many_connections,
        "a new version under load": rotation(versions, broken=False),
        "a broken version under load": rotation(versions, broken=True),
        "SIGTERM under load": end_under_load,
    }


# Those that take a service of their own.
OTHERS = {
    "kill -9 of a worker under load": killed_worker,
    "a log on a full disk": full_disk,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(2 * MANY, hard), hard))
    head = ["fault", "answer", "another client then", "memory, MiB"]
    lines = [line(head), "|---" * len(head) + "|"]
    with tempfile.TemporaryDirectory() as work:
        measure("encoding.prepare", options.data.resolve(), work)
        from kate_keras import load

        versions = load(Path(work) / MODEL).export(Path(work) / "news").parent
        with Service(versions, poll_seconds=1, timeout=60) as service:
            client = Client(service)
            lines.append(
                line(["none", "", client.neighbour(), f"{service.memory_mib:,.0f}"])
            )
            for name, fault in faults(versions).items():
                answer = fault(client)
                ended = service.process.poll() is not None
                after = "" if ended else client.neighbour()
                memory = "" if ended else f"{service.memory_mib:,.0f}"
                lines.append(line([name, answer, after, memory]))
                print(lines[-1], flush=True)
        for name, other in OTHERS.items():
            lines.append(line([name, other(versions / "1"), "", ""]))
            print(lines[-1], flush=True)
    text = (
        "# What the service survives\n\nPrinted by `python -m "
        f"benchmarks.service.faults DATA -o RESULTS`: {machine()}. One process, V = "
        "20,000, d = 128, the usual limits.\n\n"
    )
    write_text(options.output / "faults.md", text + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
