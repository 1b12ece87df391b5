"""The real program: quiet on stderr, usable by `python -m`, and served over HTTP."""

import json
import os
import subprocess
import sys
import urllib.request

import numpy as np
import pytest

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


def closed(model_folder, streams, *arguments):
    """Runs `kate topics` with streams that a shell closes or sends elsewhere."""
    command = f'"{sys.executable}" -m kate_keras topics {" ".join(arguments)} {streams}'
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.replace("MODEL", str(model_folder))],
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("streams", "arguments", "status"),
    [
        ("| true", ["MODEL"], 0),
        ("| head -1", ["MODEL", "--n-words", "24", "--json"], 0),
        ("<&- >&- 2>&-", ["MODEL"], 0),
        ("2>&-", ["nowhere"], 2),
        ("2>/dev/full", ["nowhere"], 2),
    ],
)
def test_streams_that_are_closed_or_full_change_no_exit_status(
    streams, arguments, status, model_folder
):
    done = closed(model_folder, streams, *arguments)
    assert (done.returncode, done.stderr) == (status, "")


def test_results_that_cannot_be_written_are_a_failure(model_folder):
    done = closed(model_folder, ">/dev/full", "MODEL")
    assert done.returncode == 2
    assert done.stderr == "kate topics: No space left on device\n"


def test_work_goes_on_when_nobody_reads_the_notices(model_folder, tmp_path):
    corpus = tmp_path / "c.jsonl"
    corpus.write_text('{"text": "moon"}\nbad\n')
    command = [sys.executable, "-m", "kate_keras", "encode", model_folder, corpus]
    command += ["-o", tmp_path / "v.npy", "--light", "--skip-bad-lines"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=writing, text=True, timeout=120
    )
    os.close(writing)
    assert done.returncode == 0
    assert "skipped" in done.stdout
    assert np.load(tmp_path / "v.npy").shape == (1, 6)


def test_words_that_the_terminal_cannot_show_are_escaped(tmp_path, model_folder):
    done = subprocess.run(
        [sys.executable, "-m", "kate_keras", "topics", "nowhere\u0130"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2
    assert "nowhere\\u0130" in done.stderr
