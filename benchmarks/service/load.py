"""Clients that ask again as soon as they are answered, over kept connections."""

import asyncio
import json
import time
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Load:
    """What clients saw.

    Args:
        seconds: How long they asked.
        latencies: Seconds of every answer, shape `(n_requests,)`.
        failures: Answers other than 200, and connections that broke.
    """

    seconds: float
    latencies: np.ndarray
    failures: int

    @property
    def requests_per_second(self) -> float:
        """Answers of 200 a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Returns the latency that a share of the requests did not exceed, seconds."""
        return float(np.percentile(self.latencies, 100 * share))


def request(path: str, body: object | None = None) -> bytes:
    """Returns the bytes of a request: POST of JSON, or GET without a body."""
    content = b"" if body is None else json.dumps(body).encode()
    head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return head.encode() + b"\r\n" + content


def closed_loop(
    port: int, requests: list[bytes], connections: int, seconds: float
) -> Load:
    """Keeps so many connections busy for a while.

    Args:
        port: Port on the loopback address.
        requests: What is asked, in turn.
        connections: How many ask at a time.
        seconds: How long, after a tenth of that as a warm-up.
    """

    async def run() -> Load:
        latencies: list[float] = []
        failures = 0
        begin = time.perf_counter() + seconds / 10

        async def client(number: int) -> None:
            nonlocal failures
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            place = number
            while (start := time.perf_counter()) < begin + seconds:
                writer.write(requests[place % len(requests)])
                place += connections
                status = await _answer(reader)
                if start >= begin:
                    if status == 200:
                        latencies.append(time.perf_counter() - start)
                    else:
                        failures += 1
            writer.close()

        await asyncio.gather(*(client(number) for number in range(connections)))
        return Load(time.perf_counter() - begin, np.array(latencies), failures)

    return asyncio.run(run())


async def _answer(reader: asyncio.StreamReader) -> int:
    """Reads an answer to its end; returns its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    for line in lines:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            await reader.readexactly(int(value))
    return int(lines[0].split()[1])
