"""A real model under Ray Serve: its vectors, replicas that end, what is refused."""

import asyncio
import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from conftest import themed_documents
from fastapi.testclient import TestClient
from ray_serving import (
    PATIENCE_SECONDS,
    client_of,
    replica_pids,
    serve,
    wait_until,
)

from serving.app import create_app
from serving.errors import ANSWERS, Failure
from serving.ray_serve import application, deployment
from serving.ray_serve.__main__ import main
from serving.ray_serve.cluster import deploy
from serving.ray_serve.deployment import NAME, build, check_exposure_of_serve
from serving.ray_serve.front import Front, middlewares
from serving.ray_serve.scaling import Scaling
from serving.server import ServeError
from serving.settings import Settings, SettingsError

TEXTS = themed_documents(8)[0] + ["", "zzzz"]
ASKED = {"documents": TEXTS, "encoding_format": "base64"}
# Grows as soon as there is something to do, and does not shrink while it is looked at.
EAGER = {"target_requests": 0.5, "upscale_seconds": 0.5, "downscale_seconds": 3600.0}


def vectors_of(answer):
    return [base64.b64decode(text) for text in answer.json()["embeddings"]]


def error_of(answer):
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return answer.status_code, error["code"]


def light(model_folder, **options):
    return Settings(model=model_folder, engine="light", **options)


def plain_vectors(settings):
    """The vectors of the plain form."""
    with TestClient(create_app(settings)) as client:
        return vectors_of(client.post("/encode", json=ASKED))


@pytest.fixture(scope="module")
def expected(model_folder):
    return plain_vectors(light(model_folder))


@pytest.fixture(scope="module")
def service(serve_address, model_folder):
    """The address of one replica, in whose place tests may deploy others."""
    deploy(build(light(model_folder), Scaling(max_replicas=1)))
    yield serve_address
    serve.delete(NAME)


@contextmanager
def load(address, answers, clients=4):
    """Asks again and again, until the end of the context."""
    end = threading.Event()

    def ask():
        with client_of(address) as client:
            while not end.is_set():
                answers.append(client.post("/encode", json=ASKED))

    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(ask) for _ in range(clients)]
        try:
            yield
        finally:
            end.set()
            for future in running:
                future.result()


def documents_counted(client):
    page = client.get("/metrics")
    assert page.headers["x-content-type-options"] == "nosniff"
    found = re.findall(r"^kate_documents_total\{.*\} (\S+)$", page.text, re.M)
    return sum(map(float, found))


def test_another_deployment_takes_over_without_a_failure(service, model_folder):
    settings, single = Settings(model=model_folder), Scaling(max_replicas=1)
    answers = []
    with client_of(service) as client, load(service, answers, clients=2):
        before = client.post("/encode", json=ASKED)
        deploy(build(settings.model_copy(update={"max_documents": 77}), single))

        def limit():
            return client.get("/info").json()["limits"]["max_documents"]

        wait_until(lambda: {limit() for _ in range(5)} == {77})
        after = client.post("/encode", json=ASKED)
    assert {answer.status_code for answer in answers} == {200}
    # To the bit, of the engine that answers.
    assert vectors_of(after) == plain_vectors(settings)
    for answer in answers:
        assert vectors_of(answer) in (vectors_of(before), vectors_of(after))


def test_a_damaged_model_is_refused_in_one_line_and_the_one_before_goes_on(
    service, model_folder, tmp_path
):
    damaged = tmp_path / "model"
    shutil.copytree(model_folder, damaged)
    with (damaged / "vocabulary.json").open("ab") as file:
        file.write(b" ")
    with client_of(service) as client:
        with pytest.raises(ServeError, match="cannot start: .*vocabulary.json") as told:
            deploy(build(light(damaged), Scaling()))
        assert "\n" not in str(told.value)
        assert {client.post("/encode", json=ASKED).status_code for _ in "abc"} == {200}


