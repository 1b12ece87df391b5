"""POST /encode, through the real app with a predictable engine."""

import base64
from typing import Any

import numpy as np
import pytest

from serving.engine import Encoding

AWKWARD = np.array(
    [
        [0.1, 1 / 3, -0.0],
        [np.finfo(np.float32).max, np.finfo(np.float32).tiny, 1e-45],
        [np.nextafter(np.float32(1), np.float32(2)), 16777217, -2.5e-8],
    ],
    np.float32,
)


def bits(vectors: Any) -> list[Any]:
    return np.asarray(vectors, np.float32).view(np.uint32).tolist()


def decoded(embeddings: list[str]) -> np.ndarray:
    return np.stack([np.frombuffer(base64.b64decode(e), "<f4") for e in embeddings])


@pytest.fixture
def awkward_engine(engine: Any) -> Any:
    async def encode(documents: Any) -> Encoding:
        rows = AWKWARD[: len(documents)]
        none = np.zeros(len(documents), np.int64)
        return Encoding(rows, none, none)

    engine.encode = encode
    return engine


def test_the_answer_has_the_agreed_keys_and_values(client):
    answer = client.post("/encode", json={"documents": ["one", "three words here"]})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert bits(body.pop("embeddings")) == bits([[3, -1, 0.1], [16, -16 / 3, 0.1]])
    assert body == {
        "model": "fake",
        "version": "7",
        "fingerprint": "f00d",
        "dimensions": 3,
        "known_words": [1, 3],
    }


def test_numbers_read_back_as_the_same_float32_bit_for_bit(awkward_engine, make_client):
    client = make_client(awkward_engine)
    body = client.post("/encode", json={"documents": ["a", "b", "c"]}).json()
    assert bits(body["embeddings"]) == bits(AWKWARD)


def test_base64_holds_the_same_bits_as_the_floats(awkward_engine, make_client):
    client = make_client(awkward_engine)
    request = {"documents": ["a", "b", "c"], "encoding_format": "base64"}
    body = client.post("/encode", json=request).json()
    assert bits(decoded(body["embeddings"])) == bits(AWKWARD)


def test_a_batch_gives_the_vectors_of_its_documents_sent_alone(client):
    documents = ["one", "", "two words", "ünïcödé 🎈"]
    together = client.post("/encode", json={"documents": documents}).json()
    alone = [client.post("/encode", json={"documents": [d]}).json() for d in documents]
    assert together["embeddings"] == [body["embeddings"][0] for body in alone]
    assert together["known_words"] == [body["known_words"][0] for body in alone]


def test_documents_reach_the_engine_as_whole_utf8(client, engine):
    documents = ["é", "日本", "\U0001f388", "a\u0000b", ""]
    client.post("/encode", json={"documents": documents})
    assert engine.encoded == [[document.encode() for document in documents]]


def test_an_escaped_surrogate_pair_is_one_character(client, engine):
    body = b'{"documents": ["\\ud83c\\udf88"]}'
    headers = {"content-type": "application/json"}
    assert client.post("/encode", content=body, headers=headers).status_code == 200
    assert engine.encoded == [["\U0001f388".encode()]]


def test_normalize_scales_to_unit_length(client):
    request = {"documents": ["one", "three words here"], "normalize": True}
    vectors = client.post("/encode", json=request).json()["embeddings"]
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)


def test_a_zero_vector_stays_zero_when_normalized(client):
    for form in ("float", "base64"):
        request = {"documents": [""], "normalize": True, "encoding_format": form}
        body = client.post("/encode", json=request).json()
        vectors = body["embeddings"]
        vectors = decoded(vectors) if form == "base64" else vectors
        assert np.array_equal(vectors, [[0, 0, 0]])
        assert body["known_words"] == [0]


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8"])
def test_a_charset_beside_the_content_type_is_allowed(client, content_type):
    headers = {"content-type": content_type}
    body = '{"documents": ["é"]}'.encode()
    assert client.post("/encode", content=body, headers=headers).status_code == 200
