"""One real process on a loopback socket."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120


class Service:
    """A running `python -m serving` and its address."""

    def __init__(self, process, log):
        self.process = process
        self.log = log
        self.address = self._wait_until_ready()

    def _wait_until_ready(self):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            named = re.search(r"at (http://127\.0\.0\.1:\d+)$", self.text, re.MULTILINE)
            if named and self._is_ready(named[1]):
                return named[1]
            time.sleep(0.1)
        pytest.fail(f"the service did not become ready:\n{self.text}")

    def _is_ready(self, address):
        try:
            return httpx2.get(f"{address}/readyz", trust_env=False).status_code == 200
        except httpx2.TransportError:
            return False

    @property
    def text(self):
        return self.log.read_text()


def environment(**variables):
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("KATE_")}
    path = os.pathsep.join([str(ROOT), inherited.get("PYTHONPATH", "")])
    return inherited | {"PYTHONPATH": path.strip(os.pathsep)} | variables


@pytest.fixture(scope="module")
def service(served_model, tmp_path_factory):
    log = tmp_path_factory.mktemp("service") / "log.txt"
    command = [sys.executable, "-m", "serving", "--port", "0", "--threads", "1"]
    variables = environment(KATE_MODEL=str(served_model), KATE_MAX_BODY_BYTES="100000")
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, stderr=stderr, env=variables)
    try:
        yield Service(process, log)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE_SECONDS)


@pytest.fixture
def http(service):
    with httpx2.Client(base_url=service.address, trust_env=False, timeout=60) as client:
        yield client


def test_a_process_encodes_documents(http):
    body = http.post("/encode", json={"documents": ["abc", ""]}).json()
    assert body["model"] == "müsli"
    assert body["known_words"] == [1, 0]


def test_one_connection_serves_good_and_bad_requests(http):
    for _ in range(3):
        assert http.post("/encode", json={"documents": "x"}).status_code == 422
        assert http.post("/encode", json={"documents": ["x"]}).status_code == 200


def test_an_announced_body_over_the_limit_gets_its_answer(http):
    answer = http.post("/encode", json={"documents": ["x" * 100_000]})
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "body_too_large"


def test_a_body_in_chunks_over_the_limit_gets_its_answer(http):
    chunks = iter([b"x" * 60_000] * 2)
    headers = {"content-type": "application/json"}
    answer = http.post("/encode", content=chunks, headers=headers)
    assert answer.status_code == 413
    assert "KATE_MAX_BODY_BYTES" in answer.json()["error"]["message"]


def test_a_client_that_sends_all_before_it_listens_gets_its_answer(service):
    body = b'{"documents": ["' + b"x" * 350_000 + b'"]}'
    head = (
        "POST /encode HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    host, port = service.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), PATIENCE_SECONDS) as connection:
        connection.sendall(head.encode() + body)
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"KATE_MAX_BODY_BYTES" in answer


def test_the_health_check_of_the_image_agrees(service):
    command = [sys.executable, "-m", "serving.healthcheck"]
    port = service.address.rpartition(":")[2]
    healthy = subprocess.run(command, env=environment(KATE_PORT=port), timeout=60)
    assert healthy.returncode == 0
    with socket.create_server(("127.0.0.1", 0)) as unanswered:
        free = unanswered.getsockname()[1]
    sick = subprocess.run(
        command, env=environment(KATE_PORT=str(free)), timeout=60, capture_output=True
    )
    assert sick.returncode == 1
    assert sick.stderr.startswith(b"not ready: ")


def test_the_process_stops_when_it_is_told_to(service):
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(PATIENCE_SECONDS) == 0
    assert "Told to stop" in service.text
    assert "Application shutdown complete" in service.text
    assert "Traceback" not in service.text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_log_on_a_full_disk_stops_nobody(served_model):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    command = [sys.executable, "-m", "serving", str(served_model), "--port", str(port)]
    with open("/dev/full", "wb") as full:
        process = subprocess.Popen(command, stderr=full, env=environment())
    try:
        with httpx2.Client(
            base_url=f"http://127.0.0.1:{port}", trust_env=False
        ) as client:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < deadline and process.poll() is None:
                try:
                    client.get("/livez")
                    break
                except httpx2.TransportError:
                    time.sleep(0.1)
            for _ in range(5):
                answer = client.post("/encode", json={"documents": ["abc"]})
                assert answer.status_code == 200
            lost = re.search(
                r"^kate_log_lines_lost_total (\S+)", client.get("/metrics").text, re.M
            )
        # A line for each request, and those of the start.
        assert float(lost[1]) > 5
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE_SECONDS)


def test_a_mistake_is_one_line_on_stderr(tmp_path):
    command = [sys.executable, "-m", "serving", str(tmp_path)]
    ended = subprocess.run(
        command, env=environment(), capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert re.fullmatch(r"python -m serving: error: .+\n", ended.stderr)
