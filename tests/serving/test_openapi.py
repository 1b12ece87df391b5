"""What /openapi.json promises and /docs shows."""

import re

import pytest

from serving.errors import ANSWERS, Failure
from serving.schemas import EncodeRequest, EncodeResponse

LIST = {"200", "401", "503"}
READ = LIST | {"404", "412"}
LOOK = READ | {"422", "429", "500", "504"}
ENCODE = LOOK | {"400", "413"}
STATUSES = {
    ("/encode", "post"): ENCODE,
    ("/topics", "get"): LOOK,
    ("/topics/{index}", "get"): LOOK,
    ("/words/{word}", "get"): LOOK,
    ("/explain", "post"): ENCODE,
    ("/similar", "post"): ENCODE,
    ("/index", "get"): LOOK,
    ("/map", "get"): LOOK | {"304"},
    ("/documents", "get"): LOOK,
    ("/topics/{index}/documents", "get"): LOOK,
    ("/v1/embeddings", "post"): ENCODE,
    ("/v1/models", "get"): LIST,
    ("/v1/models/{name}:predict", "post"): ENCODE,
    ("/v1/models/{name}", "get"): READ,
    ("/v1/models/{name}/metadata", "get"): READ,
    ("/v2", "get"): {"200", "401"},
    ("/v2/health/live", "get"): {"200"},
    ("/v2/health/ready", "get"): {"200", "503"},
    ("/v2/models/{name}/ready", "get"): READ,
    ("/v2/models/{name}", "get"): READ,
    ("/v2/models/{name}/infer", "post"): ENCODE,
    ("/livez", "get"): {"200"},
    ("/readyz", "get"): {"200", "503"},
    ("/metrics", "get"): {"200"},
    ("/info", "get"): READ | {"422"},
}


@pytest.fixture
def schema(client):
    return client.get("/openapi.json").json()


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield (path, method), operation


def test_every_operation_documents_exactly_its_statuses(schema):
    found = {place: set(op["responses"]) for place, op in operations(schema)}
    assert found == STATUSES


def test_every_status_of_the_table_is_documented_or_is_about_the_path(schema):
    documented = {s for _, op in operations(schema) for s in op["responses"]}
    about_the_path = {"405"}
    assert {str(answer.status) for answer in ANSWERS.values()} == (
        documented - {"200", "304"} | about_the_path
    )


def test_every_error_is_documented_in_the_one_shape(schema):
    for _, operation in operations(schema):
        for status, response in operation["responses"].items():
            if status not in ("200", "304"):
                shape = response["content"]["application/json"]["schema"]
                assert shape == {"$ref": "#/components/schemas/ErrorResponse"}
    assert "HTTPValidationError" not in schema["components"]["schemas"]


def test_every_code_is_listed(schema):
    assert schema["components"]["schemas"]["Failure"]["enum"] == list(Failure)


REQUESTS = {
    "EncodeRequest": (["documents"], "/encode"),
    "EmbeddingsRequest": (["model", "input"], "/v1/embeddings"),
    "PredictRequest": (None, "/v1/models/fake:predict"),
    "InferRequest": (["inputs"], "/v2/models/fake/infer"),
    "ExplainRequest": (["documents"], "/explain"),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_unknown_fields_are_documented_as_refused(schema, name):
    request = schema["components"]["schemas"][name]
    assert request["additionalProperties"] is False
    assert request.get("required") == REQUESTS[name][0]


@pytest.mark.parametrize("name", REQUESTS)
def test_every_example_of_a_request_is_answered(schema, client, name):
    examples = schema["components"]["schemas"][name]["examples"]
    assert examples
    for example in examples:
        if "model" in example:
            example["model"] = "fake"
        assert client.post(REQUESTS[name][1], json=example).status_code == 200


def test_the_examples_are_accepted(schema, client):
    examples = schema["components"]["schemas"]["EncodeRequest"]["examples"]
    assert examples
    for example in examples:
        assert EncodeRequest.model_validate(example)
        assert client.post("/encode", json=example).status_code == 200
    for example in schema["components"]["schemas"]["EncodeResponse"]["examples"]:
        assert EncodeResponse.model_validate(example)


def test_answers_have_the_documented_fields(client):
    for form in ("float", "base64"):
        request = {"documents": ["a"], "encoding_format": form}
        body = client.post("/encode", json=request).json()
        assert EncodeResponse.model_validate(body, strict=True)
        assert set(body) == set(EncodeResponse.model_fields)


def test_operations_have_short_names_for_generated_clients(schema):
    names = [operation["operationId"] for _, operation in operations(schema)]
    assert names == [
        *(
            "encode",
            "topics",
            "topic",
            "word",
            "explain",
            *("similar", "index", "document_map", "documents", "topic_documents"),
            "embeddings",
            "models",
            "predict",
            "status",
            "metadata",
        ),
        *("server", "live", "ready", "model_ready", "model_metadata", "infer"),
        *("livez", "readyz", "metrics", "info"),
    ]


def test_the_docs_page_needs_no_other_host(client):
    page = client.get("/docs").text
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page)
    assert '"validatorUrl": null' in page
    local = re.findall(r"""(?:src|href)=["'](/[^"']+)""", page)
    assert len(local) >= 3
    for path in local:
        assert client.get(path).status_code == 200
