"""Several models in one service, and which of them answers."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.model_folder import ModelFolderError
from serving.settings import Settings

TEXT = [{"name": "text", "shape": [1], "datatype": "BYTES", "data": ["a"]}]


@pytest.fixture
def two(make_engine):
    """A service with the models `news` and `müsli`, each with an engine of its own."""
    engines = {name: make_engine(name) for name in ("news", "müsli")}
    app = create_app(Settings(model="a,b"), *engines.values())
    with TestClient(app, raise_server_exceptions=False) as client:
        client.engines = engines
        yield client


def asked(client):
    """The names of the models that were asked since the last time."""
    names = [n for n, e in client.engines.items() if e.encoded or e.calls]
    for engine in client.engines.values():
        engine.encoded.clear()
        engine.calls.clear()
    return names


def test_the_first_answers_where_none_is_named(two):
    for method, path, body in (
        ("POST", "/encode", {"documents": ["a"]}),
        ("POST", "/explain", {"documents": ["a"]}),
        ("GET", "/topics", None),
        ("GET", "/words/a", None),
    ):
        answer = two.request(method, path, json=body)
        assert answer.json()["model"] == "news"
        assert answer.headers["x-model-name"] == "news"
        assert asked(two) == ["news"]
    assert two.get("/info").json()["model"] == "news"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/encode", {"documents": ["a"], "model": "müsli"}),
        ("POST", "/explain", {"documents": ["a"], "model": "müsli"}),
        ("GET", "/topics?model=müsli", None),
        ("GET", "/topics/1?model=müsli", None),
        ("GET", "/words/a?model=müsli", None),
        ("POST", "/v1/embeddings", {"input": "a", "model": "müsli"}),
        ("POST", "/v1/models/müsli:predict", {"instances": ["a"]}),
        ("POST", "/v1/models/müsli/versions/7:predict", {"instances": ["a"]}),
        ("POST", "/v2/models/müsli/infer", {"inputs": TEXT}),
        ("GET", "/v2/models/müsli/ready", None),
    ],
)
def test_the_model_that_is_named_answers(two, method, path, body):
    answer = two.request(method, path, json=body)
    assert answer.status_code == 200
    assert unquote(answer.headers["x-model-name"]) == "müsli"
    assert asked(two) == ["müsli"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/encode", {"documents": ["a"], "model": "other"}),
        ("POST", "/explain", {"documents": ["a"], "model": "other"}),
        ("GET", "/topics?model=other", None),
        ("GET", "/info?model=other", None),
        ("POST", "/v1/embeddings", {"input": "a", "model": "other"}),
        ("POST", "/v1/models/other:predict", {"instances": ["a"]}),
        ("GET", "/v1/models/other", None),
        ("POST", "/v2/models/other/infer", {"inputs": TEXT}),
    ],
)
def test_a_model_that_is_not_here_is_not_found(two, method, path, body):
    answer = two.request(method, path, json=body)
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == ("model_not_found", "model")
    assert "'other' here. Expected: 'news' or 'müsli'" in error["message"]
    assert "x-model-name" not in answer.headers
    assert asked(two) == []


def test_every_model_is_listed_and_described(two):
    listed = two.get("/v1/models").json()["data"]
    assert [model["id"] for model in listed] == ["news", "müsli"]
    info = two.get("/info", params={"model": "müsli"}).json()
    assert (info["model"], info["models"]) == ("müsli", ["news", "müsli"])
    assert two.get("/info?model=").status_code == 422


def test_the_service_is_ready_when_every_model_is(two):
    assert two.get("/readyz").status_code == 200
    assert asked(two) == ["news", "müsli"]

    async def fail(_):
        raise RuntimeError

    two.engines["müsli"].encode = fail
    assert two.get("/readyz").status_code == 503
    assert two.get("/v2/health/ready").status_code == 503
    assert two.get("/v2/models/news/ready").status_code == 200
    assert two.post("/encode", json={"documents": ["a"]}).status_code == 200


def test_documents_are_counted_for_each_model(two):
    two.post("/encode", json={"documents": ["a", "b"], "model": "müsli"})
    two.post("/encode", json={"documents": ["a"]})
    text = two.get("/metrics").text
    assert 'kate_documents_total{model="müsli"} 2.0' in text
    assert 'kate_documents_total{model="news"} 1.0' in text


def every_way_to_a_vector(name):
    yield "POST", "/encode", {"documents": ["a"]}
    yield "POST", "/explain", {"documents": ["a"]}
    yield "POST", "/v1/embeddings", {"model": name, "input": "a"}
    yield "POST", f"/v1/models/{name}:predict", {"instances": ["a"]}
    yield "POST", f"/v2/models/{name}/infer", {"inputs": TEXT}
    yield "GET", "/topics", None
    yield "GET", "/info", None
    yield "GET", f"/v1/models/{name}/metadata", None


def test_every_answer_of_a_model_says_which_it_was(client):
    for method, path, body in every_way_to_a_vector("fake"):
        headers = client.request(method, path, json=body).headers
        assert headers["x-model-name"] == "fake"
        assert headers["x-model-version"] == "7"
        assert headers["x-model-fingerprint"] == "f00d"
    assert "x-model-fingerprint" not in client.get("/livez").headers


def test_a_caller_may_insist_on_a_fingerprint(client, engine):
    for method, path, body in every_way_to_a_vector("fake"):
        for wanted, status in (("f00d", 200), ("beef", 412)):
            headers = {"X-Model-Fingerprint": wanted}
            answer = client.request(method, path, json=body, headers=headers)
            assert answer.status_code == status, path
        error = answer.json()["error"]
        assert error["code"] == "other_fingerprint"
        assert "has the fingerprint f00d" in error["message"]
        assert "'beef'" in error["message"]
        # What there is instead.
        assert answer.headers["x-model-fingerprint"] == "f00d"
    assert len(engine.encoded) == 4


def test_models_are_loaded_from_their_folders(tmp_path, save_model):
    for name, scale, digits in (("one", 1.0, "f1"), ("two", 2.0, "f2")):
        save_model(tmp_path / name, scale=scale, name=name, fingerprint=digits)
    settings = Settings(model=[str(tmp_path / "one"), f"mail={tmp_path / 'two'}"])
    with TestClient(create_app(settings)) as client:
        for name, length in (("one", 3), ("mail", 6)):
            body = {"documents": ["abc"], "model": name}
            answer = client.post("/encode", json=body).json()
            assert round(answer["embeddings"][0][0], 3) == length
        assert answer["fingerprint"] == "f2"


def test_two_models_of_one_name_are_refused(model_folder):
    settings = Settings(model=[str(model_folder)] * 2)
    with pytest.raises(ModelFolderError, match=r"both named 'müsli'.*NAME="):
        with TestClient(create_app(settings)):
            pass


def test_a_model_changes_versions_while_the_other_stays(
    tmp_path, save_model, write_manifest
):
    def add(name, number, scale):
        made = save_model(tmp_path / f"{name}-{number}", scale=scale)
        write_manifest(made / "saved_model", name="new name")
        (made / "saved_model").rename(tmp_path / name / str(number))

    for name in ("news", "mail"):
        (tmp_path / name).mkdir()
        add(name, 1, 1.0)
    models = [f"{name}={tmp_path / name}" for name in ("news", "mail")]
    settings = Settings(model=models, poll_seconds=0, timeout=0.05)

    def lengths(client):
        for name in ("news", "mail"):
            body = {"documents": ["abc"], "model": name}
            answer = client.post("/encode", json=body).json()
            yield name, answer["version"], round(answer["embeddings"][0][0], 3)

    with TestClient(create_app(settings)) as client:
        assert list(lengths(client)) == [("news", "1", 3), ("mail", "1", 3)]
        add("mail", 2, 2.0)
        for rotation in client.app.state.rotations:
            client.portal.call(rotation.look)
        assert list(lengths(client)) == [("news", "1", 3), ("mail", "2", 6)]
        assert client.get("/info").json()["models"] == ["news", "mail"]


def test_the_name_outlives_a_version_that_calls_itself_otherwise(
    tmp_path, save_model, write_manifest
):
    folder = tmp_path / "versions"
    folder.mkdir()
    for number, name in (("1", "old"), ("2", "new")):
        made = save_model(tmp_path / number)
        write_manifest(made / "saved_model", name=name)
    (tmp_path / "1" / "saved_model").rename(folder / "1")
    settings = Settings(model=folder, poll_seconds=0, timeout=0.05)
    with TestClient(create_app(settings)) as client:
        (tmp_path / "2" / "saved_model").rename(folder / "2")
        client.portal.call(client.app.state.rotations[0].look)
        info = client.get("/info").json()
        assert (info["model"], info["version"]) == ("old", "2")


def test_without_a_model_nothing_is_ready(engine):
    client = TestClient(create_app(Settings(model=Path("unused")), engine))
    for path in ("/readyz", "/info", "/v1/models", "/topics"):
        assert client.get(path).status_code == 503
