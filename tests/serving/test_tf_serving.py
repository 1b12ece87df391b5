"""TensorFlow Serving's REST protocol, after its public page of the RESTful API."""

import base64

import numpy as np
import pytest

VECTORS = {"one": [3, -1, 0.1], "three words here": [16, -16 / 3, 0.1]}
TEXTS = list(VECTORS)
EXPECTED = list(VECTORS.values())
PREDICT = "/v1/models/fake:predict"
B64 = {"b64": base64.b64encode(b"one").decode()}
ONES = [1.0] + [0.0] * 10
SPARSE = {"word_ids": [2, 1, 2], "counts": [4, 1, 2], "row_splits": [0, 1, 1, 3]}
SPARSE_EXPECTED = [[0, 0, 4], [0, 0, 0], [0, 1, 2]]


def close(found, expected):
    np.testing.assert_allclose(np.array(found, float), expected, rtol=1e-6)


def error_of(answer):
    return answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"instances": TEXTS}, EXPECTED),
        ({"instances": [{"text": text} for text in TEXTS]}, EXPECTED),
        ({"instances": [B64, TEXTS[1]]}, EXPECTED),
        ({"instances": [{"text": B64}]}, EXPECTED[:1]),
        ({"instances": TEXTS, "signature_name": "encode"}, EXPECTED),
        ({"instances": TEXTS, "signature_name": "serving_default"}, EXPECTED),
        ({"instances": [ONES], "signature_name": "encode_counts"}, [[1, 0, 0]]),
        (
            {"instances": [{"counts": ONES}], "signature_name": "encode_counts"},
            [[1, 0, 0]],
        ),
        ({"instances": ["a"], "signature_name": "reconstruct"}, [[0.0] * 11]),
    ],
)
def test_rows_of_a_single_output_come_without_its_name(client, body, expected):
    answer = client.post(PREDICT, json=body)
    assert answer.status_code == 200
    assert set(answer.json()) == {"predictions"}
    close(answer.json()["predictions"], expected)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"inputs": TEXTS}, EXPECTED),
        ({"inputs": {"text": TEXTS}}, EXPECTED),
        ({"inputs": [ONES], "signature_name": "encode_counts"}, [[1, 0, 0]]),
        ({"inputs": SPARSE, "signature_name": "encode_sparse"}, SPARSE_EXPECTED),
    ],
)
def test_columns_of_a_single_output_come_without_its_name(client, body, expected):
    answer = client.post(PREDICT, json=body)
    assert answer.status_code == 200
    assert set(answer.json()) == {"outputs"}
    close(answer.json()["outputs"], expected)


def test_several_outputs_come_by_name(client):
    body = {"signature_name": "describe", "instances": TEXTS}
    rows = client.post(PREDICT, json=body).json()["predictions"]
    close([row.pop("embedding") for row in rows], EXPECTED)
    assert rows == [{"known_words": 1, "words": 2}, {"known_words": 3, "words": 4}]
    body = {"signature_name": "describe", "inputs": TEXTS}
    columns = client.post(PREDICT, json=body).json()["outputs"]
    close(columns.pop("embedding"), EXPECTED)
    assert columns == {"known_words": [1, 3], "words": [2, 4]}


@pytest.mark.parametrize("place", ["", "/versions/7", "/labels/stable"])
def test_a_version_or_a_label_may_stand_in_the_path(client, place):
    path = f"/v1/models/fake{place}"
    assert client.post(f"{path}:predict", json={"inputs": TEXTS}).status_code == 200
    state = client.get(path).json()["model_version_status"]
    assert state == [
        {
            "version": "7",
            "state": "AVAILABLE",
            "status": {"error_code": "OK", "error_message": ""},
        }
    ]
    spec = client.get(f"{path}/metadata").json()["model_spec"]
    assert spec == {"name": "fake", "signature_name": "", "version": "7"}