def test_replicas_come_with_the_load_and_die_alone(service, model_folder, expected):
    deploy(build(light(model_folder), Scaling.of(max_replicas=2, **EAGER)))
    answers = []
    with client_of(service) as client:
        before = documents_counted(client)
        with load(service, answers):
            both = wait_until(lambda: len(replica_pids()) == 2 and replica_pids())
        assert {a.status_code for a in answers} == {200}
        assert all(vectors_of(a) == expected for a in answers)
        # Whichever replica is asked, the counts are those of all.
        assert documents_counted(client) - before == len(TEXTS) * len(answers)

        dying = []
        with load(service, dying):
            wait_until(lambda: len(dying) > 20)
            os.kill(both[0], signal.SIGKILL)
            killed = len(dying)
            wait_until(lambda: len(dying) > killed + 20)
            again = wait_until(
                lambda: (
                    set(pids := replica_pids()) != set(both) and len(pids) == 2 and pids
                )
            )
        assert both[0] not in again
        assert both[1] in again
        statuses = Counter(answer.status_code for answer in dying)
        assert set(statuses) <= {200, 503}
        # Those that it had, at most one of each client.
        assert statuses[503] <= 4
        for answer in dying:
            if answer.status_code == 200:
                assert vectors_of(answer) == expected
            else:
                assert error_of(answer) == (503, "not_ready")
                assert answer.headers["retry-after"] == "1"
                assert len(answer.headers["x-request-id"]) == 32
        answered = len(answers) + statuses[200]
        # What the dead one counted stays counted.
        assert documents_counted(client) - before >= len(TEXTS) * answered
        assert re.search(
            r"^kate_queue_size\{.*\} 0\.0$", client.get("/metrics").text, re.M
        )


def test_a_replica_does_not_answer_whoever_reaches_serve(serve_address, monkeypatch):
    settings = Settings(model="m", host="0.0.0.0")
    check_exposure_of_serve(settings)
    monkeypatch.setattr(deployment, "host_of_serve", lambda: "0.0.0.0")
    with pytest.raises(SettingsError, match="0.0.0.0 can be reached from other"):
        check_exposure_of_serve(Settings(model="m"))
    check_exposure_of_serve(Settings(model="m", api_keys="key"))


def test_the_command_serves_and_ends_after_what_it_took(model_folder, expected):
    variables = {k: v for k, v in os.environ.items() if not k.startswith("KATE_")}
    path = [os.getcwd(), variables.get("PYTHONPATH", "")]
    variables |= {"PYTHONPATH": os.pathsep.join(path).strip(os.pathsep)}
    command = [sys.executable, "-m", "serving.ray_serve", str(model_folder)]
    command += ["--port", "0", "--max-replicas", "1", "--engine", "light"]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=variables
    )
    try:
        lines = []
        for line in process.stderr:
            lines.append(line)
            if named := re.search(r"at (http://127\.0\.0\.1:\d+)$", line):
                break
        else:
            pytest.fail("".join(lines))
        with client_of(named[1]) as client:
            assert vectors_of(client.post("/encode", json=ASKED)) == expected
            large = {"documents": ["moon soup " * 50_000] * 50}
            with ThreadPoolExecutor(1) as pool:
                taken = pool.submit(client.post, "/encode", json=large)
                with client_of(named[1]) as other:
                    wait_until(lambda: _in_progress(other))
                process.send_signal(signal.SIGTERM)
                assert taken.result().status_code == 200
        process.stderr.read()
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(PATIENCE_SECONDS)
        process.stderr.close()


def _in_progress(client):
    """Whether the model works: a second batch of the large request is counted."""
    page = client.get("/metrics").text
    (batches,) = re.findall(r"^kate_batch_size_count\{.*\} (\S+)$", page, re.M)
    return float(batches) > 1


def mistake_of(capsys, *argv):
    with pytest.raises(SystemExit) as caught:
        main([str(word) for word in argv])
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith("python -m serving.ray_serve: error: ")
    assert err.count("\n") == 1
    return err


def test_mistakes_are_one_line_before_ray_is_asked(capsys, model_folder, monkeypatch):
    def of(*argv):
        return mistake_of(capsys, model_folder, *argv)

    assert "is not a folder" in mistake_of(capsys, model_folder / "none")
    assert "can be reached from other machines" in of("--host", "0.0.0.0")
    assert "--min-replicas 3 is more than --max-replicas 2" in of(
        "--min-replicas=3", "--max-replicas=2"
    )
    assert "--max-replicas must be greater than or equal to 1" in of("--max-replicas=0")
    assert "unrecognized arguments: --workers" in of("--workers=2")
    assert "--ssl-certfile and --ssl-keyfile go together" in of("--ssl-certfile=c.pem")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert "cannot be listened on" in of("--port", port)
    monkeypatch.setenv("KATE_WORKERS", "2")
    assert "--workers means nothing under Ray Serve" in of()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"model": "m", "replicas": "2"}, "'replicas' is not a setting"),
        ({"model": "m", "max_replicas": "few"}, "--max-replicas must be a valid"),
        ({"model": "m", "port": "few"}, "--port must be a valid integer"),
        ({"model": "m", "drain_seconds": "3"}, "--drain-seconds means nothing"),
        ({}, "No model was named"),
    ],
)
def test_arguments_of_serve_run_are_checked(args, words):
    with pytest.raises(SettingsError, match=words):
        application(args)


