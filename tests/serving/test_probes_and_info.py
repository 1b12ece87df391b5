"""GET /livez, /readyz and /info, and the life of the engine."""

import numpy as np
import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.engine import Encoding
from serving.interfaces.probes import CANARY
from serving.settings import Settings


def test_the_engine_runs_as_long_as_the_application(engine):
    with TestClient(create_app(Settings(model="unused"), engine)):
        assert engine.running
    assert not engine.running


def test_livez_does_not_ask_the_model(client, engine):
    assert client.get("/livez").json() == {"status": "alive"}
    assert engine.encoded == []


def test_readyz_encodes_a_canary_each_time(client, engine):
    for _ in range(2):
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
    assert engine.encoded == [[CANARY], [CANARY]]


@pytest.mark.parametrize(
    ("embeddings", "words"),
    [
        ([[np.nan, 0, 0]], "not finite"),
        ([[np.inf, 0, 0]], "not finite"),
        ([[0, 0]], "Expected: shape (1, 3). Received: (1, 2)."),
        ([[0, 0, 0], [0, 0, 0]], "Received: (2, 3)."),
    ],
)
def test_a_canary_with_a_wrong_vector_is_not_ready(
    engine, make_client, embeddings, words
):
    async def encode(_):
        return Encoding(np.array(embeddings, np.float32), np.array([1]), np.array([1]))

    engine.encode = encode
    client = make_client(engine)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "not_ready"
    assert words in answer.json()["error"]["message"]
    assert client.get("/livez").status_code == 200


def test_a_canary_that_fails_is_not_ready_and_the_log_says_why(
    engine, make_client, caplog
):
    async def encode(_):
        raise RuntimeError("the reason")

    engine.encode = encode
    answer = make_client(engine).get("/readyz")
    assert answer.status_code == 503
    assert "the reason" not in answer.text
    assert "RuntimeError: the reason" in caplog.text


def test_readyz_recovers_with_the_model(engine, make_client):
    works = engine.encode

    async def fails(_):
        raise RuntimeError

    client = make_client(engine)
    engine.encode = fails
    assert client.get("/readyz").status_code == 503
    engine.encode = works
    assert client.get("/readyz").status_code == 200


def test_info_names_the_model_and_every_limit(make_client):
    client = make_client(max_body_bytes=1000, max_documents=5, batch_size=2)
    assert client.get("/info").json() == {
        "model": "fake",
        "version": "7",
        "fingerprint": "f00d",
        "dimensions": 3,
        "vocabulary_size": 11,
        "versions": {"kate_keras": "0.1.0"},
        "models": ["fake"],
        "index": False,
        "limits": {
            "max_body_bytes": 1000,
            "max_documents": 5,
            "max_document_bytes": 2**20,
            "batch_size": 2,
            "max_queue": 8192,
            "max_nesting": 1024,
            "timeout": 60.0,
        },
    }


def test_a_service_that_was_told_to_stop_is_not_ready_but_answers(client):
    client.app.state.stopping = True
    for path in ("/readyz", "/v2/health/ready"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "told to stop" in answer.json()["error"]["message"]
    assert client.get("/livez").status_code == 200
    assert client.post("/encode", json={"documents": ["a"]}).status_code == 200


def test_info_tells_every_setting_that_is_a_limit(client):
    limits = {name for name in Settings.model_fields if name.startswith("max_")}
    assert limits <= set(client.get("/info").json()["limits"])


def test_a_proxy_may_strip_the_root_path_or_keep_it(make_client):
    client = make_client(root_path="/kate")
    assert client.get("/livez").status_code == 200
    assert client.get("/kate/livez").status_code == 200
    assert "/kate/openapi.json" in client.get("/docs").text
