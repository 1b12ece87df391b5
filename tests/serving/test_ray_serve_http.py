"""The tests of the interfaces, asked of Ray Serve instead of the application.

Their `client` asks a replica of Serve, which makes an application for each of them.
"""

import base64
import importlib
import inspect
import json
import pickle
import uuid
from contextlib import ExitStack, contextmanager

import pytest
from ray_serving import MAX_BODY_BYTES, client_of, serve

from serving.ray_serve.deployment import NAME
from tests.serving.app_desk import ENGINE_PATH, TEST_HEADER, DeskReplica

MODULES = (
    *("encode", "errors", "limits", "keys", "openai", "tf_serving", "open_inference"),
    *("probes_and_info", "reading", "documents", "models", "observation", "openapi"),
)
HTTP = {"client", "make_client", "serve"}
# A test with one of these reaches into the application's process: it holds its engine,
# reads its log, or has two engines of its own.
OF_ONE_PROCESS = {"awkward_engine", "held", "held_run", "two", "caplog", "monkeypatch"}
# And so do these, by an engine or a state that they change.
NOT_HERE = {
    "test_an_unexpected_exception_keeps_its_text_to_the_log": "another engine",
    "test_the_service_goes_on_after_a_failure": "another engine",
    "test_a_canary_with_a_wrong_vector_is_not_ready": "another engine",
    "test_a_model_that_fails_on_the_canary_is_not_ready": "another engine",
    "test_readyz_recovers_with_the_model": "another engine",
    "test_a_model_that_cannot_be_read_says_so": "another engine",
    "test_functions_agree_with_encode_on_a_real_model": "another engine",
    "test_a_word_that_the_model_does_not_know_is_not_found": "another engine",
    "test_an_output_that_is_not_finite_is_never_returned": "another engine",
    "test_a_body_that_does_not_come_is_not_waited_for": "the proxies wait for bodies",
    "test_a_service_that_was_told_to_stop_is_not_ready_but_answers": "its state",
    "test_requests_documents_and_words_are_counted": "the front answers /metrics",
    "test_paths_that_callers_make_up_make_no_new_labels": "the front answers /metrics",
}
# Cases that no client can send, as HTTP has no such headers.
UNSENDABLE = ("[headers3-wrong_key-does not open]", "[a\\x7f]")


def http_tests(module):
    """The tests of a module that ask by HTTP alone."""
    for name, value in vars(module).items():
        if not name.startswith("test_") or name in NOT_HERE:
            continue
        needs = set(inspect.signature(value).parameters)
        if needs & HTTP and not needs & OF_ONE_PROCESS:
            yield name, value


def test_where_nothing_is_deployed_that_is_said(serve_address):
    with client_of(serve_address) as client:
        answer = client.post("/encode", json={"documents": ["a"]})
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "not_ready"
    assert "No model is deployed here" in answer.text


for _name in MODULES:
    _module = importlib.import_module(f"tests.serving.test_{_name}")
    for _test, _function in http_tests(_module):
        globals()[f"{_test}_{_name}"] = _function
schema = importlib.import_module("tests.serving.test_openapi").schema


class AskedEngine:
    """What the engine of a test's application was asked, in the replica's process."""

    def __init__(self, client):
        self._client = client

    def _ask(self):
        return pickle.loads(base64.b64decode(self._client.get(ENGINE_PATH).content))

    @property
    def encoded(self):
        return self._ask()[0]

    @property
    def calls(self):
        return self._ask()[1]


@pytest.fixture(scope="module")
def desk(serve_address):
    """Address of the applications."""
    serve.run(serve.deployment(DeskReplica).bind(), name=NAME, route_prefix="/")
    yield serve_address
    serve.delete(NAME)


@pytest.fixture(autouse=True)
def sendable(request):
    if any(case in request.node.name for case in UNSENDABLE):
        pytest.skip("no client can send such a header")


@pytest.fixture
def make_client(desk):
    """Returns clients of an application of the settings that are given."""
    # One application for all clients of a test with the same settings.
    name = uuid.uuid4().hex
    with ExitStack() as stack:

        def make(**settings):
            app = json.dumps({"name": name, "settings": settings})
            client = client_of(desk, headers={TEST_HEADER: app}, follow_redirects=True)
            make.last = stack.enter_context(client)
            return client

        yield make


@pytest.fixture
def client(make_client):
    return make_client()


@pytest.fixture
def engine(make_client):
    class Latest:
        def get(self, path):
            return make_client.last.get(path)

    return AskedEngine(Latest())


@pytest.fixture(name="serve")
def serve_fixture(desk):
    @contextmanager
    def serving():
        yield desk, None

    return serving


def test_a_body_over_the_limit_of_the_proxies_is_refused_there(make_client):
    client = make_client(max_document_bytes=100)

    def post(content):
        headers = {"Content-Type": "application/json"}
        answer = client.post("/encode", content=content, headers=headers)
        return answer.status_code, answer.json()["error"]

    frame = '{"documents": [""]}'
    just = b'{"documents": ["' + b"x" * (MAX_BODY_BYTES - len(frame)) + b'"]}'
    assert len(just) == MAX_BODY_BYTES
    for body in (just, iter([just[:100], just[100:]])):
        status, error = post(body)
        assert (status, error["code"]) == (422, "document_too_long")
    for body in (just + b" ", iter([just, b" "])):
        status, error = post(body)
        assert (status, error["code"]) == (413, "body_too_large")
        assert f"must not exceed {MAX_BODY_BYTES} bytes" in error["message"]