@pytest.mark.parametrize(
    ("place", "param", "words"),
    [
        ("other", "model", "no model 'other' here. Expected: 'fake'"),
        ("fake/versions/8", "version", "no version '8' of 'fake' here. Expected: '7'"),
        ("fake/labels/canary", "label", "no label 'canary' here. Expected: 'stable'"),
    ],
)
def test_what_is_not_served_is_not_found(client, place, param, words):
    path = f"/v1/models/{place}"
    for answer in (
        client.post(f"{path}:predict", json={"inputs": TEXTS}),
        client.get(path),
        client.get(f"{path}/metadata"),
    ):
        assert answer.status_code == 404
        error = error_of(answer)
        assert (error["code"], error["param"]) == ("model_not_found", param)
        assert words in error["message"]


def test_the_metadata_has_types_and_shapes_as_protocol_buffers_write_them(client):
    body = client.get("/v1/models/fake/metadata").json()
    signatures = body["metadata"]["signature_def"]["signature_def"]
    assert set(signatures) >= {"serving_default", "encode_sparse"}
    assert signatures["encode_counts"] == {
        "inputs": {
            "counts": {
                "dtype": "DT_FLOAT",
                "tensor_shape": {
                    "dim": [{"size": "-1", "name": ""}, {"size": "11", "name": ""}],
                    "unknown_rank": False,
                },
            }
        },
        "outputs": {
            "embedding": {
                "dtype": "DT_FLOAT",
                "tensor_shape": {
                    "dim": [{"size": "-1", "name": ""}, {"size": "3", "name": ""}],
                    "unknown_rank": False,
                },
            }
        },
        "method_name": "tensorflow/serving/predict",
    }
    assert signatures["describe"]["inputs"]["text"]["dtype"] == "DT_STRING"
    assert signatures["describe"]["outputs"]["words"]["dtype"] == "DT_INT64"


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({}, "missing_field", "instances"),
        ({"instances": ["a"], "inputs": ["a"]}, "missing_field", "instances"),
        ({"instances": []}, "empty_list", "instances"),
        ({"inputs": []}, "empty_list", "text"),
        ({"inputs": "a"}, "wrong_type", "text"),
        ({"instances": [1]}, "wrong_type", "text.0"),
        ({"instances": ["a", {"text": "b"}]}, "wrong_type", "instances.0"),
        ({"instances": [{"texts": "b"}]}, "wrong_type", "instances.0"),
        ({"instances": [{"b64": "%"}]}, "wrong_type", "text.0"),
        ({"instances": [{"b64": "/w=="}]}, "wrong_type", "text.0"),
        ({"inputs": {"texts": ["a"]}}, "unknown_field", "texts"),
        ({"inputs": {}}, "missing_field", "text"),
        ({"inputs": ["a"], "signature_name": "none"}, "wrong_value", "signature_name"),
        ({"inputs": ["a"], "signature": "encode"}, "unknown_field", "signature"),
        ({"inputs": [[1.0]], "signature_name": "encode_counts"}, "wrong_type",
         "counts"),
        ({"inputs": ONES, "signature_name": "encode_counts"}, "wrong_type", "counts"),
        (
            {"inputs": [ONES, [1.0]], "signature_name": "encode_counts"},
            "wrong_type",
            "counts",
        ),
        ({"inputs": [["a"] * 11], "signature_name": "encode_counts"}, "wrong_type",
         "counts"),
        ({"inputs": [[1e39] * 11], "signature_name": "encode_counts"}, "wrong_type",
         "counts"),
        ({"inputs": [], "signature_name": "encode_counts"}, "wrong_type", "counts"),
        ({"inputs": [1], "signature_name": "encode_sparse"}, "wrong_type", "inputs"),
        (
            {"inputs": SPARSE | {"counts": [1]}, "signature_name": "encode_sparse"},
            "wrong_type",
            "counts",
        ),
        (
            {"inputs": SPARSE | {"word_ids": [0.5, 1, 2]},
             "signature_name": "encode_sparse"},
            "wrong_type",
            "word_ids",
        ),
        (
            {"inputs": SPARSE | {"row_splits": [0, 3, 2, 3]},
             "signature_name": "encode_sparse"},
            "wrong_type",
            "row_splits",
        ),
        (
            {"inputs": SPARSE | {"row_splits": [0, 2]},
             "signature_name": "encode_sparse"},
            "wrong_type",
            "row_splits",
        ),
        (
            {"inputs": SPARSE | {"row_splits": [0]}, "signature_name": "encode_sparse"},
            "empty_list",
            "row_splits",
        ),
    ],
)  # fmt: skip
def test_a_wrong_input_is_named(client, body, code, param):
    answer = client.post(PREDICT, json=body)
    assert answer.status_code == 422, answer.text
    assert (error_of(answer)["code"], error_of(answer)["param"]) == (code, param)


