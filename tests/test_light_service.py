"""The service without TensorFlow: the same answers, or a refusal."""

import asyncio
import subprocess
import sys

import numpy as np
import pytest
from conftest import small_kate
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.light_model import LightRunner
from serving.model_folder import ModelFolderError, open_model_folder
from serving.saved_model import SavedModelRunner
from serving.settings import Settings

UNCERTAIN = "ΟΔΟΣ2"
TEXTS = [
    "A rocket to the MOON, a rocket!",
    "",
    "unknown wörds 42",
    "café cafe\u0301 violin",
]


@pytest.fixture(scope="module")
def runners(model_folder):
    folder = open_model_folder(model_folder)
    return LightRunner(folder), SavedModelRunner(folder)


@pytest.fixture(scope="module", params=["model", "export"])
def clients(request, model_folder, model, tmp_path_factory):
    """Services of one model, light and whole."""
    path = model_folder
    if request.param == "export":
        path = model.export(tmp_path_factory.mktemp("export") / "themes").parent
    light = create_app(Settings(model=path, engine="light"))
    whole = create_app(Settings(model=path))
    with TestClient(light) as one, TestClient(whole) as other:
        yield one, other


def nested(value):
    """Numbers to within float32's rounding, the rest as it is."""
    if isinstance(value, dict):
        return {key: nested(item) for key, item in value.items()}
    if isinstance(value, list):
        return [nested(item) for item in value]
    return pytest.approx(value, abs=1e-5) if isinstance(value, float) else value


ASKED = [
    ("POST", "/encode", {"documents": TEXTS}),
    ("POST", "/encode", {"documents": TEXTS, "normalize": True}),
    ("POST", "/explain", {"documents": TEXTS, "n_topics": 2}),
    ("GET", "/topics?n_words=4", None),
    ("GET", "/topics/1", None),
    ("GET", "/words/MOON?n=3", None),
    ("GET", "/readyz", None),
    ("GET", "/info", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ASKED)
def test_answers_are_those_of_tensorflow(clients, method, path, body):
    light, whole = (client.request(method, path, json=body) for client in clients)
    assert light.status_code == whole.status_code == 200
    expected = whole.json()
    if path == "/words/MOON?n=3":
        # Words of all but equal cosines may change places.
        assert light.json()["neighbours"][0] == nested(expected["neighbours"][0])
        return
    assert light.json() == nested(expected)


def test_the_words_of_a_text_are_usage_to_openai_clients(clients):
    body = {"input": TEXTS, "model": clients[0].get("/info").json()["model"]}
    light, whole = (c.post("/v1/embeddings", json=body).json() for c in clients)
    assert light["usage"] == whole["usage"]
    assert light["usage"]["total_tokens"] == 7 + 2 + 3


def test_functions_take_and_give_what_those_of_tensorflow_do(runners):
    light, whole = runners
    assert set(whole.signatures) - set(light.signatures) == {"reconstruct"}
    for name, signature in light.signatures.items():
        other = whole.signatures[name]
        assert signature.inputs == other.inputs
        assert {k: v.dtype for k, v in signature.outputs.items()} == {
            k: v.dtype for k, v in other.outputs.items()
        }


def inputs_of(name, n_words):
    counts = np.zeros((3, n_words), np.float32)
    counts[0, [1, 3]], counts[2, 0] = (2, 1), 0.5
    sparse = {
        "word_ids": np.array([3, 1, 0]),
        "counts": np.array([1, 2, 0.5], np.float32),
        "row_splits": np.array([0, 2, 2, 3]),
    }
    given = {
        "encode_counts": [{"counts": counts}],
        "encode_sparse": [sparse],
        "topics": [{"n_words": np.array(n, np.int32)} for n in (-1, 3, 10**6)],
        "neighbours": [
            {"word": np.array(word.encode(), object), "n": np.array(n, np.int32)}
            for word, n in (
                ("moon", 1), (" Moon!", 1), ("moon", 0), ("moon", -1), ("moon", 10**6),
                ("two words", 3), ("moon zyx", 3), ("zyx", 3), ("", 3), ("42 moon", 1),
            )
        ],
    }  # fmt: skip
    texts = np.array([text.encode() for text in TEXTS], object)
    return given.get(name, [{"text": texts}])


@pytest.mark.parametrize(
    "name",
    [
        *("serving_default", "encode", "describe", "encode_counts", "encode_sparse"),
        *("explain", "topics", "neighbours"),
    ],
)
def test_functions_give_what_those_of_tensorflow_do(runners, name):
    light, whole = runners
    n_words = whole.signatures["encode_counts"].inputs["counts"].shape[1]
    for given in inputs_of(name, n_words):
        found, expected = light.call(name, given), whole.call(name, given)
        assert found.keys() == expected.keys()
        for output, array in expected.items():
            assert found[output].shape == array.shape, (output, given)
            if array.dtype != object:
                np.testing.assert_allclose(found[output], array, rtol=1e-5, atol=1e-5)
            elif name != "neighbours" or len(array) < 2:
                assert found[output].tolist() == array.tolist()


def test_only_the_text_that_is_uncertain_is_refused(model_folder):
    app = create_app(Settings(model=model_folder, engine="light"))
    with TestClient(app) as client:
        answer = client.post("/encode", json={"documents": ["moon", UNCERTAIN]})
        assert answer.status_code == 422
        error = answer.json()["error"]
        assert error["code"] == "wrong_value"
        assert "It is not certain which words" in error["message"]
        assert "runs without TensorFlow" in error["message"]
        explained = client.post("/explain", json={"documents": [UNCERTAIN]})
        assert explained.status_code == 422

        async def together():
            encode = client.app.state.models.find().batcher.encode
            return await asyncio.gather(
                encode([b"moon"]),
                encode([UNCERTAIN.encode()]),
                encode([b"rocket"]),
                return_exceptions=True,
            )

        first, refused, last = client.portal.call(together)
        assert len(first.embeddings) == len(last.embeddings) == 1
        assert "not certain" in str(refused)


THIRD = ["moon", "rocket", UNCERTAIN, "violin"]
TENSOR = {"name": "text", "shape": [4], "datatype": "BYTES", "data": THIRD}


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/encode", {"documents": THIRD}, "documents.2"),
        ("/encode", {"documents": [UNCERTAIN]}, "documents.0"),
        ("/explain", {"documents": THIRD}, "documents.2"),
        ("/v1/embeddings", {"model": "themes", "input": THIRD}, "input.2"),
        ("/v1/models/themes:predict", {"inputs": THIRD}, "text.2"),
        (
            "/v1/models/themes:predict",
            {"inputs": THIRD, "signature_name": "explain"},
            "text.2",
        ),
        ("/v2/models/themes/infer", {"inputs": [TENSOR]}, "text.2"),
    ],
)
@pytest.mark.parametrize("batch_size", [2, 256])
def test_a_refusal_names_the_field_and_the_place_in_the_whole_list(
    model_folder, batch_size, path, body, param
):
    settings = Settings(
        model=model_folder, engine="light", name="themes", batch_size=batch_size
    )
    with TestClient(create_app(settings)) as client:
        answer = client.post(path, json=body)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == ("wrong_value", param)
    assert error["message"].startswith(f"`{param}`: It is not certain which words")


