"""Both sides of every limit."""

import asyncio
import json

import pytest

from serving.errors import ServiceError
from serving.request_body import BodyLimit

JSON = {"content-type": "application/json"}


def error_of(answer):
    return answer.json()["error"]


def in_chunks(body, size=7):
    for start in range(0, len(body), size):
        yield body[start : start + size]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_exactly_the_limit_is_read(make_client, chunked):
    body = json.dumps({"documents": ["word"]}).encode()
    client = make_client(max_body_bytes=len(body))
    content = in_chunks(body) if chunked else body
    answer = client.post("/encode", content=content, headers=JSON)
    assert answer.status_code == 200
    assert ("transfer-encoding" in answer.request.headers) is chunked


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_one_byte_more_is_refused(make_client, chunked, engine):
    body = json.dumps({"documents": ["word"]}).encode()
    client = make_client(max_body_bytes=len(body) - 1)
    content = in_chunks(body) if chunked else body
    answer = client.post("/encode", content=content, headers=JSON)
    assert answer.status_code == 413
    error = error_of(answer)
    assert error["code"] == "body_too_large"
    assert f"must not exceed {len(body) - 1} bytes" in error["message"]
    assert f"Received: {len(body)} bytes" in error["message"]
    assert "KATE_MAX_BODY_BYTES" in error["message"]
    assert engine.encoded == []


def test_a_refused_body_is_not_read_further():
    chunks = iter([b"12345678"] * 3)

    async def receive():
        return {"type": "http.request", "body": next(chunks), "more_body": True}

    async def app(scope, receive, send):  # noqa: ARG001
        while True:
            await receive()

    limited = BodyLimit(app, max_bytes=10)
    with pytest.raises(ServiceError, match="Received: 16 bytes and more to come"):
        asyncio.run(limited({"type": "http", "headers": []}, receive, None))
    assert list(chunks) == [b"12345678"]


def test_an_announced_body_is_refused_before_its_first_byte():
    async def app(scope, receive, send):  # noqa: ARG001
        await receive()

    limited = BodyLimit(app, max_bytes=10)
    scope = {"type": "http", "headers": [(b"content-length", b"11")]}
    with pytest.raises(ServiceError, match="Received: 11 bytes"):
        asyncio.run(limited(scope, None, None))


def test_as_many_documents_as_the_limit_are_encoded(make_client):
    client = make_client(max_documents=3)
    answer = client.post("/encode", json={"documents": ["word"] * 3})
    assert len(answer.json()["embeddings"]) == 3


def test_one_document_more_than_the_limit_is_refused(make_client, engine):
    client = make_client(max_documents=3)
    answer = client.post("/encode", json={"documents": ["word"] * 4})
    assert answer.status_code == 422
    error = error_of(answer)
    assert (error["code"], error["param"]) == ("too_many_documents", "documents")
    assert "more than 3. Received: 4." in error["message"]
    assert "KATE_MAX_DOCUMENTS" in error["message"]
    assert engine.encoded == []


def test_a_document_as_long_as_the_limit_is_encoded_whole(make_client, engine):
    client = make_client(max_document_bytes=4)
    assert client.post("/encode", json={"documents": ["éé"]}).status_code == 200
    assert engine.encoded == [["éé".encode()]]


def test_a_document_is_measured_in_bytes_and_never_cut(make_client, engine):
    client = make_client(max_document_bytes=4)
    answer = client.post("/encode", json={"documents": ["ok", "ééé"]})
    assert answer.status_code == 422
    error = error_of(answer)
    assert (error["code"], error["param"]) == ("document_too_long", "documents.1")
    assert "4 bytes of UTF-8. Received: 6 bytes" in error["message"]
    assert "KATE_MAX_DOCUMENT_BYTES" in error["message"]
    assert engine.encoded == []


def test_one_document_is_enough_and_none_is_refused(client):
    assert client.post("/encode", json={"documents": [""]}).status_code == 200
    answer = client.post("/encode", json={"documents": []})
    assert answer.status_code == 422
    assert error_of(answer)["code"] == "empty_list"


def test_a_million_wrong_items_make_one_finding(client):
    body = b'{"documents": [' + b"1," * 999_999 + b"1]}"
    answer = client.post("/encode", content=body, headers=JSON)
    assert answer.status_code == 422
    assert error_of(answer)["param"] == "documents.0"
