"""The service with an index: what it finds, and whose vectors it refuses."""

import base64
import shutil
import threading

import numpy as np
import pytest
from conftest import small_kate
from fastapi.testclient import TestClient
from themed_index import themed_corpus, write

from kate_keras import load
from kate_keras.index import DocumentIndex, delete_documents
from serving.app import create_app
from serving.settings import IndexSource, Settings, SettingsError

DTYPES = {"number": "<u4", "x": "<f4", "y": "<f4", "topic": "<i2", "label": "<i2"}


@pytest.fixture(scope="module")
def index_folder(model_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("indices") / "themes"
    write(folder, model_folder, themed_corpus(60))
    return folder


@pytest.fixture(scope="module", params=["light", "tensorflow"])
def client(request, model_folder, index_folder):
    settings = Settings(model=model_folder, index=index_folder, engine=request.param)
    with TestClient(create_app(settings)) as client:
        yield client


def error_of(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_similar_answers_as_the_index_does(client, index_folder):
    texts = ["The rocket and the moon.", "zzzz", "bread"]
    body = {"documents": texts, "n": 4}
    answer = client.post("/similar", json=body)
    assert answer.status_code == 200
    assert answer.json()["known_words"] == [2, 0, 1]
    expected = DocumentIndex(index_folder).search(texts, 4)
    for found, matches in zip(answer.json()["similar"], expected, strict=True):
        assert [own["id"] for own in found] == [m.document.id for m in matches]
        np.testing.assert_allclose(
            [own["similarity"] for own in found],
            [match.similarity for match in matches],
            atol=1e-5,
        )
    ((first, *_), nothing, _) = answer.json()["similar"]
    assert nothing == []
    assert set(first) == {
        *("number", "id", "snippet", "labels", "rating", "known_words", "similarity")
    }
    assert first["labels"] == ["space"]


def test_similar_to_documents_of_the_index(client, index_folder):
    body = {"ids": ["d1", "d0"], "n": 3, "labels": ["space", "food"]}
    answer = client.post("/similar", json=body)
    expected = DocumentIndex(index_folder).similar(
        ["d1", "d0"], 3, labels=["space", "food"]
    )
    assert [[own["id"] for own in found] for found in answer.json()["similar"]] == [
        [match.document.id for match in matches] for matches in expected
    ]
    assert "known_words" not in answer.json()
    version = client.get("/index").json()["index"]["index_version"]
    for path in ("/map", "/documents?numbers=1", "/topics/0/documents"):
        assert client.get(path).json()["index_version"] == version
    assert answer.json()["index_version"] == version


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "missing_field"),
        ({"documents": []}, 422, "empty_list"),
        ({"ids": []}, 422, "empty_list"),
        ({"documents": ["a"], "ids": ["d0"]}, 422, "wrong_value"),
        ({"documents": "a"}, 422, "wrong_type"),
        ({"documents": ["a"] * 33}, 422, "too_many_documents"),
        ({"ids": ["d0"] * 33}, 422, "too_many_documents"),
        ({"documents": ["a"], "n": 0}, 422, "wrong_type"),
        ({"documents": ["a"], "n": 1001}, 422, "wrong_type"),
        ({"ids": ["nobody"]}, 404, "not_found"),
        ({"documents": ["a"], "model": "other"}, 404, "model_not_found"),
    ],
)
def test_wrong_questions_are_named(client, body, status, code):
    assert error_of(client.post("/similar", json=body)) == (status, code)


def test_as_much_as_is_allowed_is_answered(client):
    body = {"documents": ["moon"] * 32, "n": 1000}
    answer = client.post("/similar", json=body)
    assert [len(found) for found in answer.json()["similar"]] == [60] * 32


def test_the_index_tells_its_labels(client):
    assert client.get("/info").json()["index"] is True
    own = client.get("/index").json()["index"]
    labels = [{"label": label, "documents": 20} for label in ("food", "music", "space")]
    assert own["labels"] == labels
    assert (own["documents"], own["snippet"], own["unlabelled"]) == (60, 300, 0)
    assert (own["approximate"], own["recall"]) == (False, 1.0)