def test_refusals_of_what_is_no_document_name_what_they_are_about(model_folder):
    settings = Settings(model=model_folder, engine="light", name="themes")
    sparse = {"word_ids": [10**6], "counts": [1.0], "row_splits": [0, 1]}
    body = {"inputs": sparse, "signature_name": "encode_sparse"}
    with TestClient(create_app(settings)) as client:
        word = client.get(f"/words/{UNCERTAIN}")
        assert (word.status_code, word.json()["error"]["param"]) == (422, "word")
        numbers = client.post("/v1/models/themes:predict", json=body)
        error = numbers.json()["error"]
        assert (numbers.status_code, error["param"]) == (422, None)
        assert "refuses these inputs: word_ids must be from 0" in error["message"]


@pytest.mark.parametrize(
    "options", [{"variant": "variational", "k": None}, {"inference": "sparse"}]
)
def test_a_model_that_takes_tensorflow_is_refused(themed, tmp_path, options):
    small_kate(**options, epochs=1).fit(themed[0][:60]).save(tmp_path / "model")
    app = create_app(Settings(model=tmp_path / "model", engine="light"))
    with pytest.raises(ModelFolderError, match="KATE_ENGINE=tensorflow"):
        with TestClient(app):
            pass


SCRIPT = """
import sys
from fastapi.testclient import TestClient
from serving.app import create_app
from serving.settings import Settings
with TestClient(create_app(Settings(model=sys.argv[1], engine="light"))) as client:
    assert client.post("/encode", json={"documents": ["moon"]}).status_code == 200
    assert client.post("/explain", json={"documents": ["moon"]}).status_code == 200
    assert client.get("/topics").status_code == 200
print(sorted({"tensorflow", "keras", "sklearn", "scipy"} & set(sys.modules)))
"""


def test_nothing_heavy_is_imported(model_folder):
    command = [sys.executable, "-c", SCRIPT, str(model_folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
