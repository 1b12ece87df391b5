"""Clients over kept connections: at a steady rate, or as soon as they are answered."""

import asyncio
import json
import time
from dataclasses import dataclass

import numpy as np

# Enough that one is free as long as the service keeps up.
OPEN_CONNECTIONS = 128


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
        seconds: How long, after a tenth of that as a warm-up. Answers of that time
            count, whenever they were asked for.
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
                try:
                    writer.write(requests[place % len(requests)])
                    status = await _answer(reader)
                except (ConnectionError, asyncio.IncompleteReadError):
                    # Asked again, as clients do.
                    failures += 1
                    writer.close()
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    continue
                place += connections
                now = time.perf_counter()
                # By their ends, or loads whose answers take seconds would lose them.
                if begin <= now < begin + seconds:
                    if status == 200:
                        latencies.append(now - start)
                    else:
                        failures += 1
            writer.close()

        await asyncio.gather(*(client(number) for number in range(connections)))
        return Load(seconds, np.array(latencies), failures)

    return asyncio.run(run())


def open_loop(port: int, requests: list[bytes], rate: float, seconds: float) -> Load:
    """Asks at a steady rate, whether or not there are answers.

    A latency counts from the moment at which a request was due, so that waiting for a
    free connection is part of it.

    Args:
        port: Port on the loopback address.
        requests: What is asked, in turn.
        rate: Requests a second.
        seconds: How long.
    """

    async def run() -> Load:
        latencies: list[float] = []
        failures = 0
        free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
            asyncio.Queue()
        )
        for _ in range(OPEN_CONNECTIONS):
            free.put_nowait(await asyncio.open_connection("127.0.0.1", port))

        async def ask(number: int, due: float) -> None:
            nonlocal failures
            connection = await free.get()
            connection[1].write(requests[number % len(requests)])
            status = await _answer(connection[0])
            free.put_nowait(connection)
            if status == 200:
                latencies.append(time.perf_counter() - due)
            else:
                failures += 1

        begin = time.perf_counter()
        tasks = []
        for number in range(round(rate * seconds)):
            due = begin + number / rate
            # Timers are coarser than the distance of two requests.
            if due - time.perf_counter() > 0.001:
                await asyncio.sleep(due - time.perf_counter())
            tasks.append(asyncio.create_task(ask(number, due)))
        await asyncio.gather(*tasks)
        while not free.empty():
            free.get_nowait()[1].close()
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