def test_the_map_is_that_of_the_index(client, index_folder):
    answer = client.get("/map")
    page, own = answer.json(), DocumentIndex(index_folder).map()
    columns = {
        name: np.frombuffer(base64.b64decode(page["columns"][name]), dtype)
        for name, dtype in DTYPES.items()
    }
    assert page["documents"] == 60
    assert page["labels"] == own.labels
    np.testing.assert_array_equal(columns["number"], own.number)
    np.testing.assert_array_equal(columns["x"], own.places[:, 0])
    np.testing.assert_array_equal(columns["y"], own.places[:, 1])
    np.testing.assert_array_equal(columns["topic"], own.topic)
    np.testing.assert_array_equal(columns["label"], own.label)
    tag = answer.headers["etag"]
    again = client.get("/map", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


def test_documents_by_their_numbers(client):
    found = client.get("/documents?numbers=7,4294967296,99,0").json()["documents"]
    assert [own["id"] for own in found] == ["d7", "d0"]
    many = ",".join(["1"] * 100)
    assert len(client.get(f"/documents?numbers={many}").json()["documents"]) == 100
    too_many = client.get(f"/documents?numbers={many},1")
    assert error_of(too_many) == (422, "too_many_documents")
    for wrong in ("", "a", "1,,2", "-1", "12345678901"):
        assert client.get(f"/documents?numbers={wrong}").status_code == 422


@pytest.mark.parametrize(("sign", "factor"), [("positive", 1), ("negative", -1)])
def test_documents_at_the_ends_of_a_topic(client, model_folder, sign, factor):
    vectors = load(model_folder, light=True).transform(
        document.text for document in themed_corpus(60)
    )
    cosines = factor * vectors[:, 2] / np.linalg.norm(vectors, axis=1)
    found = client.get(f"/topics/2/documents?sign={sign}&n=5").json()["documents"]
    np.testing.assert_allclose(
        [own["similarity"] for own in found], -np.sort(-cosines)[:5], atol=1e-5
    )


@pytest.mark.parametrize("index", [-1, 6])
def test_a_topic_that_is_not_there_has_no_documents(client, index):
    answer = client.get(f"/topics/{index}/documents")
    assert error_of(answer) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/similar"),
        ("GET", "/index"),
        ("GET", "/map"),
        ("GET", "/documents?numbers=1"),
        ("GET", "/topics/0/documents"),
    ],
)
def test_without_an_index_that_is_said(model_folder, method, path):
    settings = Settings(model=model_folder, engine="light")
    with TestClient(create_app(settings)) as client:
        body = {"documents": ["moon"]} if method == "POST" else None
        answer = client.request(method, path, json=body)
        assert error_of(answer) == (404, "no_index")
        assert client.get("/info").json()["index"] is False
        assert "kate index" in answer.json()["error"]["message"]


def test_what_changes_is_seen(model_folder, index_folder, tmp_path, monkeypatch):
    monkeypatch.setattr("serving.document_index.AGE", 0.0)
    folder = tmp_path / "index"
    shutil.copytree(index_folder, folder)
    with TestClient(
        create_app(Settings(model=model_folder, index=folder, engine="light"))
    ) as client:
        first = client.get("/map")
        delete_documents(folder, ["d0"])
        assert client.get("/index").json()["index"]["documents"] == 59
        tag = first.headers["etag"]
        assert client.get("/map", headers={"If-None-Match": tag}).status_code == 200


def test_an_index_that_is_gone_is_told_and_comes_back(
    model_folder, index_folder, tmp_path
):
    folder = tmp_path / "index"
    shutil.copytree(index_folder, folder)
    settings = Settings(model=model_folder, index=folder, engine="light")
    with TestClient(create_app(settings)) as client:
        folder.rename(tmp_path / "away")
        for path in ("/index", "/map"):
            answer = client.get(path)
            assert error_of(answer) == (503, "not_ready")
            assert "cannot be read now" in answer.json()["error"]["message"]
        (tmp_path / "away").rename(folder)
        assert client.get("/index").status_code == 200