def test_the_limits_hold_here_too(make_client):
    client = make_client(max_documents=3, batch_size=2, max_document_bytes=5)

    def post(**body):
        return client.post(PREDICT, json=body)

    assert post(inputs=["a"] * 3).status_code == 200
    assert error_of(post(inputs=["a"] * 4))["code"] == "too_many_documents"
    assert error_of(post(inputs=["abcdef"]))["code"] == "document_too_long"
    counts = {"signature_name": "encode_counts"}
    assert post(inputs=[ONES] * 3, **counts).status_code == 200
    assert error_of(post(inputs=[ONES] * 4, **counts))["code"] == "too_many_documents"
    sparse = {"signature_name": "encode_sparse"}
    assert post(inputs=SPARSE, **sparse).status_code == 200
    more = SPARSE | {"row_splits": [0, 1, 1, 1, 3]}
    assert error_of(post(inputs=more, **sparse))["code"] == "too_many_documents"
    # Logits over the vocabulary are large.
    logits = {"signature_name": "reconstruct"}
    client = make_client()
    assert post(inputs=["a"] * 8, **logits).status_code == 200
    assert error_of(post(inputs=["a"] * 9, **logits))["code"] == "too_many_documents"


def test_outputs_that_are_not_one_for_each_document_come_by_column(client):
    explain = {"signature_name": "explain"}
    found = client.post(PREDICT, json={"inputs": ["a"], **explain}).json()["outputs"]
    assert found["words"] == ["up", "down"]
    assert found["shares"] == [[0.25, -1, 0], [-0.5, 2, 0]]
    answer = client.post(PREDICT, json={"instances": ["a"], **explain})
    assert answer.status_code == 422
    assert "by column" in error_of(answer)["message"]


def test_functions_agree_with_encode_on_a_real_model(make_client, served_model):
    from serving.engine import ModelEngine
    from serving.model_folder import open_model_folder
    from serving.saved_model import SavedModelRunner

    client = make_client(ModelEngine(open_model_folder(served_model), SavedModelRunner))
    documents = ["abc", "", "a b"]
    encoded = client.post("/encode", json={"documents": documents}).json()
    body = {"signature_name": "describe", "inputs": documents}
    found = client.post("/v1/models/müsli:predict", json=body).json()["outputs"]
    assert found["embedding"] == encoded["embeddings"]
    assert found["known_words"] == encoded["known_words"]


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        # What NumPy would pad to the longest.
        ("encode_counts", ["a" * 1000, *[""] * 20]),
        ("encode_counts", [[True] + [0.0] * 10]),
        ("encode_counts", [[None] + [0.0] * 10]),
        ("encode_sparse", {**SPARSE, "word_ids": [2, True, 2]}),
        ("encode_sparse", {**SPARSE, "counts": [4, "1", 2]}),
    ],
)
def test_what_is_no_number_is_refused(client, engine, name, inputs):
    answer = client.post(PREDICT, json={"signature_name": name, "inputs": inputs})
    assert answer.status_code == 422
    assert "numbers" in error_of(answer)["message"]
    assert engine.calls == []


@pytest.mark.parametrize(("n_words", "status"), [(1000, 200), (1001, 422)])
def test_a_call_asks_for_so_many_words_at_the_most(client, engine, n_words, status):
    body = {"signature_name": "topics", "inputs": {"n_words": n_words}}
    answer = client.post(PREDICT, json=body)
    assert answer.status_code == status
    assert len(engine.calls) == (status == 200)
    if status == 422:
        assert "`n_words` must be at most 1000" in error_of(answer)["message"]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_output_that_is_not_finite_is_never_returned(client, engine, value):
    async def broken(signature, inputs):
        return {"embedding": np.array([[0.5, value, 1.0]], np.float32)}

    engine.run = broken
    body = {"signature_name": "encode_counts", "inputs": [ONES]}
    answer = client.post(PREDICT, json=body)
    assert answer.status_code == 500
    assert error_of(answer)["code"] == "non_finite_vector"
