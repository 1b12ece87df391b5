"""The clients of the scale benchmark against a server as told, and its page."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from benchmarks.scale.clients import body_of, expect, outcomes_of
from benchmarks.scale.serving import render

VECTORS = np.array([[1, -0.5]], "<f4")


@pytest.fixture
def server():
    """Answers right, then as each of `told` in turn; gives its port and that list."""
    told = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            outcome = told.pop(0) if told else "right"
            if outcome == "broken":
                self.close_connection = True
                return
            vectors = VECTORS + (1e-3 if outcome == "wrong" else 1e-7)
            rows = [base64.b64encode(row.astype("<f4")).decode() for row in vectors]
            body = {"embeddings": rows}
            if outcome == "full":
                body = {"error": {"code": "queue_full"}}
            content = json.dumps(body).encode()
            self.send_response(429 if outcome == "full" else 200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield listening.server_address[1], told
        listening.shutdown()
        thread.join()


def test_every_request_has_an_outcome_and_vectors_are_looked_at(server):
    port, told = server
    questions = expect(port, [body_of(["a"]), body_of(["b"])])
    np.testing.assert_allclose(questions[0][1], VECTORS, atol=1e-6)
    found = outcomes_of(
        port, questions, 2.0, lambda: told.extend(["wrong", "full", "broken"]), 2
    )
    assert found.pop("200") > 0
    assert found.pop("longest, ms") >= 0
    assert found == {"wrong vectors": 1, "429 queue_full": 1, "broken connection": 1}


def test_the_page_adds_up_what_was_sent():
    row = {"form": "Ray Serve", "processes": 2, "start": 9.5, "single": 1234.5}
    row |= {"p50": 0.012, "p99": 0.034, "documents": 5678.9, "failures": 0}
    outcomes = {"200": 1000, "503 not_ready": 4, "longest, ms": 608}
    page = render(
        {
            "machine": "2 cores",
            "seconds": 5.0,
            "rows": [row],
            "faults": {
                "kill -9 of a replica": {**outcomes, "until both answer, s": 3.58},
                "kill -9 of the head": {"200": 7, "longest, ms": 20},
            },
        }
    )
    assert "| Ray Serve | 2 | 9.5 | 1,234 | 12.0 | 34.0 | 5,679 | 0 |" in page
    assert (
        "| kill -9 of a replica | 1,004 | 1,000 | 4 × 503 not_ready | 0 | 608 | 3.6 |"
        in page
    )
    assert "| kill -9 of the head | 7 | 7 | 0 | 0 | 20 | not asked |" in page
