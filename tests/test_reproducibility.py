"""The same seed gives the same model: here, in other processes, on other machines."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import small_kate
from golden_training import GOLDEN, TRAININGS, train

# Bit-identity holds on one machine and one set of library versions. Another
# instruction set (SSE 4.1 for AVX) or oneDNN turned off moved these vectors, of a
# length of about 1, by 3e-7 at most; a thread count did not move them at all.
TOLERANCE = 1e-4
PROGRAM = """
import json, sys
from conftest import small_kate
texts = json.load(sys.stdin)
print(small_kate(verbose=False).fit(texts).fingerprint_)
"""


def in_another_process(texts, **variables):
    paths = os.pathsep.join(
        map(str, (Path(__file__).parent, Path(__file__).parents[1]))
    )
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(texts),
        env={**os.environ, "PYTHONPATH": paths, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()[-1]


def test_other_processes_hash_seeds_and_threads_give_the_same_fingerprint(
    model, themed
):
    found = in_another_process(
        themed[0],
        PYTHONHASHSEED="4711",
        OMP_NUM_THREADS="1",
        OPENBLAS_NUM_THREADS="1",
        TF_NUM_INTRAOP_THREADS="1",
        TF_NUM_INTEROP_THREADS="1",
    )
    assert found == model.fingerprint_


@pytest.mark.parametrize("name", TRAININGS)
def test_training_gives_the_golden_vectors(name):
    golden = np.array(json.loads(GOLDEN.read_text())[name], np.float32)
    np.testing.assert_allclose(train(name), golden, rtol=0, atol=TOLERANCE)


def test_another_seed_is_further_away_than_the_tolerance(themed):
    texts = themed[0][:60]
    one, other = (
        small_kate(epochs=1, random_state=seed).fit(texts).transform(texts)
        for seed in (0, 1)
    )
    assert abs(one - other).max() > 100 * TOLERANCE
