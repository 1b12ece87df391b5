"""Traces, as a collector receives them."""

import json
import logging
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.logs import JSONFormatter
from serving.settings import Settings, SettingsError

trace_service = pytest.importorskip(
    "opentelemetry.proto.collector.trace.v1.trace_service_pb2"
)
pytest.importorskip("opentelemetry.sdk")

SECRET = "a text that must not be noted"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def collector():
    """A collector: its address, and the requests that it gets."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", received
        server.shutdown()
        thread.join()


def value_of(value):
    return getattr(value, value.WhichOneof("value"))


def spans_of(received):
    """Each span with its attributes, and the service's name."""
    for body in received:
        request = trace_service.ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            named = {a.key: value_of(a.value) for a in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    attributes = {a.key: value_of(a.value) for a in span.attributes}
                    yield span, attributes, named["service.name"]


@pytest.fixture
def traced(engine, collector, monkeypatch):
    """Makes requests of a service that is then stopped; gives its spans."""
    monkeypatch.delenv("OTEL_SERVICE_NAME", raising=False)
    address, received = collector

    def run(ask, **settings):
        chosen = Settings(model="unused", traces_endpoint=address, **settings)
        app = create_app(chosen, engine)
        with TestClient(app, raise_server_exceptions=False) as client:
            ask(client)
        return list(spans_of(received))

    return run


def test_a_request_is_a_span_with_its_wait_and_its_batch_inside(traced):
    def ask(client):
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
        body = {"documents": [SECRET, "b"]}
        assert client.post("/encode", json=body, headers=headers).status_code == 200

    found = traced(ask)
    assert {name for _, _, name in found} == {"kate"}
    spans = {span.name: (span, attributes) for span, attributes, _ in found}
    request, attributes = spans["POST /encode"]
    assert attributes == {
        "http.request.method": "POST",
        "http.route": "/encode",
        "http.response.status_code": 200,
        "kate.documents": 2,
        "kate.model": "fake",
        "kate.version": "7",
        "kate.fingerprint": "f00d",
    }
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, PARENT)
    queue, inference = spans["queue"][0], spans["inference"][0]
    assert spans["inference"][1] == {"kate.batch_size": 2}
    for inner in (queue, inference):
        assert inner.parent_span_id == request.span_id
        assert inner.trace_id == request.trace_id
        assert request.start_time_unix_nano <= inner.start_time_unix_nano + 10**6
        assert inner.end_time_unix_nano <= request.end_time_unix_nano + 10**6
    assert queue.end_time_unix_nano == inference.start_time_unix_nano


def test_a_batch_is_in_the_span_of_each_request_that_it_serves(traced):
    def ask(client):
        for _ in range(3):
            client.post("/encode", json={"documents": ["a"] * 5})

    found = traced(ask, batch_size=2)
    requests = [span for span, _, _ in found if span.name == "POST /encode"]
    batches = [span for span, _, _ in found if span.name == "inference"]
    assert len(requests) == 3
    # Five documents in batches of two.
    assert sorted(s.parent_span_id for s in batches) == sorted(
        3 * [s.span_id for s in requests]
    )


def test_failures_say_so_and_no_text_is_in_a_span(traced, engine, collector):
    async def fail(documents):
        raise RuntimeError(SECRET)

    def ask(client):
        engine.encode = fail
        assert client.post("/encode", json={"documents": [SECRET]}).status_code == 500
        assert client.post("/encode", json={"documents": SECRET}).status_code == 422
        assert client.get(f"/words/{SECRET}").status_code == 200
        assert client.get(f"/{SECRET}").status_code == 404

    found = traced(ask)
    named = sorted((s.name, a["http.response.status_code"]) for s, a, _ in found)
    assert named == [
        ("GET /words/{word}", 200),
        ("GET unknown", 404),
        ("POST /encode", 422),
        ("POST /encode", 500),
    ]
    failed = [s.status.code for s, a, _ in found if s.status.code]
    assert failed == [2]
    sent = b"".join(collector[1])
    assert b"a text" not in sent
    assert b"Traceback" not in sent


def test_probes_are_not_traced(traced):
    def ask(client):
        for path in ("/livez", "/readyz", "/metrics", "/v2/health/live"):
            assert client.get(path).status_code == 200

    assert traced(ask, root_path="/kate") == []


def test_the_log_names_the_trace(traced, caplog):
    def ask(client):
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
        with caplog.at_level(logging.INFO, "serving.access"):
            client.post("/encode", json={"documents": ["a"]}, headers=headers)

    traced(ask)
    (record,) = [r for r in caplog.records if r.name == "serving.access"]
    assert json.loads(JSONFormatter().format(record))["trace_id"] == TRACE


def test_without_a_collector_opentelemetry_is_not_imported(served_model):
    script = (
        "import sys; from fastapi.testclient import TestClient;"
        "from serving.app import create_app; from serving.settings import Settings\n"
        "create_app(Settings(model=sys.argv[1]))\n"
        "print('opentelemetry.sdk' in sys.modules)"
    )
    command = [sys.executable, "-c", script, str(served_model)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_missing_package_is_named(make_client, monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError, match=r"pip install 'kate_keras\[tracing\]'"):
        make_client(traces_endpoint="http://127.0.0.1:1/v1/traces")


def test_a_collector_that_is_away_stops_nobody(engine, monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    settings = Settings(model="unused", traces_endpoint="http://127.0.0.1:1/v1/traces")
    with TestClient(create_app(settings, engine)) as client:
        answer = client.post("/encode", json={"documents": ["a"]})
        assert answer.status_code == 200
