"""Several processes behind one socket."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest

from serving.workers import Workers
from tests.serving.test_process import PATIENCE_SECONDS, Service, environment


def metric(address, name):
    text = httpx2.get(f"{address}/metrics", trust_env=False).text
    return sum(
        float(line.rpartition(" ")[2])
        for line in text.splitlines()
        if line.startswith(name) and "_created" not in line
    )


def workers_of(service):
    """Process ids of the workers that the log told of, those that still run."""
    told = [
        int(line.rpartition(" ")[2])
        for line in service.text.splitlines()
        if "Started worker" in line
    ]
    return [number for number in told if _runs(number)]


def _runs(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def ask(address):
    # A connection for each question, so that each worker gets some.
    return httpx2.post(
        f"{address}/encode", json={"documents": ["abc", ""]}, trust_env=False
    )


@pytest.fixture
def service(served_model, tmp_path):
    log = tmp_path / "log.txt"
    command = [sys.executable, "-m", "serving", "--port", "0", "--workers", "2"]
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            command, stderr=stderr, env=environment(KATE_MODEL=str(served_model))
        )
    try:
        yield Service(process, log)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(PATIENCE_SECONDS)


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_workers_share_the_socket_die_alone_and_end_together(service):
    wait_until(lambda: service.text.count("Application startup complete") == 2)
    before = metric(service.address, "kate_documents_total")
    for _ in range(30):
        assert ask(service.address).status_code == 200
    # Whichever worker is asked, the counts are those of both.
    for _ in range(5):
        found = metric(service.address, "kate_documents_total")
        assert found - before == 60
    first, second = workers_of(service)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: "another takes its place" in service.text)
    for _ in range(10):
        assert ask(service.address).status_code == 200
    wait_until(lambda: service.text.count("Application startup complete") == 3)
    assert second in workers_of(service)
    assert len(workers_of(service)) == 2
    assert metric(service.address, "kate_documents_total") - before == 80
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(PATIENCE_SECONDS) == 0
    assert workers_of(service) == []
    assert "Traceback" not in service.text


@pytest.mark.skipif(sys.platform != "linux", reason="Linux divides connections")
def test_connections_are_divided_among_the_workers(service):
    host, port = service.address.removeprefix("http://").split(":")
    wait_until(lambda: listening(int(port)) == 2)
    with ExitStack() as stack:
        clients = [
            stack.enter_context(closing(HTTPConnection(host, int(port), timeout=20)))
            for _ in range(40)
        ]
        assert all(map(_is_answered, clients))
        os.kill(workers_of(service)[0], signal.SIGKILL)
        wait_until(lambda: "another takes its place" in service.text)
        answered = sum(map(_is_answered, clients))
    # That all are with one of two has a chance of 1 in 2 to the 39.
    assert 0 < answered < 40


def listening(port):
    """How many sockets listen at a port."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    rows = [line.split()[1:4] for line in lines]
    return sum(at.endswith(f":{port:04X}") and state == "0A" for at, _, state in rows)


def _is_answered(client):
    """Whether whoever holds the connection is there, or it ends."""
    try:
        client.request("GET", "/livez")
        answer = client.getresponse()
        answer.read()
    except ConnectionError:
        return False
    return answer.status == 200


def test_workers_that_cannot_start_end_the_service(model_folder):
    command = [sys.executable, "-m", "serving", "--port", "0", "--workers", "2"]
    ended = subprocess.run(
        [*command, str(model_folder)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert ended.returncode == 2
    assert "cannot load" in ended.stderr
    assert "none goes on" in ended.stderr


def test_a_signal_that_comes_while_a_worker_starts_reaches_it(monkeypatch):
    told = []

    class Process:
        pid = 7

        def __init__(self, *arguments, **options):
            workers._on_signal(signal.SIGTERM, None)

        def send_signal(self, number):
            told.append(number)

    workers = Workers.__new__(Workers)
    workers._running, workers._stopping, workers._environment = {}, False, {}
    workers._listener = SimpleNamespace(fileno=lambda: 3)
    monkeypatch.setattr("serving.workers.subprocess.Popen", Process)
    workers._start()
    assert told == [signal.SIGTERM]
