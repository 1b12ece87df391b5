"""What /openapi.json promises and /docs shows."""

import re

import pytest

from serving.errors import ANSWERS, Failure
from serving.schemas import EncodeRequest, EncodeResponse

STATUSES = {
    ("/encode", "post"): {"200", "400", "413", "422", "500", "503"},
    ("/livez", "get"): {"200"},
    ("/readyz", "get"): {"200", "503"},
    ("/info", "get"): {"200", "503"},
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
    about_the_path = {"404", "405"}
    assert {str(answer.status) for answer in ANSWERS.values()} == (
        documented - {"200"} | about_the_path
    )


def test_every_error_is_documented_in_the_one_shape(schema):
    for _, operation in operations(schema):
        for status, response in operation["responses"].items():
            if status != "200":
                shape = response["content"]["application/json"]["schema"]
                assert shape == {"$ref": "#/components/schemas/ErrorResponse"}
    assert "HTTPValidationError" not in schema["components"]["schemas"]


def test_every_code_is_listed(schema):
    assert schema["components"]["schemas"]["Failure"]["enum"] == list(Failure)


def test_unknown_fields_are_documented_as_refused(schema):
    request = schema["components"]["schemas"]["EncodeRequest"]
    assert request["additionalProperties"] is False
    assert request["required"] == ["documents"]


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
    assert names == ["encode", "livez", "readyz", "info"]


def test_the_docs_page_needs_no_other_host(client):
    page = client.get("/docs").text
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page)
    assert '"validatorUrl": null' in page
    local = re.findall(r"""(?:src|href)=["'](/[^"']+)""", page)
    assert len(local) >= 3
    for path in local:
        assert client.get(path).status_code == 200
