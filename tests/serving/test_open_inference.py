"""The Open Inference Protocol, version 2."""

import numpy as np
import pytest

EXPECTED = [3, -1, 0.1, 16, -16 / 3, 0.1]
INFER = "/v2/models/fake/infer"
TEXT = {
    "name": "text",
    "shape": [2],
    "datatype": "BYTES",
    "data": ["one", "three words here"],
}
ROW = [0.0, 1.0] + [0.0] * 9
COUNTS = {"name": "counts", "shape": [2, 11], "datatype": "FP32", "data": [ROW, ROW]}
SPARSE = [
    {"name": "word_ids", "shape": [2], "datatype": "INT64", "data": [1, 2]},
    {"name": "counts", "shape": [2], "datatype": "FP32", "data": [1.5, 2.5]},
    {"name": "row_splits", "shape": [3], "datatype": "INT64", "data": [0, 1, 2]},
]


def error_of(answer):
    return answer.json()["error"]


def outputs_of(answer):
    assert answer.status_code == 200, answer.text
    return {output["name"]: output for output in answer.json()["outputs"]}


def test_text_is_answered_with_flat_tensors_and_its_id(client):
    answer = client.post(INFER, json={"id": "42", "inputs": [TEXT]})
    outputs = outputs_of(answer)
    np.testing.assert_allclose(outputs["embedding"].pop("data"), EXPECTED, rtol=1e-6)
    assert answer.json() == {
        "model_name": "fake",
        "model_version": "7",
        "id": "42",
        "outputs": [
            {"name": "embedding", "shape": [2, 3], "datatype": "FP32",
             "data": answer.json()["outputs"][0]["data"]},
            {"name": "known_words", "shape": [2], "datatype": "INT64", "data": [1, 3]},
            {"name": "words", "shape": [2], "datatype": "INT64", "data": [2, 4]},
        ],
    }  # fmt: skip


def test_outputs_can_be_chosen_and_an_id_left_out(client):
    body = {"inputs": [TEXT], "outputs": [{"name": "words"}]}
    answer = client.post("/v2/models/fake/versions/7/infer", json=body)
    assert list(outputs_of(answer)) == ["words"]
    assert "id" not in answer.json()


@pytest.mark.parametrize("data", [[ROW, ROW], [*ROW, *ROW]])
def test_counts_may_come_in_rows_or_flat(client, data):
    outputs = outputs_of(client.post(INFER, json={"inputs": [COUNTS | {"data": data}]}))
    assert outputs["embedding"]["data"] == [0, 1, 0, 0, 1, 0]


def test_sparse_counts_come_in_three_tensors(client):
    outputs = outputs_of(client.post(INFER, json={"inputs": SPARSE}))
    assert outputs["embedding"]["data"] == [0, 1.5, 0, 0, 0, 2.5]


@pytest.mark.parametrize(
    ("inputs", "code", "param"),
    [
        ([], "empty_list", "inputs"),
        ([TEXT, TEXT], "wrong_value", "inputs"),
        ([TEXT, COUNTS], "wrong_value", "inputs"),
        ([TEXT | {"name": "texts"}], "wrong_value", "inputs"),
        ([TEXT | {"datatype": "FP32"}], "wrong_type", "inputs.text"),
        ([TEXT | {"datatype": "FP64"}], "wrong_value", "inputs.0.datatype"),
        ([TEXT | {"shape": [3]}], "wrong_type", "inputs.text"),
        ([TEXT | {"shape": []}], "wrong_type", "inputs.text"),
        ([TEXT | {"shape": [2, 1]}], "wrong_type", "inputs.text"),
        ([TEXT | {"data": ["a", 1]}], "wrong_type", "text.1"),
        ([TEXT | {"extra": 1}], "unknown_field", "inputs.0.extra"),
        ([COUNTS | {"shape": [2, 10]}], "wrong_type", "inputs.counts"),
        ([COUNTS | {"shape": [11, 2], "data": [*ROW, *ROW]}], "wrong_type", "counts"),
        ([COUNTS | {"shape": [-1, 11]}], "wrong_type", "inputs.counts"),
    ],
)
def test_a_wrong_tensor_is_named(client, inputs, code, param):
    answer = client.post(INFER, json={"inputs": inputs})
    assert answer.status_code == 422, answer.text
    assert (error_of(answer)["code"], error_of(answer)["param"]) == (code, param)


def test_an_output_that_there_is_not_is_refused(client):
    body = {"inputs": [TEXT], "outputs": [{"name": "logits"}]}
    answer = client.post(INFER, json=body)
    assert answer.status_code == 422
    assert "among embedding, known_words, words" in error_of(answer)["message"]


def test_the_server_and_its_model_are_described(client):
    assert client.get("/v2").json()["extensions"] == []
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json() == {"ready": True}
    for place in ("fake", "fake/versions/7"):
        found = client.get(f"/v2/models/{place}").json()
        assert found == {
            "name": "fake",
            "versions": ["7"],
            "platform": "tensorflow_savedmodel",
            "inputs": [{"name": "text", "datatype": "BYTES", "shape": [-1]}],
            "outputs": [
                {"name": "embedding", "datatype": "FP32", "shape": [-1, 3]},
                {"name": "known_words", "datatype": "INT64", "shape": [-1]},
                {"name": "words", "datatype": "INT64", "shape": [-1]},
            ],
        }
        ready = client.get(f"/v2/models/{place}/ready")
        assert ready.json() == {"name": "fake", "ready": True}


@pytest.mark.parametrize("place", ["other", "fake/versions/8"])
def test_what_is_not_served_is_not_found(client, place):
    path = f"/v2/models/{place}"
    for answer in (
        client.post(f"{path}/infer", json={"inputs": [TEXT]}),
        client.get(path),
        client.get(f"{path}/ready"),
    ):
        assert answer.status_code == 404
        assert error_of(answer)["code"] == "model_not_found"


def test_a_model_that_fails_on_the_canary_is_not_ready(engine, make_client):
    async def encode(_):
        raise RuntimeError("the reason")

    engine.encode = encode
    client = make_client(engine)
    for path in ("/v2/health/ready", "/v2/models/fake/ready"):
        assert client.get(path).status_code == 503
    assert client.get("/v2/health/live").status_code == 200


def test_an_output_is_named_once(client):
    body = {"inputs": [TEXT], "outputs": [{"name": "words"}] * 2}
    answer = client.post(INFER, json=body)
    assert answer.status_code == 422
    assert "each output once" in error_of(answer)["message"]
