"""Clients that ask while something breaks, and look at every answer they get."""

import base64
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException

import numpy as np

PATH = "/encode"
# Batches of other sizes may move the last bits.
TOLERANCE = 1e-5
PATIENCE_SECONDS = 120
# Before a client asks again after a failure, as those of OpenAI do.
PAUSE_SECONDS = 0.5

Vectors = np.ndarray
Question = tuple[bytes, Vectors | None]


def body_of(texts: list[str]) -> bytes:
    """Returns the body of a request for the vectors of texts."""
    return json.dumps({"documents": texts, "encoding_format": "base64"}).encode()


def ask(connection: HTTPConnection, body: bytes) -> tuple[str, Vectors | None]:
    """Returns the status of the answer, with the code of an error, and its vectors."""
    connection.request("POST", PATH, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    found = json.loads(answer.read())
    if answer.status != 200:
        return f"{answer.status} {found['error']['code']}", None
    rows = [np.frombuffer(base64.b64decode(row), "<f4") for row in found["embeddings"]]
    return "200", np.stack(rows)


def expect(port: int, bodies: list[bytes]) -> list[Question]:
    """Returns bodies with the vectors that a service answers now."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    questions = [(body, ask(connection, body)[1]) for body in bodies]
    connection.close()
    return questions


def outcomes_of(
    port: int,
    questions: list[Question],
    seconds: float,
    fault: Callable[[], object],
    clients: int = 8,
) -> Counter[str]:
    """Asks for a while, and breaks something after a quarter of it.

    Args:
        port: Port on the loopback address.
        questions: Bodies and their vectors.
        seconds: How long.
        fault: What breaks something.
        clients: How many ask at a time, each as soon as it is answered.

    Returns:
        How many requests had each outcome: a status, `"broken connection"`, or
        `"wrong vectors"`; and under `"longest, ms"` how long one answer took.
    """
    outcomes: Counter[str] = Counter()
    lock = threading.Lock()
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        place = number
        while time.monotonic() < end:
            body, expected = questions[place % len(questions)]
            place += clients
            begin = time.monotonic()
            try:
                outcome, found = ask(connection, body)
                if found is not None and not np.allclose(
                    found, expected, atol=TOLERANCE
                ):
                    outcome = "wrong vectors"
            except (HTTPException, OSError):
                outcome = "broken connection"
                connection.close()
            took = round(1e3 * (time.monotonic() - begin))
            with lock:
                outcomes[outcome] += 1
                outcomes["longest, ms"] = max(outcomes["longest, ms"], took)
            if outcome != "200":
                time.sleep(PAUSE_SECONDS)
        connection.close()

    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(client, number) for number in range(clients)]
        time.sleep(seconds / 4)
        fault()
        for future in running:
            future.result()
    return outcomes