def test_an_index_of_another_model_is_refused(themed, index_folder, tmp_path):
    small_kate(random_state=1, epochs=1).fit(themed[0]).save(tmp_path / "other")
    settings = Settings(model=tmp_path / "other", index=index_folder, engine="light")
    with pytest.raises(SettingsError, match="in another folder"):
        with TestClient(create_app(settings)):
            pass


def test_a_new_version_does_not_answer_from_the_old_ones_index(
    model, themed, index_folder, tmp_path
):
    model.export(tmp_path / "export")
    settings = Settings(
        model=tmp_path / "export", index=index_folder, engine="light", poll_seconds=0
    )
    app = create_app(settings)
    with TestClient(app) as client:
        assert client.get("/index").status_code == 200
        small_kate(random_state=1, epochs=1).fit(themed[0]).export(tmp_path / "export")
        (rotation,) = app.state.rotations
        client.portal.call(rotation.look)
        assert client.get("/info").json()["version"] == "2"
        for path in ("/index", "/map", "/documents?numbers=1", "/topics/0/documents"):
            assert error_of(client.get(path)) == (503, "other_index")
        body = {"documents": ["moon"]}
        assert error_of(client.post("/similar", json=body)) == (503, "other_index")
        # Vectors are there all the same.
        assert client.post("/encode", json=body).status_code == 200


def test_several_models_have_an_index_each(
    themed, model_folder, index_folder, tmp_path
):
    small_kate(random_state=1, epochs=1).fit(themed[0]).save(tmp_path / "other")
    write(tmp_path / "index", tmp_path / "other", themed_corpus(9))
    settings = Settings(
        model=f"a={model_folder},b={tmp_path / 'other'}",
        index=f"a={index_folder},b={tmp_path / 'index'}",
        engine="light",
    )
    with TestClient(create_app(settings)) as client:
        numbers = [
            client.get(f"/index?model={name}").json()["index"]["documents"]
            for name in "ab"
        ]
        assert numbers == [60, 9]


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ("nowhere", "There is no index 'nowhere'"),
        ("c={index}", "for a model that is not served. Expected one of: a"),
        ("{index},{index}", "two indices of one model"),
    ],
)
def test_an_index_that_fits_nothing_is_refused(
    model_folder, index_folder, index, message
):
    settings = Settings(
        model=f"a={model_folder}",
        index=index.format(index=index_folder),
        engine="light",
    )
    with pytest.raises(SettingsError, match=message):
        with TestClient(create_app(settings)):
            pass


def test_indices_survive_the_environment():
    settings = Settings(model="m", index="a=x,s3://bucket/y")
    assert settings.index == (IndexSource("x", "a"), IndexSource("s3://bucket/y"))
    again = Settings.from_environment(settings.environment())
    assert again.index == settings.index


def test_a_search_that_is_given_up_keeps_its_place_until_its_end(
    model_folder, index_folder, monkeypatch
):
    begun, go_on = threading.Event(), threading.Event()

    def slow(reader):
        begun.set()
        go_on.wait(20)
        return {}

    monkeypatch.setattr("serving.document_index.IndexReader.describe", slow)
    monkeypatch.setattr("serving.served_index.MOST_CALLS", 1)
    settings = Settings(model=model_folder, index=index_folder, engine="light")
    with TestClient(create_app(settings)) as client:
        late = client.get("/index", headers={"X-Request-Timeout": "0.2"})
        assert error_of(late) == (504, "deadline_passed")
        assert begun.is_set()
        full = client.get("/map")
        assert error_of(full) == (429, "queue_full")
        assert full.headers["retry-after"] == "1"
        go_on.set()
        for _ in range(100):
            if client.get("/map").status_code == 200:
                break
        assert client.get("/map").status_code == 200


def test_the_page_is_asked_for_anew_and_takes_nothing_from_elsewhere(client):
    page = client.get("/")
    assert page.headers["cache-control"] == "no-cache"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    file = client.get("/explorer/app.js")
    assert file.headers["cache-control"] == "no-cache"
    same = {"If-None-Match": file.headers["etag"]}
    assert client.get("/explorer/app.js", headers=same).status_code == 304
