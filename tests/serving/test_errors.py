"""Every failure has a name, a status, a sentence and the one shape."""

import asyncio

import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.errors import ANSWERS, Failure, ServiceError, error_response
from serving.settings import Settings

JSON = {"content-type": "application/json"}


def assert_error(answer, status, code, words, param=None):
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["code"], error["param"]) == (code, param)
    expected = "server_error" if status >= 500 else "invalid_request_error"
    assert error["type"] == expected
    assert words in error["message"]


def test_every_failure_has_an_answer():
    assert set(ANSWERS) == set(Failure)


@pytest.mark.parametrize("failure", Failure)
def test_every_failure_is_told_in_the_one_shape(failure):
    answer = error_response(ServiceError(failure, "A sentence.", "documents"))
    assert answer.status_code == ANSWERS[failure].status
    assert b'"param":"documents"' in answer.body
    assert f'"code":"{failure.value}"'.encode() in answer.body


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The body is empty"),
        (b"{", "not JSON"),
        (b"{'documents': []}", "not JSON"),
        (b'{"documents": [NaN]}', "not JSON"),
        (b'{"documents": ["a"]} {}', "not JSON"),
        (b'{"documents": ["\xff"]}', "0xff is not UTF-8, at position 16"),
        (b'{"documents": ["\xed\xa0\x80"]}', "not UTF-8, at position 16"),
        (b'{"documents": ["\\ud800"]}', "Text has to be whole Unicode characters."),
        (b'{"documents": ["\\udc00 x"]}', "whole Unicode characters"),
        ('{"documents": ["é"]}'.encode("latin-1"), "0xe9 is not UTF-8"),
        ('{"documents": ["a"]}'.encode("utf-16"), "not UTF-8"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_body_that_is_not_json_of_whole_characters_is_malformed(client, body, words):
    answer = client.post("/encode", content=body, headers=JSON)
    assert_error(answer, 400, "malformed_body", words)


def test_a_body_that_ends_too_early_is_not_said_to_be_about_characters(client):
    answer = client.post("/encode", content=b'{"documents": ["a', headers=JSON)
    assert answer.status_code == 400
    assert "Unicode" not in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "code", "param", "words"),
    [
        ([], "wrong_type", None, "must be a JSON object. Received: a list"),
        ("text", "wrong_type", None, 'Received: the string "text"'),
        ({}, "missing_field", "documents", "`documents` is missing"),
        ({"documents": []}, "empty_list", "documents", "at least one document"),
        ({"documents": None}, "wrong_type", "documents", "Received: null"),
        ({"documents": {"0": "a"}}, "wrong_type", "documents", "Received: an object"),
        ({"documents": ["a", 3]}, "wrong_type", "documents.1", "Received: 3."),
        ({"documents": [["a"]]}, "wrong_type", "documents.0", "Received: a list."),
        ({"documents": [None]}, "wrong_type", "documents.0", "Received: null."),
        (
            {"documents": ["a"], "normalize": "yes"},
            "wrong_type",
            "normalize",
            "`normalize` must be a valid boolean",
        ),
        ({"documents": ["a"], "normalize": 1}, "wrong_type", "normalize", "boolean"),
        (
            {"documents": ["a"], "encoding_format": "int8"},
            "wrong_value",
            "encoding_format",
            "must be 'float' or 'base64'. Received: the string \"int8\".",
        ),
        (
            {"documents": ["a"], "normalise": True},
            "unknown_field",
            "normalise",
            "Expected: documents, model, normalize, encoding_format.",
        ),
    ],
)
def test_a_wrong_shape_type_or_value_names_its_field(client, body, code, param, words):
    answer = client.post("/encode", json=body)
    assert_error(answer, 422, code, words, param)


def test_a_bare_string_is_refused_with_the_sentence_about_lists(client):
    answer = client.post("/encode", json={"documents": "one text"})
    words = "`documents` is always a list of strings, also for one document"
    assert_error(answer, 422, "wrong_type", words, "documents")


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "Received: 'no Content-Type'"),
        ({"content-type": "text/plain"}, "Received: 'text/plain'"),
        (
            {"content-type": "application/x-www-form-urlencoded"},
            "`Content-Type: application/json`",
        ),
    ],
)
def test_a_body_that_is_not_sent_as_json_is_refused(client, headers, words):
    answer = client.post("/encode", content=b'{"documents": ["a"]}', headers=headers)
    assert_error(answer, 422, "wrong_content_type", words)


