"""Two worker processes train what one does, and Keras's `fit` needs its mends."""

import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import keras
import numpy as np
import pytest
from worker_program import CASES, trained

from kate_keras import InputError
from kate_keras.scale import multi_worker_fit
from kate_keras.training.replica import ALONE

PROGRAM = Path(__file__).parents[1] / "worker_program.py"
# Of losses, relative; float32 has 6e-8.
LOSSES = 1e-6
# Of weights of about 1, and of Adam's first steps, of 3e-3 whatever the gradient.
WEIGHTS = 2e-5


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What two workers wrote."""
    folder = tmp_path_factory.mktemp("workers")
    root = Path(__file__).parents[2]
    paths = os.pathsep.join([str(root), str(PROGRAM.parent)])
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(2)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    workers = [
        subprocess.Popen(
            [sys.executable, PROGRAM, str(rank), *addresses, folder],
            env={**os.environ, "PYTHONPATH": paths},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        said = [worker.communicate(timeout=400)[0] for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    assert [worker.returncode for worker in workers] == [0, 0], said[0][-3000:]
    return folder


@pytest.fixture(scope="module")
def results(folder):
    return json.loads((folder / "histories.json").read_text())


def weights_of(folder, case, rank):
    with np.load(folder / f"{case}-{rank}.npz") as file:
        return [file[name] for name in file.files]


def assert_same_history(found, expected):
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=LOSSES, err_msg=name)


@pytest.mark.parametrize("case", CASES)
def test_two_workers_have_the_losses_of_one(folder, results, case):
    history, weights = trained(case, ALONE)
    assert_same_history(results[case], history)
    pairs = zip(weights_of(folder, case, 0), weights, strict=True)
    for one, other in pairs:
        np.testing.assert_allclose(one, other, rtol=0, atol=WEIGHTS)


@pytest.mark.parametrize("case", CASES)
def test_both_workers_have_the_same_weights_to_the_bit(folder, case):
    one, other = (weights_of(folder, case, rank) for rank in range(2))
    for left, right in zip(one, other, strict=True):
        np.testing.assert_array_equal(left, right)


def test_a_step_sends_the_gradient_once(results):
    # 15 steps in each of 3 epochs: W of 15 words by 6, b, c and the loss, in 4 bytes.
    assert results["kate bytes"] == 45 * 4 * (15 * 6 + 6 + 15 + 1)
    # A sample of all words names each row once.
    assert results["sampled bytes"] == results["kate bytes"]


def test_two_workers_that_go_on_end_with_the_same_bits(folder, results):
    assert results["resumed"] == results["sampled"]
    pairs = (weights_of(folder, case, 0) for case in ("resumed", "sampled"))
    for one, other in zip(*pairs, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("place", ["0-8", "2-0"])
def test_one_process_goes_on_where_two_workers_were(folder, results, place):
    found = trained("sampled", ALONE, folder / place, resume=True)
    assert_same_history(found[0], results["sampled"])


def test_keras_still_needs_both_mends(results):
    # If one of these fails, Keras was mended: leave `_build_nothing` or
    # `_step_function` out of `multi_worker_fit`, if "Keras" alone works the file.
    assert "PerReplica" in results["Keras"]
    assert "PerReplica" in results["Keras and logs"]
    assert "Invalid reduction dimension 0" in results["Keras and build"]
    assert results["Keras and build and logs"] == "works"


def test_another_version_of_keras_is_refused(monkeypatch):
    assert keras.__version__.startswith(multi_worker_fit.KERAS)
    monkeypatch.setattr(keras, "__version__", "3.16.0")
    with pytest.raises(InputError, match="Received: Keras 3.16.0"):
        multi_worker_fit.mend(keras.Sequential())
