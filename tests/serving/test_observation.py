"""What is noted of requests: ids, headers, counts, times, and never a text."""

import json
import logging

import pytest
from prometheus_client.parser import text_string_to_metric_families

from serving.logs import JSONFormatter

SECRET = "a text that must not be noted"


def metrics_of(client):
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


@pytest.mark.parametrize("given", ["abc-1.2_3", "x" * 128])
def test_an_id_that_the_caller_chose_comes_back(client, given):
    headers = {"X-Request-Id": given}
    assert client.get("/livez", headers=headers).headers["x-request-id"] == given


@pytest.mark.parametrize("given", [None, "", "x" * 129, "a b", 'a"b', "a\x7f"])
def test_any_other_request_gets_an_id_of_its_own(client, given):
    headers = {} if given is None else {"X-Request-Id": given}
    ids = {client.get("/livez", headers=headers).headers["x-request-id"] for _ in "ab"}
    assert len(ids) == 2
    assert all(len(own) == 32 and own.isalnum() for own in ids)


@pytest.mark.parametrize("path", ["/livez", "/nowhere", "/docs", "/metrics"])
def test_every_answer_has_the_headers_that_browsers_heed(client, path):
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "x-request-id" in headers
    # A page of the manual runs its own scripts.
    assert ("content-security-policy" in headers) == (path in ("/livez", "/nowhere"))


def test_other_origins_are_not_let_in_by_default(client):
    origin = {"Origin": "https://example.org"}
    answer = client.post("/encode", json={"documents": ["a"]}, headers=origin)
    assert "access-control-allow-origin" not in answer.headers


def test_origins_that_are_named_are_let_in(make_client):
    client = make_client(
        cors_origins="https://a.example, https://b.example", api_keys="k"
    )
    ask = {"Access-Control-Request-Method": "POST"}
    for origin, allowed in (("https://b.example", True), ("https://c.example", False)):
        # A browser asks beforehand, without a key.
        answer = client.options("/encode", headers={**ask, "Origin": origin})
        assert (answer.status_code == 200) is allowed
        found = answer.headers.get("access-control-allow-origin")
        assert found == (origin if allowed else None)


def test_requests_documents_and_words_are_counted(client):
    client.post("/encode", json={"documents": ["one two", "", "three"]})
    client.post("/v1/embeddings", json={"model": "fake", "input": "four"})
    client.post("/encode", json={"documents": "no list"})
    client.get("/v1/models/other")
    client.get("/somewhere")
    found = metrics_of(client)
    assert found["kate_requests_total", "/encode", "200"] == 1
    assert found["kate_requests_total", "/encode", "422"] == 1
    assert found["kate_requests_total", "/v1/models/{name}", "404"] == 1
    assert found["kate_requests_total", "404", "unknown"] == 1
    assert found["kate_documents_total", "fake"] == 4
    assert found["kate_empty_documents_total", "fake"] == 1
    # The fake engine calls one word of each text unknown: 1/3, 1/1, 1/2, 1/2.
    assert found["kate_unknown_word_ratio_count", "fake"] == 4
    assert found["kate_unknown_word_ratio_sum", "fake"] == pytest.approx(7 / 3)
    assert found["kate_batch_size_sum", "fake"] == 4
    assert found["kate_inference_duration_seconds_count", "fake"] == 2
    assert found["kate_queue_duration_seconds_count", "fake"] == 2
    assert found["kate_queue_size", "fake"] == 0
    assert found["kate_model_info", "7", "f00d", "fake"] == 1
    assert found["kate_model_load_timestamp_seconds", "fake"] > 1.7e9
    assert found["kate_request_duration_seconds_count", "/encode"] == 2


def test_paths_that_callers_make_up_make_no_new_labels(client):
    client.get("/metrics")
    before = len(metrics_of(client))
    for number in range(20):
        client.get(f"/path-{number}")
        client.get(f"/v1/models/model-{number}")
    assert len(metrics_of(client)) - before < 80
    client.get("/path-21")
    steady = len(metrics_of(client))
    client.get("/path-22")
    assert len(metrics_of(client)) == steady


def test_the_log_has_a_line_per_request_without_its_text(client, caplog):
    caplog.set_level(logging.INFO, "serving.access")
    headers = {"X-Request-Id": "abc"}
    client.post("/encode", json={"documents": [SECRET, SECRET]}, headers=headers)
    client.post("/encode", json={"documents": [SECRET, 1]})
    client.get(f"/{SECRET.replace(' ', '-')}")
    lines = [r for r in caplog.records if r.name == "serving.access"]
    assert [r.getMessage().rpartition(" ")[0].rpartition(" ")[0] for r in lines] == [
        "POST /encode 200",
        "POST /encode 422",
        "GET unknown 404",
    ]
    assert (lines[0].request_id, lines[0].documents) == ("abc", 2)
    assert "must" not in caplog.text


def test_a_line_of_json_has_the_fields_of_the_request(caplog):
    record = logging.makeLogRecord(
        {
            "name": "serving.access", "levelname": "INFO", "msg": "GET %s",
            "args": ("/livez",), "created": 1.5, "msecs": 500.0, "status": 200,
            "request_id": "abc", "documents": None,
        }
    )  # fmt: skip
    assert json.loads(JSONFormatter().format(record)) == {
        "time": "1970-01-01T00:00:01.500Z",
        "level": "info",
        "logger": "serving.access",
        "message": "GET /livez",
        "request_id": "abc",
        "status": 200,
    }


def test_a_line_of_json_stays_one_line_with_a_traceback():
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    line = JSONFormatter().format(logging.makeLogRecord({"exc_info": info}))
    assert "\n" not in line
    assert "ValueError: two\nlines" in json.loads(line)["exception"]