def test_arguments_become_settings_of_the_replicas():
    app = application({"model": ["a=x", "b=y"], "batch_size": 7, "min_replicas": 2})
    own = app._bound_deployment
    (variables,) = own.init_args
    assert variables["KATE_MODEL"] == "a=x,b=y"
    assert variables["KATE_BATCH_SIZE"] == "7"
    assert variables["KATE_THREADS"] == "1"
    config = own._deployment_config
    assert config.autoscaling_config.min_replicas == 2
    assert config.max_ongoing_requests > Settings(model="m").max_queue + 7


def messages_of(front, messages):
    """Sends a request through the front; returns what the caller is sent."""
    sent, rest = [], list(messages)

    async def receive():
        return rest.pop(0) if rest else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/encode", "headers": []}
    asyncio.run(front(scope, receive, send))
    return sent


def asked(front, messages=({"type": "http.request", "body": b""},)):
    """Returns the answer's status, headers and body."""
    start, *bodies = messages_of(front, messages)
    headers = [(name.decode(), value.decode()) for name, value in start["headers"]]
    return start["status"], headers, b"".join(m["body"] for m in bodies)


def serve_says(status, headers=(), body=b"Serve's own words"):
    async def app(scope, receive, send):
        if status is not None:
            start = {"type": "http.response.start", "status": status}
            await send({**start, "headers": list(headers)})
            await send({"type": "http.response.body", "body": body})

    return app


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (404, Failure.NOT_READY),
        (408, Failure.DEADLINE_PASSED),
        (429, Failure.QUEUE_FULL),
        (503, Failure.NOT_READY),
        (500, Failure.NOT_READY),
        # Of a replica that died Serve says nothing at all.
        (None, Failure.NOT_READY),
    ],
)
def test_what_serve_says_itself_has_the_one_shape(status, failure):
    found, headers, body = asked(Front(serve_says(status), 100))
    assert found == ANSWERS[failure].status
    error = json.loads(body)["error"]
    assert (error["code"], error["type"]) == (failure, ANSWERS[failure].type)
    assert "Serve's own words" not in error["message"]
    names = dict(headers)
    assert names["retry-after"] == "1"
    assert names["x-content-type-options"] == "nosniff"
    assert re.fullmatch("[0-9a-f]{32}", names["x-request-id"])


def test_what_a_replica_says_stays_as_it_is():
    own = [(b"x-content-type-options", b"nosniff")]
    ids = [(b"x-request-id", b"first"), (b"X-Request-ID", b"second")]
    found, headers, body = asked(Front(serve_says(404, own + ids, b"ours"), 100))
    assert (found, body) == (404, b"ours")
    assert [value for name, value in headers if name == "x-request-id"] == ["first"]
    assert asked(Front(serve_says(200, [], b"pong"), 100))[::2] == (200, b"pong")


async def reads_all(scope, receive, send):
    while (message := await receive()).get("more_body"):
        pass
    if message["type"] == "http.disconnect":
        # As Serve's replicas do, whose answer comes too late.
        await serve_says(400, [(b"x-content-type-options", b"nosniff")])(0, 0, send)
    else:
        await serve_says(200, [], b"read")(scope, receive, send)


@pytest.mark.parametrize(("length", "status"), [(10, 200), (11, 413)])
def test_both_sides_of_the_limit_of_a_body(length, status):
    chunk = {"type": "http.request", "more_body": True}
    half = {**chunk, "body": b"x" * 5}
    rest = {**chunk, "body": b"x" * (length - 5), "more_body": False}
    assert asked(Front(reads_all, 10), (half, rest))[0] == status


def test_a_caller_who_hangs_up_is_no_error(caplog):
    async def app(scope, receive, send):
        while (await receive())["type"] != "http.disconnect":
            pass

    assert messages_of(Front(app, 10), ()) == []
    assert caplog.records == []


def test_the_front_goes_by_the_environment_of_the_proxy(monkeypatch):
    monkeypatch.setenv("KATE_MAX_BODY_BYTES", "123")
    monkeypatch.setenv("KATE_ROOT_PATH", "/kate")
    monkeypatch.setenv("KATE_ANOTHER", "of no concern")
    (middleware,) = middlewares()
    assert middleware.args == (123, "/kate")


def test_the_plain_form_does_not_import_ray():
    code = (
        "import sys, serving.__main__, serving.worker\n"
        "assert not {'ray', 'serving.ray_serve'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE_SECONDS)