@pytest.mark.parametrize(
    "path", ["/nope", "/explorer/nope", "/encode/", "/redoc", "/caf%C3%A9"]
)
def test_an_unknown_path_is_not_found(client, path):
    assert_error(client.get(path), 404, "not_found", "listed at /docs")


def test_an_unknown_file_of_the_docs_is_not_found(client):
    assert_error(client.get("/static-offline-docs/x.js"), 404, "not_found", "x.js")


def test_a_wrong_method_names_the_right_one(client):
    answer = client.get("/encode")
    assert_error(answer, 405, "method_not_allowed", "GET is not allowed on '/encode'")
    assert answer.headers["allow"] == "POST"
    answer = client.post("/readyz")
    assert_error(answer, 405, "method_not_allowed", "Expected: GET")


def test_an_unexpected_exception_keeps_its_text_to_the_log(engine, make_client):
    async def encode(documents):
        raise RuntimeError(f"secret of {documents!r}")

    engine.encode = encode
    client = make_client(engine)
    answer = client.post("/encode", json={"documents": ["a"]})
    assert_error(answer, 500, "internal_error", "a fault of its own")
    assert "secret" not in answer.text


def test_an_unexpected_exception_is_logged_counted_and_named_by_its_request(
    engine, make_client, caplog
):
    async def encode(documents):
        raise RuntimeError(f"secret of {documents!r}")

    engine.encode = encode
    client = make_client(engine)
    headers = {"X-Request-Id": "mine-7"}
    answer = client.post("/encode", json={"documents": ["whispered"]}, headers=headers)
    assert answer.headers["x-request-id"] == "mine-7"
    assert answer.headers["x-content-type-options"] == "nosniff"
    (told,) = [r.getMessage() for r in caplog.records if r.levelname == "ERROR"]
    assert told.startswith("Request mine-7 failed by RuntimeError at\n")
    assert "in encode" in told
    # An error's own words may be those of a document.
    assert "whispered" not in told
    counted = 'kate_requests_total{code="500",route="/encode"} 1.0'
    assert counted in client.get("/metrics").text


def test_a_named_failure_of_the_engine_is_told_and_logged(engine, make_client, caplog):
    async def encode(_):
        raise ServiceError(Failure.NON_FINITE_VECTOR, "Not finite.")

    engine.encode = encode
    answer = make_client(engine).post("/encode", json={"documents": ["a"]})
    assert_error(answer, 500, "non_finite_vector", "Not finite.")
    assert "non_finite_vector: Not finite." in caplog.text


def test_before_the_model_is_loaded_nothing_is_encoded(engine):
    client = TestClient(create_app(Settings(model="unused"), engine))
    answer = client.post("/encode", json={"documents": ["a"]})
    assert_error(answer, 503, "not_ready", "not loaded yet")
    assert_error(client.get("/info"), 503, "not_ready", "not loaded yet")
    assert_error(client.get("/readyz"), 503, "not_ready", "not loaded yet")
    assert client.get("/livez").status_code == 200


def test_the_service_goes_on_after_a_failure(engine, make_client):
    works = engine.encode

    async def encode(documents):
        if documents == [b"poison"]:
            raise RuntimeError("poison")
        return await works(documents)

    engine.encode = encode
    client = make_client(engine)
    assert client.post("/encode", json={"documents": ["poison"]}).status_code == 500
    assert client.post("/encode", json={"documents": ["bread"]}).status_code == 200


def test_a_client_that_hangs_up_within_its_body_is_no_fault_of_the_server(
    engine, caplog
):
    app = create_app(Settings(model="unused"), engine)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/encode",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    messages = [
        {"type": "http.request", "body": b'{"doc', "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent = []

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    with caplog.at_level("INFO", "serving.access"):
        asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 400
    assert b"connection closed" in sent[1]["body"]
    # Nobody read that: it is told as any other that hung up.
    assert [record.status for record in caplog.records] == [499]


@pytest.mark.parametrize("path", ["/kate/livez", "/livez", "/static-offline-docs/x"])
def test_a_root_path_may_be_kept_or_stripped_by_the_proxy(make_client, path):
    client = make_client(root_path="/kate", api_keys="sesame")
    assert client.get(path).status_code == (404 if path.endswith("x") else 200)
    for page in ("/explorer/app.js", "/kate/explorer/app.js", "/", "/kate/"):
        assert client.get(page).status_code == 200
    assert_error(client.get("/info"), 401, "no_key", "Bearer")
    answer = client.get("/kate", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/kate/")
    assert_error(client.get("/katerina"), 401, "no_key", "Bearer")
