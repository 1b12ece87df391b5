"""Deadlines, full queues and clients that hang up, through the real app."""

import asyncio
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from serving.route import TIMEOUT_HEADER

PATIENCE_SECONDS = 20
INFER = {"inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": ["a"]}]}


@pytest.fixture
def held(engine, make_client):  # noqa: ARG001  It is to be released before the app ends.
    """The engine, which encodes nothing until the event is set."""
    works = engine.encode
    engine.released = threading.Event()

    async def wait_and_encode(documents):
        while not engine.released.is_set():
            await asyncio.sleep(0.001)
        return await works(documents)

    engine.encode = wait_and_encode
    yield engine
    engine.released.set()


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def queued(client):
    return client.app.state.models.find().batcher.queued


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/encode", {"documents": ["a"]}),
        ("/v1/embeddings", {"model": "fake", "input": "a"}),
        ("/v1/models/fake:predict", {"instances": ["a"]}),
        ("/v1/models/fake/versions/7:predict", {"instances": ["a"]}),
        ("/v1/models/fake/labels/stable:predict", {"instances": ["a"]}),
        ("/v2/models/fake/infer", INFER),
        ("/v2/models/fake/versions/7/infer", INFER),
    ],
)  # fmt: skip
def test_a_deadline_that_passes_is_told(held, make_client, path, body):
    client = make_client(held)
    answer = client.post(path, json=body, headers={TIMEOUT_HEADER: "0.01"})
    assert answer.status_code == 504
    assert answer.json()["error"]["code"] == "deadline_passed"
    assert "within 0.01 seconds" in answer.json()["error"]["message"]
    assert queued(client) == 0


@pytest.fixture
def held_run(engine, make_client):  # noqa: ARG001  As above.
    """The engine, whose functions that share no batches answer when they are told."""
    works, engine.begun, engine.ended = engine.run, 0, 0
    engine.released = threading.Event()

    async def wait_and_run(signature, inputs):
        engine.begun += 1
        try:
            while not engine.released.is_set():
                await asyncio.sleep(0.001)
            return await works(signature, inputs)
        finally:
            engine.ended += 1

    engine.run = wait_and_run
    yield engine
    engine.released.set()


SPARSE = {"word_ids": [0], "counts": [1.0], "row_splits": [0, 1]}
READING = [
    ("GET", "/topics", None),
    ("GET", "/topics/1", None),
    ("GET", "/words/a", None),
    ("POST", "/explain", {"documents": ["a", "b"]}),
    (
        "POST",
        "/v1/models/fake:predict",
        {"signature_name": "encode_sparse", "inputs": SPARSE},
    ),
]


@pytest.mark.parametrize(("method", "path", "body"), READING)
def test_whatever_asks_the_model_has_a_deadline(
    held_run, make_client, method, path, body
):
    client = make_client(held_run, timeout=5)
    headers = {TIMEOUT_HEADER: "0.01"}
    answer = client.request(method, path, json=body, headers=headers)
    assert answer.status_code == 504
    assert "within 0.01 seconds" in answer.json()["error"]["message"]
    # What was begun is not gone on with.
    wait_until(lambda: held_run.ended == 1)
    assert held_run.begun == 1


def test_an_explanation_that_nobody_waits_for_is_given_up(held_run, serve):
    body = json.dumps({"documents": ["x"] * 5}).encode()
    head = (
        "POST /explain HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with serve() as (url, _):
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), PATIENCE_SECONDS) as client:
            client.sendall(head.encode() + body)
            wait_until(lambda: held_run.begun == 1)
        wait_until(lambda: held_run.ended == 1)
    assert held_run.begun == 1


@pytest.mark.parametrize("settings", [{"timeout": 0.1}, {}])
def test_a_body_that_does_not_come_is_not_waited_for(engine, serve, settings):
    asked = "" if settings else f"{TIMEOUT_HEADER}: 0.1\r\n"
    head = (
        "POST /encode HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"{asked}Content-Length: 100\r\n\r\n"
    )
    with serve(**settings) as (url, _):
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), PATIENCE_SECONDS) as client:
            client.sendall(head.encode() + b"{")
            answer = b"".join(iter(lambda: client.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 504 ")
    assert b'"deadline_passed"' in answer
    assert b"within 0.1 seconds" in answer
    assert engine.encoded == []


def test_nobody_may_wait_for_longer_than_the_service_allows(held, make_client):
    client = make_client(held, timeout=0.01)
    for headers in ({}, {TIMEOUT_HEADER: "1000"}):
        answer = client.post("/encode", json={"documents": ["a"]}, headers=headers)
        assert answer.status_code == 504


@pytest.mark.parametrize("value", ["soon", "", "0", "-1", "nan", "inf"])
def test_a_deadline_that_is_no_number_of_seconds_is_refused(client, value, engine):
    answer = client.post(
        "/encode", json={"documents": ["a"]}, headers={TIMEOUT_HEADER: value}
    )
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == ("wrong_value", TIMEOUT_HEADER)
    assert engine.encoded == []


def test_a_full_queue_is_told_and_nothing_that_was_taken_is_lost(held, make_client):
    client = make_client(held, max_queue=2, batch_size=1)

    def post(*documents):
        return client.post("/encode", json={"documents": documents})

    with ThreadPoolExecutor(3) as pool:
        # The first is with the engine, the others wait.
        taken = [pool.submit(post, "first")]
        wait_until(lambda: client.app.state.models.find().batcher._worker is not None)
        wait_until(lambda: queued(client) == 0)
        taken += [pool.submit(post, "second"), pool.submit(post, "third")]
        wait_until(lambda: queued(client) == 2)
        for documents in (["one"], ["one", "two"]):
            answer = post(*documents)
            assert answer.status_code == 429
            assert answer.json()["error"]["code"] == "queue_full"
            assert int(answer.headers["retry-after"]) >= 1
        held.released.set()
        assert [future.result().status_code for future in taken] == [200] * 3
    assert sorted(len(batch) for batch in held.encoded) == [1, 1, 1]


def test_a_client_that_hangs_up_frees_its_place(held, serve):
    body = json.dumps({"documents": ["x"] * 5}).encode()
    head = (
        "POST /encode HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with serve(batch_size=2) as (url, app):
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), PATIENCE_SECONDS) as client:
            client.sendall(head.encode() + body)
            wait_until(lambda: app.state.models.find().batcher.queued == 3)
        wait_until(lambda: app.state.models.find().batcher.queued == 0)
        held.released.set()
        with socket.create_connection((host, int(port)), PATIENCE_SECONDS) as client:
            client.sendall(head.encode() + body)
            assert client.recv(100).startswith(b"HTTP/1.1 200 ")
    # Of the first request only the batch at hand was encoded.
    assert [len(batch) for batch in held.encoded] == [2, 2, 2, 1]
