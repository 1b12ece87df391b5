"""The real program: quiet on stderr, usable by `python -m`, and served over HTTP."""

import json
import subprocess
import sys
import urllib.request

import numpy as np

from kate_keras.cli.demo import running_service


def kate(*arguments):
    command = [sys.executable, "-m", "kate_keras", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_stderr_has_only_the_one_line_of_the_mistake():
    done = kate("topics", "nowhere")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("kate topics: nowhere is not a model folder")


def test_stderr_is_empty_when_all_is_well(model_folder):
    done = kate("topics", model_folder, "--json")
    assert done.returncode == 0
    assert done.stderr == ""
    assert len(json.loads(done.stdout)) == 6


def test_http_agrees_with_transform_to_the_bit(model, model_folder, themed):
    texts = [*themed[0][:40], "", "zebra", "Moon\0rocket \U0001f680 caf\u00e9"]
    with running_service(model_folder) as address:
        request = urllib.request.Request(
            f"{address}/encode",
            json.dumps({"documents": texts}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
    vectors = np.array(answer["embeddings"], "float32")
    np.testing.assert_array_equal(vectors, model.transform(texts))
    assert answer["fingerprint"] == model.fingerprint_
    assert answer["dimensions"] == 6
    assert answer["known_words"][-3:] == [0, 0, 2]
