"""The SavedModel under TensorFlow's C++ loader, which TF Serving uses."""

import base64
import shutil
import struct
import subprocess
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from fastapi.testclient import TestClient

from kate_keras import KATE, load
from kate_keras.text import read_corpus
from serving.app import create_app
from serving.settings import Settings

SOURCE = Path(__file__).with_name("encode.cc")
LIBRARIES = Path(tf.__file__).parent


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    compiler = shutil.which("g++")
    if compiler is None or not (LIBRARIES / "libtensorflow_cc.so.2").exists():
        pytest.skip("needs g++ and the C++ library of TensorFlow's wheel")
    binary = tmp_path_factory.mktemp("cpp") / "encode"
    libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]
    command = [
        compiler, "-std=c++17", "-O1", str(SOURCE), "-o", str(binary), "-w",
        # The session factory registers itself: nothing names it, yet it has to stay.
        "-Wl,--no-as-needed", f"-Wl,-rpath,{LIBRARIES}",
        f"-L{LIBRARIES}", *(f"-l:{name}" for name in libraries),
        *tf.sysconfig.get_compile_flags(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return binary


def encode(program, folder, texts):
    stream = b"".join(
        struct.pack("<q", len(data)) + data for data in (t.encode() for t in texts)
    )
    done = subprocess.run([program, folder], input=stream, capture_output=True)
    assert done.returncode == 0, done.stderr[-2000:].decode()
    rows, columns = struct.unpack("<qq", done.stdout[:16])
    return np.frombuffer(done.stdout[16:], "<f4").reshape(rows, columns)


def test_cpp_gives_the_vectors_of_python(program, model_folder, themed):
    texts = [*themed[0][:50], "", "unknown utterly", "Rocket\0moon", "caf\u00e9 ORBIT"]
    vectors = encode(program, model_folder / "saved_model", texts)
    expected = load(model_folder).transform(texts)
    np.testing.assert_allclose(vectors, expected, rtol=0, atol=1e-6)


def test_the_exported_layout_loads_too(program, model, tmp_path):
    folder = model.export(tmp_path / "kate")
    vectors = encode(program, folder, ["rocket moon"])
    np.testing.assert_allclose(vectors, model.transform(["rocket moon"]), atol=1e-6)


def test_a_thousand_documents_have_the_vectors_of_http(program, tmp_path):
    texts = list(islice(read_corpus("docstrings").texts(), 1000))
    assert len(texts) == 1000
    model = KATE(16, max_features=2000, epochs=1, verbose=False).fit(texts)
    version = model.export(tmp_path / "docstrings")
    # What the library's own documentation lacks.
    texts[::100] = [
        f"{text} \u0130STANBUL cafe\u0301 \0 \u65e5\u672c" for text in texts[::100]
    ]
    vectors = encode(program, version, texts)
    with TestClient(create_app(Settings(model=version.parent))) as client:
        body = {"documents": texts, "encoding_format": "base64"}
        answer = client.post("/encode", json=body).json()
    found = np.stack(
        [np.frombuffer(base64.b64decode(v), "<f4") for v in answer["embeddings"]]
    )
    assert np.count_nonzero(answer["known_words"]) > 990
    np.testing.assert_allclose(found, vectors, rtol=0, atol=1e-6)
