"""The service reads a trained model as Python does."""

import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.settings import Settings

TEXT = "A rocket in orbit, and cheese! zyxxy"


@pytest.fixture(scope="module")
def client(model_folder):
    with TestClient(create_app(Settings(model=model_folder))) as client:
        yield client


def test_topics_agree(client, model):
    found = client.get("/topics?n_words=4").json()["topics"]
    for topic, expected in zip(found, model.topics(4), strict=True):
        assert topic["index"] == expected.index
        for sign in ("positive", "negative"):
            words = [(word["word"], word["influence"]) for word in topic[sign]]
            assert [w for w, _ in words] == [w for w, _ in getattr(expected, sign)]
            assert dict(words) == pytest.approx(dict(getattr(expected, sign)), rel=1e-5)
    alone = client.get("/topics/1?n_words=4").json()["topic"]
    assert alone == found[1]


def test_neighbours_agree(client, model):
    found = client.get("/words/Rocket?n=3").json()["neighbours"]
    expected = model.similar_words("rocket", 3)
    assert [n["cosine"] for n in found] == pytest.approx([c for _, c in expected], 1e-5)
    assert client.get("/words/zyxxy").status_code == 404


def test_explanations_agree(client, model):
    body = {"documents": [TEXT], "n_topics": 3}
    (found,) = client.post("/explain", json=body).json()["explanations"]
    expected = model.explain(TEXT, 3)
    assert tuple(found["unknown_words"]) == expected.unknown_words
    for topic, other in zip(found["topics"], expected.topics, strict=True):
        assert topic["index"] == other.index
        for field in ("activation", "pre_activation", "bias"):
            assert topic[field] == pytest.approx(getattr(other, field), abs=1e-6)
        shares = {word["word"]: word["share"] for word in topic["words"]}
        assert shares == pytest.approx(dict(other.words), abs=1e-6)


def test_other_protocols_reach_the_same_functions(client, model_folder):
    name = model_folder.name
    body = {"signature_name": "topics", "inputs": {"n_words": 2}}
    outputs = client.post(f"/v1/models/{name}:predict", json=body).json()["outputs"]
    topics = client.get("/topics?n_words=2").json()["topics"]
    assert [row[0] for row in outputs["positive"]] == [
        topic["positive"][0]["word"] for topic in topics
    ]
    encoded = client.post("/encode", json={"documents": [TEXT]}).json()
    body = {
        "inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": [TEXT]}]
    }
    found = client.post(f"/v2/models/{name}/infer", json=body).json()["outputs"]
    assert found[0]["data"] == encoded["embeddings"][0]
    body = {"model": name, "input": TEXT}
    found = client.post("/v1/embeddings", json=body).json()["data"]
    assert found[0]["embedding"] == encoded["embeddings"][0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"word_ids": [10**9]}, "word_ids must be from 0 to below"),
        ({"word_ids": [-1]}, "word_ids must be from 0 to below"),
        ({"counts": [-1.0]}, "counts must be finite and not negative"),
    ],
)
def test_what_the_graph_refuses_is_the_callers_mistake(
    client, model_folder, changes, words
):
    inputs = {"word_ids": [0], "counts": [1.0], "row_splits": [0, 1]} | changes
    answer = client.post(
        f"/v1/models/{model_folder.name}:predict",
        json={"signature_name": "encode_sparse", "inputs": inputs},
    )
    assert answer.status_code == 422
    assert f"refuses these inputs: {words}" in answer.json()["error"]["message"]
