"""The engine, against a small real SavedModel made with plain TensorFlow."""

import asyncio
import threading

import numpy as np
import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.engine import ModelEngine, TensorSpec
from serving.errors import Failure, ServiceError
from serving.model_folder import ModelFolderError, open_model_folder
from serving.saved_model import SavedModelRunner
from serving.served_model import ServedModel
from serving.settings import Settings


@pytest.fixture
def real_engine(served_model):
    engine = ModelEngine(
        open_model_folder(served_model), SavedModelRunner, batch_size=4
    )
    yield engine
    asyncio.run(engine.stop())


def encode(engine, documents):
    return asyncio.run(engine.encode(documents))


def test_the_card_is_the_manifests(real_engine):
    assert real_engine.card.name == "müsli"
    assert real_engine.card.version == "1"
    assert real_engine.card.fingerprint == "f00d"
    assert real_engine.card.dimensions == 3


def test_a_name_of_ones_own_replaces_the_manifests(served_model):
    folder = open_model_folder(served_model)
    assert ModelEngine(folder, SavedModelRunner, name="news").card.name == "news"


def test_vectors_and_counts_are_those_of_the_signature(real_engine):
    real_engine.load()
    embeddings, known_words, words = encode(real_engine, [b"abc", b"", b"a b"])
    expected = [[3, -1, 0.3], [0, 0, 0], [3, -1, 0.3]]
    np.testing.assert_allclose(embeddings, expected, rtol=1e-6)
    assert embeddings.dtype == np.float32
    assert known_words.tolist() == words.tolist() == [1, 0, 2]


@pytest.mark.parametrize("count", [1, 3, 4, 5, 8, 9])
def test_a_list_of_any_length_equals_its_documents_alone(real_engine, count):
    real_engine.load()
    documents = [b"x" * length for length in range(count)]
    together = encode(real_engine, documents)
    alone = [encode(real_engine, [document]) for document in documents]
    assert together.embeddings.shape == (count, 3)
    np.testing.assert_allclose(
        together.embeddings, np.concatenate([a.embeddings for a in alone]), rtol=1e-6
    )


def test_the_model_runs_on_one_thread_that_is_not_the_callers(real_engine, monkeypatch):
    real_engine.load()
    threads = set()
    describe = SavedModelRunner.describe

    def watched(runner, documents):
        threads.add(threading.get_ident())
        return describe(runner, documents)

    monkeypatch.setattr(SavedModelRunner, "describe", watched)
    encode(real_engine, [b"word"] * 9)
    encode(real_engine, [b"word"])
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_functions_are_described_and_called_by_name(real_engine):
    assert real_engine.signatures == {}
    real_engine.load()
    (name, signature), *_ = real_engine.signatures.items()
    assert name == "describe"
    assert signature.inputs == {"text": TensorSpec("string", (None,))}
    assert signature.outputs["embedding"] == TensorSpec("float32", (None, 3))
    texts = np.array([b"abc", b""], object)
    outputs = asyncio.run(real_engine.run("describe", {"text": texts}))
    np.testing.assert_allclose(outputs["embedding"], [[3, -1, 0.3], [0, 0, 0]], 1e-6)
    assert outputs["words"].tolist() == [1, 0]


def test_the_warm_up_runs_one_document_and_a_full_batch(real_engine, monkeypatch):
    sizes = []
    describe = SavedModelRunner.describe

    def watched(runner, documents):
        sizes.append(len(documents))
        return describe(runner, documents)

    monkeypatch.setattr(SavedModelRunner, "describe", watched)
    asyncio.run(real_engine.start())
    asyncio.run(real_engine.start())
    assert sizes == [1, 4]


def test_an_engine_that_is_not_loaded_says_so(real_engine):
    with pytest.raises(ServiceError) as caught:
        encode(real_engine, [b"word"])
    assert caught.value.failure is Failure.NOT_READY


@pytest.mark.parametrize("scale", [np.nan, np.inf])
def test_a_vector_that_is_not_finite_is_never_returned(tmp_path, save_model, scale):
    folder = save_model(tmp_path / "model", scale=scale)
    with TestClient(create_app(Settings(model=folder))) as client:
        answer = client.post("/encode", json={"documents": ["fine", "word"]})
        assert answer.status_code == 500
        assert answer.json()["error"]["code"] == "non_finite_vector"
        assert client.get("/readyz").status_code == 503


def test_a_model_without_the_signature_is_refused(tmp_path, save_model):
    folder = save_model(tmp_path / "model", signature="encode")
    engine = ModelEngine(open_model_folder(folder), SavedModelRunner)
    with pytest.raises(ModelFolderError, match="has no signature 'describe'"):
        engine.load()


def test_a_signature_without_the_counts_is_refused(tmp_path, save_model):
    folder = save_model(tmp_path / "model", function="half_described")
    engine = ModelEngine(open_model_folder(folder), SavedModelRunner)
    with pytest.raises(ModelFolderError, match="has no output 'known_words'"):
        engine.load()


def test_a_manifest_of_other_dimensions_is_refused(tmp_path, save_model):
    folder = save_model(tmp_path / "model", dimensions=4)
    engine = ModelEngine(open_model_folder(folder), SavedModelRunner)
    with pytest.raises(ModelFolderError, match="4 dimensions. Received: 3."):
        engine.load()


def test_a_graph_that_tensorflow_cannot_read_is_refused(model_folder):
    engine = ModelEngine(open_model_folder(model_folder), SavedModelRunner)
    with pytest.raises(ModelFolderError, match="cannot load .*saved_model"):
        engine.load()


def test_the_app_loads_the_model_of_its_settings(served_model):
    settings = Settings(model=served_model, name="news", batch_size=2)
    with TestClient(create_app(settings)) as client:
        assert client.get("/readyz").status_code == 200
        documents = ["abc", "", "a b", "日本"]
        body = client.post("/encode", json={"documents": documents}).json()
    assert body["model"] == "news"
    assert body["known_words"] == [1, 0, 2, 1]
    np.testing.assert_allclose(body["embeddings"][1], [0, 0, 0])


def test_the_app_takes_its_settings_from_the_environment(served_model, monkeypatch):
    monkeypatch.setenv("KATE_MODEL", str(served_model))
    with TestClient(create_app()) as client:
        assert client.get("/info").json()["model"] == "müsli"


def test_an_app_without_a_model_does_not_start(tmp_path):
    client = TestClient(create_app(Settings(model=tmp_path)))
    with pytest.raises(ModelFolderError, match=r"neither manifest\.json"):
        client.__enter__()


@pytest.mark.parametrize(
    "error", [RuntimeError("no\nkernel"), MemoryError(), OSError()]
)
def test_a_model_that_fails_when_it_is_warmed_up_is_refused(
    real_engine, monkeypatch, error
):
    def fail(runner, documents):
        raise error

    monkeypatch.setattr(SavedModelRunner, "describe", fail)
    with pytest.raises(
        ModelFolderError, match=f"cannot be run: {type(error).__name__}"
    ):
        asyncio.run(real_engine.start())


def test_calls_take_turns():
    """Of several calls the engine has one at a time, so that batches get between."""
    running, most = 0, 0

    class Engine:
        async def run(self, signature, inputs):
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1
            return {"logits": np.zeros((1, 2), np.float32)}

    async def call_often():
        model = ServedModel(Engine(), None)
        return await asyncio.gather(*[model.run("reconstruct", {}) for _ in range(9)])

    assert len(asyncio.run(call_often())) == 9
    assert most == 1
