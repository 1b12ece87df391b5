"""Who may ask: keys from the environment and from a file that changes."""

import pytest

from serving import keys as module
from serving.app import create_app
from serving.keys import Keys
from serving.settings import Settings, SettingsError

ENCODE = {"documents": ["a"]}


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("key", ["one", "two"])
def test_any_of_the_keys_opens(make_client, key):
    client = make_client(api_keys="one, two ,")
    answer = client.post("/encode", json=ENCODE, headers=bearer(key))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("headers", "code", "words"),
    [
        ({}, "no_key", "Expected: the header `Authorization: Bearer KEY`"),
        (bearer("onf"), "wrong_key", "does not open"),
        (bearer("on"), "wrong_key", "does not open"),
        (bearer(""), "wrong_key", "does not open"),
        (bearer("one,two"), "wrong_key", "does not open"),
        ({"Authorization": "Basic one"}, "wrong_key", "does not open"),
        ({"Authorization": "one"}, "wrong_key", "does not open"),
    ],
)
def test_without_a_key_nothing_is_encoded(make_client, engine, headers, code, words):
    client = make_client(api_keys="one,two")
    answer = client.post("/encode", json=ENCODE, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    error = answer.json()["error"]
    assert error["code"] == code
    assert words in error["message"]
    assert engine.encoded == []


def test_every_path_but_the_open_ones_asks_for_a_key(make_client):
    client = make_client(api_keys="one")
    schema = client.get("/openapi.json").json()
    closed = set()
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            status = client.request(method, path.replace("{name}", "fake")).status_code
            assert (status == 401) == ("401" in operation["responses"]), path
            if status == 401:
                closed.add(path)
    assert {"/encode", "/v1/embeddings", "/info"} <= closed
    assert client.get("/docs").status_code == 200
    assert client.get("/docsx").status_code == 401
    assert client.get("/nowhere").status_code == 401


def test_a_root_path_opens_nothing_and_closes_nothing(make_client):
    client = make_client(api_keys="one", root_path="/kate")
    assert client.get("/kate/livez").status_code == 200
    assert client.get("/livez").status_code == 200
    assert client.get("/kate/info").status_code == 401
    assert client.get("/kate/info", headers=bearer("one")).status_code == 200


def test_a_file_of_keys_is_read_again_when_it_changes(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(module, "SECONDS", 0.0)
    caplog.set_level("INFO")
    path = tmp_path / "keys"
    path.write_text("# notes\n\n old \n")
    keys = Keys(["always"], path)
    assert [keys.open(key) for key in ("old", "always", "new", "# notes", "")] == [
        *(True, True, False, False, False)
    ]
    path.write_text("new\nnewer\n")
    assert [keys.open(key) for key in ("old", "always", "new", "newer")] == [
        *(False, True, True, True)
    ]
    assert "Read 2 keys" in caplog.text
    path.write_text("# none\n")
    assert keys.open("new")
    path.unlink()
    assert keys.open("new")
    assert "stay as they are" in caplog.text
    assert "newer" not in caplog.text


def test_a_file_is_not_looked_at_for_every_request(tmp_path, monkeypatch):
    path = tmp_path / "keys"
    path.write_text("old")
    keys = Keys(file=path)
    path.write_text("newer")
    assert keys.open("old")
    monkeypatch.setattr(module, "SECONDS", 0.0)
    assert not keys.open("old")


@pytest.mark.parametrize("content", [None, "", "# only a note\n", "a key"])
def test_a_file_without_keys_keeps_the_service_from_starting(tmp_path, content):
    path = tmp_path / "keys"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match="KATE_API_KEYS_FILE: "):
        create_app(Settings(model="m", api_keys_file=path))


def test_a_key_that_no_header_can_hold_keeps_the_service_from_starting():
    for key in ("schlüssel", "two words"):
        with pytest.raises(SettingsError, match="printable ASCII without spaces"):
            create_app(Settings(model="m", api_keys=key))


def test_an_empty_list_of_keys_keeps_the_service_from_starting():
    with pytest.raises(SettingsError, match="KATE_API_KEYS holds no key"):
        create_app(Settings(model="m", api_keys=" , "))


def test_a_file_that_could_not_be_read_is_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.0)
    path = tmp_path / "keys"
    path.write_text("old\n")
    keys = Keys(file=path)
    path.write_text("newer\n")
    with monkeypatch.context() as closed:

        def refuse(file):
            raise PermissionError(file)

        closed.setattr(module, "_keys_of", refuse)
        assert keys.open("old")
    assert keys.open("newer")
    assert not keys.open("old")
