"""The load benchmark: its clients against a server that answers as told, its page."""

import asyncio
import threading

import pytest

from benchmarks.service.__main__ import render
from benchmarks.service.load import closed_loop, open_loop, request


@pytest.fixture
def server():
    """Answers every third request with 429; gives its port and the requests."""
    seen = []
    ready, stop = threading.Event(), threading.Event()
    ports = []

    async def answer(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = 0
                for line in head.split(b"\r\n"):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.partition(b":")[2])
                seen.append((head.split(b"\r\n")[0], await reader.readexactly(length)))
                status = b"429 Full" if len(seen) % 3 == 0 else b"200 OK"
                writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\n{}")
        except asyncio.IncompleteReadError:
            writer.close()

    async def run():
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as listening:
            ports.append(listening.sockets[0].getsockname()[1])
            ready.set()
            while not stop.is_set():
                await asyncio.sleep(0.01)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    ready.wait(10)
    yield ports[0], seen
    stop.set()
    thread.join(10)


def test_connections_ask_in_turn_and_failures_are_counted(server):
    port, seen = server
    asked = [request("/livez"), request("/encode", {"documents": ["é"]})]
    load = closed_loop(port, asked, connections=2, seconds=0.3)
    assert load.failures > 0
    assert len(load.latencies) + load.failures <= len(seen)
    assert load.failures / len(load.latencies) == pytest.approx(0.5, abs=0.2)
    assert 0 < load.percentile(0.5) <= load.percentile(0.99) < 0.3
    assert load.requests_per_second == len(load.latencies) / load.seconds
    assert set(seen) == {
        (b"GET /livez HTTP/1.1", b""),
        (b"POST /encode HTTP/1.1", b'{"documents": ["\\u00e9"]}'),
    }


def test_a_steady_rate_is_kept(server):
    port, seen = server
    load = open_loop(port, [request("/livez")], rate=200, seconds=0.5)
    assert len(seen) == 100
    assert (len(load.latencies), load.failures) == (67, 33)
    assert load.seconds >= 0.49


def test_the_page_shows_every_figure():
    row = {
        "connections": 64, "documents": 16, "requests": 500.0, "no_op": 5000.0,
        "p50": 0.1, "p95": 0.2, "p99": 0.25, "failures": 3,
    }  # fmt: skip
    first = row | {"connections": 1, "documents": 1, "p50": 0.001}
    steady = {"rate": 1500.0, "p50": 0.002, "p99": 0.012, "failures": 0}
    page = render(
        {
            "machine": "2 cores",
            "in_process": 10_000.0,
            "rows": [first, row],
            "half_of_peak": steady,
            "engines": [
                {
                    "engine": "light",
                    "installed": 139.4,
                    "start": 1.23,
                    "idle": 85.2,
                    "busy": 91.0,
                    "requests": 3000.0,
                    "documents": 12_345.0,
                }
            ],
        }
    )
    assert "| light | 139 | 1.2 | 85 | 91 | 3,000 | 12,345 |" in page
    assert "| 64 | 16 | 500 | 10% | 8,000 | 80% | 100.0 | 200.0 | 250.0 | 3 |" in page
    assert "a steady 1,500 requests a second" in page
    assert "99 % within 12.0 ms, which is 12 times the median" in page
