"""OpenAI's protocol, by hand and through the official client over a real socket."""

import asyncio
import base64

import numpy as np
import pytest

EXPECTED = [[3, -1, 0.1], [16, -16 / 3, 0.1]]
TEXTS = ["one", "three words here"]


def post(client, **body):
    return client.post("/v1/embeddings", json={"model": "fake", **body})


def error_of(answer):
    return answer.json()["error"]


def test_a_list_of_texts_is_answered_in_openais_shape(client):
    answer = post(client, input=TEXTS)
    assert answer.status_code == 200
    body = answer.json()
    vectors = [item.pop("embedding") for item in body["data"]]
    np.testing.assert_allclose(vectors, EXPECTED, rtol=1e-6)
    assert body == {
        "object": "list",
        "data": [
            {"object": "embedding", "index": 0},
            {"object": "embedding", "index": 1},
        ],
        "model": "fake",
        "usage": {"prompt_tokens": 6, "total_tokens": 6},
    }


def test_one_text_may_come_without_a_list(client, engine):
    body = post(client, input="one").json()
    np.testing.assert_allclose(body["data"][0]["embedding"], EXPECTED[0], rtol=1e-6)
    assert engine.encoded == [[b"one"]]


def test_base64_holds_the_same_bits(client):
    texts = post(client, input=TEXTS, encoding_format="base64").json()["data"]
    found = [np.frombuffer(base64.b64decode(t["embedding"]), "<f4") for t in texts]
    floats = [t["embedding"] for t in post(client, input=TEXTS).json()["data"]]
    np.testing.assert_array_equal(found, np.array(floats, np.float32))


def test_an_empty_text_is_no_error(client):
    assert post(client, input="").json()["data"][0]["embedding"] == [0, 0, 0]


@pytest.mark.parametrize("tokens", [[1, 2], [[1, 2], [3]]])
def test_tokens_are_refused_with_the_reason(client, tokens, engine):
    answer = post(client, input=tokens)
    assert answer.status_code == 422
    error = error_of(answer)
    assert (error["code"], error["param"]) == ("wrong_type", "input")
    assert (
        "`input` must be a string or a list of strings. Received: token numbers"
        in (error["message"])
    )
    assert "check_embedding_ctx_length=False" in error["message"]
    assert engine.encoded == []


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({"input": []}, "empty_list", "input"),
        ({"input": ["a", 1]}, "wrong_type", "input.1"),
        ({"input": None}, "wrong_type", "input"),
        ({"input": True}, "wrong_type", "input"),
        ({"input": [[]]}, "wrong_type", "input.0"),
        ({}, "missing_field", "input"),
        ({"input": "a", "model": 3}, "wrong_type", "model"),
        ({"input": "a", "encoding_format": "hex"}, "wrong_value", "encoding_format"),
        ({"input": "a", "dimensions": "3"}, "wrong_type", "dimensions"),
        ({"input": "a", "truncate": True}, "unknown_field", "truncate"),
    ],
)
def test_a_wrong_field_is_named(client, body, code, param):
    answer = post(client, **body)
    assert answer.status_code == 422
    assert (error_of(answer)["code"], error_of(answer)["param"]) == (code, param)


def test_only_the_models_own_dimensions_can_be_had(client):
    assert post(client, input="a", dimensions=3).status_code == 200
    for wrong in (2, 4, 0, -1):
        answer = post(client, input="a", dimensions=wrong)
        assert answer.status_code == 422
        assert error_of(answer)["param"] == "dimensions"
        assert "must be 3 or left out" in error_of(answer)["message"]


def test_another_models_name_is_not_found(client):
    answer = client.post(
        "/v1/embeddings", json={"model": "text-embedding-3-small", "input": "a"}
    )
    assert answer.status_code == 404
    error = error_of(answer)
    assert (error["code"], error["param"]) == ("model_not_found", "model")
    assert "'text-embedding-3-small'" in error["message"]
    assert "Expected: 'fake'" in error["message"]


def test_the_limits_hold_here_too(make_client):
    client = make_client(max_documents=2, max_document_bytes=3)
    assert post(client, input=["abc", "abc"]).status_code == 200
    assert error_of(post(client, input=["a"] * 3))["param"] == "input"
    assert error_of(post(client, input=["a", "abcd"]))["param"] == "input.1"


def test_models_are_listed(client):
    body = client.get("/v1/models").json()
    (model,) = body["data"]
    assert body["object"] == "list"
    assert model.pop("created") > 1_700_000_000
    assert model == {"id": "fake", "object": "model", "owned_by": "kate_keras"}


def test_the_official_client_works_unchanged(serve):
    openai = pytest.importorskip("openai")
    with (
        serve() as (url, _),
        openai.OpenAI(base_url=f"{url}/v1", api_key="none") as client,
    ):
        (model,) = client.models.list().data
        # It asks for base64 by itself and decodes it.
        found = client.embeddings.create(model=model.id, input=TEXTS)
        np.testing.assert_allclose([d.embedding for d in found.data], EXPECTED, 1e-6)
        assert found.usage.prompt_tokens == 6
        floats = client.embeddings.create(
            model=model.id, input=TEXTS, encoding_format="float"
        )
        for one, other in zip(floats.data, found.data, strict=True):
            assert np.float32(one.embedding).tolist() == other.embedding
        assert client.models.retrieve(model.id).id == model.id
        with pytest.raises(openai.NotFoundError, match="There is no model 'gpt'"):
            client.embeddings.create(model="gpt", input="a")
        with pytest.raises(openai.UnprocessableEntityError, match="token numbers"):
            client.embeddings.create(model=model.id, input=[1, 2])


def test_the_official_async_client_works_unchanged(serve):
    openai = pytest.importorskip("openai")

    async def many(url):
        async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="none") as client:
            return await asyncio.gather(
                *(
                    client.embeddings.create(model="fake", input="x" * length)
                    for length in range(20)
                )
            )

    with serve() as (url, _):
        found = asyncio.run(many(url))
    assert [f.data[0].embedding[0] for f in found] == list(range(20))


def test_langchain_works_unchanged(serve):
    langchain = pytest.importorskip("langchain_openai")
    with serve() as (url, _):
        embeddings = langchain.OpenAIEmbeddings(
            model="fake",
            base_url=f"{url}/v1",
            api_key="none",
            check_embedding_ctx_length=False,
        )
        np.testing.assert_allclose(embeddings.embed_documents(TEXTS), EXPECTED, 1e-6)
        np.testing.assert_allclose(embeddings.embed_query("one"), EXPECTED[0], 1e-6)
