"""Versions that come and go while the service answers."""

import asyncio
import shutil

import numpy as np
import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.model_folder import ModelFolderError
from serving.settings import Settings


@pytest.fixture
def add_version(tmp_path, save_model, write_manifest):
    """Adds a version to a TF Serving folder, whole at once as an export is."""

    def add(number, scale=1.0, **manifest):
        made = save_model(tmp_path / f"made-{number}", scale=scale)
        graph = made / "saved_model"
        write_manifest(graph, name="news", fingerprint=f"f{number}", **manifest)
        graph.rename(tmp_path / "versions" / str(number))
        return tmp_path / "versions" / str(number)

    (tmp_path / "versions").mkdir()
    return add


@pytest.fixture
def start(tmp_path):
    """Starts the app on the folder of versions; gives its client."""
    clients = []

    def start(**settings):
        chosen = {"poll_seconds": 0, "timeout": 5, **settings}
        app = create_app(Settings(model=tmp_path / "versions", **chosen))
        client = TestClient(app, raise_server_exceptions=False)
        clients.append(client.__enter__())
        return client

    yield start
    for client in clients:
        client.__exit__(None, None, None)


def look(client):
    """Looks for other versions, on the loop of the service."""
    for rotation in client.app.state.rotations:
        client.portal.call(rotation.look)


async def freed(model):
    """Waits until a model that nobody can ask any more is gone."""
    async with asyncio.timeout(30):
        while model.engine.signatures:
            await asyncio.sleep(0.02)


def answer(client):
    body = client.post("/encode", json={"documents": ["abc"]}).json()
    assert "version" in body, body
    return body["version"], body["fingerprint"], round(body["embeddings"][0][0], 3)


def counted(client, result):
    line = f'kate_model_loads_total{{model="news",result="{result}"}} '
    found = [text for text in client.get("/metrics").text.splitlines() if line in text]
    return float(found[0].rpartition(" ")[2]) if found else 0


def test_a_higher_version_takes_over_and_the_old_one_is_freed(add_version, start):
    add_version(1)
    # Long enough for what is asked of the old one below, on a slow machine too.
    client = start(timeout=2)
    old = client.app.state.models.find()
    assert answer(client) == ("1", "f1", 3)
    add_version(2, scale=2.0)
    assert answer(client) == ("1", "f1", 3)
    look(client)
    assert answer(client) == ("2", "f2", 6)
    assert client.get("/info").json()["version"] == "2"
    metrics = client.get("/metrics").text
    assert 'model="news",version="2"} 1.0' in metrics
    assert 'model="news",version="1"} 0.0' in metrics
    assert counted(client, "loaded") == 1
    # Whoever has the old one still gets its answer, until nobody can wait any more.
    encoding = client.portal.call(old.batcher.encode, [b"abc"])
    assert round(float(encoding.embeddings[0, 0]), 3) == 3
    client.portal.call(freed, old)


def test_a_version_that_is_taken_away_is_rolled_back(add_version, start):
    add_version(1)
    second = add_version(2, scale=2.0)
    client = start()
    assert answer(client)[0] == "2"
    shutil.rmtree(second)
    look(client)
    assert answer(client) == ("1", "f1", 3)


def test_a_version_that_is_pinned_stays(add_version, start):
    add_version(1)
    add_version(2, scale=2.0)
    client = start(version="1")
    look(client)
    assert answer(client) == ("1", "f1", 3)
    add_version(3)
    look(client)
    assert answer(client)[0] == "1"


def test_a_pinned_version_that_is_not_there_does_not_start(add_version, start):
    add_version(1)
    with pytest.raises(ModelFolderError, match="2, the version to be served"):
        start(version="2")


def damage(folder):
    graph = folder / "saved_model.pb"
    graph.write_bytes(graph.read_bytes()[:-1])


def empty(folder):
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("spoil", "scale", "words"),
    [
        (damage, 2.0, "is not the file that was exported"),
        (empty, 2.0, "holds no manifest.json"),
        (lambda _: None, np.nan, "not finite"),
    ],
)
def test_a_broken_version_is_refused_once_and_the_old_one_goes_on(
    add_version, start, caplog, spoil, scale, words
):
    add_version(1)
    client = start()
    spoil(add_version(2, scale=scale))
    for _ in range(3):
        look(client)
    assert answer(client) == ("1", "f1", 3)
    assert client.get("/readyz").status_code == 200
    assert counted(client, "refused") == 1
    refusals = [r.getMessage() for r in caplog.records if "refused" in r.getMessage()]
    assert len(refusals) == 1
    assert "news version 2 is refused, version 1 goes on" in refusals[0]
    assert words in refusals[0]
    add_version(3, scale=3.0)
    look(client)
    assert answer(client) == ("3", "f3", 9)


def test_a_broken_version_that_is_mended_takes_over(add_version, start, tmp_path):
    add_version(1)
    client = start()
    second = add_version(2, scale=2.0)
    whole = (second / "saved_model.pb").read_bytes()
    damage(second)
    look(client)
    assert answer(client)[0] == "1"
    (second / "saved_model.pb").write_bytes(whole)
    look(client)
    assert answer(client)[0] == "2"


def test_versions_are_looked_for_by_themselves(add_version, start):
    add_version(1)
    client = start(poll_seconds=0.05)
    add_version(2, scale=2.0)
    for _ in range(200):
        if answer(client)[0] == "2":
            break
        client.portal.call(asyncio.sleep, 0.05)
    assert answer(client) == ("2", "f2", 6)


def test_nothing_is_lost_while_versions_change(add_version, start):
    add_version(1)
    client = start(timeout=5)
    seen = set()

    async def ask_and_change():
        model = client.app.state.models.find()
        waiting = [
            asyncio.create_task(model.batcher.encode([b"abc"] * 300)) for _ in range(5)
        ]
        await client.app.state.rotations[0].look()
        for encoding in await asyncio.gather(*waiting):
            seen.add(round(float(encoding.embeddings[-1, 0]), 3))
            assert len(encoding.embeddings) == 300

    add_version(2, scale=2.0)
    client.portal.call(ask_and_change)
    assert seen == {3.0}
    assert answer(client) == ("2", "f2", 6)


def test_a_folder_that_is_one_model_is_not_watched(served_model):
    settings = Settings(model=served_model, poll_seconds=0)
    with TestClient(create_app(settings)) as client:
        look(client)
        assert answer(client)[0] == "1"
