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


async def read_all(scope, receive, send):  # noqa: ARG001
    while (await receive()).get("more_body", False):
        continue


def refuse(chunks, headers, max_bytes):
    """Sends chunks through the limit; returns those that were left unread."""
    rest = list(chunks)

    async def receive():
        body = rest.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(rest)}

    limited = BodyLimit(read_all, max_bytes=max_bytes)
    with pytest.raises(ServiceError) as caught:
        asyncio.run(limited({"type": "http", "headers": headers}, receive, None))
    return str(caught.value), len(rest)


def test_the_rest_of_a_refused_body_is_read_so_that_the_client_hears_the_answer():
    message, unread = refuse([b"12345678"] * 4, [], max_bytes=10)
    assert "Received: 16 bytes or more" in message
    assert unread == 0
    length = [(b"content-length", b"32")]
    message, unread = refuse([b"12345678"] * 4, length, max_bytes=10)
    assert "Received: 32 bytes." in message
    assert unread == 0


def test_an_endless_body_is_not_read_to_its_end():
    _, unread = refuse([b"12345678"] * 1000, [], max_bytes=10)
    assert unread == 1000 - 2 - 4


def test_a_body_that_is_announced_as_hopeless_is_not_read_at_all():
    length = [(b"content-length", b"41")]
    assert refuse([b"12345678"] * 6, length, max_bytes=10)[1] == 6


def test_a_client_that_asks_before_it_sends_is_answered_at_once():
    headers = [(b"content-length", b"16"), (b"expect", b"100-continue")]
    assert refuse([b"12345678"] * 2, headers, max_bytes=10)[1] == 2


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


def test_lists_may_be_nested_as_deep_as_the_limit_says(client):
    depth = client.get("/info").json()["limits"]["max_nesting"]
    for more, status in ((0, 422), (1, 400)):
        body = b"[" * (depth + more) + b"]" * (depth + more)
        answer = client.post("/encode", content=body, headers=JSON)
        assert answer.status_code == status
    assert " depth " in error_of(answer)["message"]


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
