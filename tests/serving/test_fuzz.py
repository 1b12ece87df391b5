"""Requests drawn from the schema: every answer is one that the schema documents."""

import pytest
from drawn_examples import EXAMPLES
from hypothesis import given, strategies as st

from serving.route import TIMEOUT_HEADER

schemathesis = pytest.importorskip("schemathesis")
from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: E402


def test_every_answer_is_documented(serve):
    with serve() as (url, _):
        schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
        names = set()
        for result in schema.get_all_operations():
            operation = result.ok()
            names.add(operation.label)

            @EXAMPLES
            @given(case=operation.as_strategy())
            def check(case):
                # Of a deadline of next to nothing the answer is 504, as it should be.
                (case.headers or {}).pop(TIMEOUT_HEADER, None)
                # A schema cannot say which model there is, or what fits it.
                case.call_and_validate(excluded_checks=[positive_data_acceptance])

            check()
        assert {"POST /encode", "POST /explain", "GET /words/{word}"} <= names


def test_no_text_breaks_the_service(make_client):
    client = make_client()

    @EXAMPLES
    @given(texts=st.lists(st.text(), min_size=1, max_size=5))
    def check(texts):
        answer = client.post("/encode", json={"documents": texts})
        assert answer.status_code == 200
        assert len(answer.json()["embeddings"]) == len(texts)

    check()
