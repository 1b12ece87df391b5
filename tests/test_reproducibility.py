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
from scipy import sparse
from threadpoolctl import threadpool_limits

from kate_keras import KATE, training_corpus
from kate_keras.text import count_blocks
from kate_keras.text.sharded_counts import ShardedCounts

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


SEARCH = """
import json, sys
from conftest import small_kate
texts = json.load(sys.stdin)[:60]
for seed in range(6):
    model = small_kate(verbose=False, epochs=1, random_state=seed)
    model.fit_transform(texts)
    model.transform(texts)
print("searched", file=sys.stderr)
"""


def run_python(program, texts, **variables):
    paths = os.pathsep.join(
        map(str, (Path(__file__).parent, Path(__file__).parents[1]))
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(texts),
        env={**os.environ, "PYTHONPATH": paths, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done


def test_other_processes_hash_seeds_and_threads_give_the_same_fingerprint(
    model, themed
):
    done = run_python(
        PROGRAM,
        themed[0],
        PYTHONHASHSEED="4711",
        OMP_NUM_THREADS="1",
        OPENBLAS_NUM_THREADS="1",
        TF_NUM_INTRAOP_THREADS="1",
        TF_NUM_INTEROP_THREADS="1",
    )
    assert done.stdout.split()[-1] == model.fingerprint_


def test_a_search_over_options_is_not_told_that_vectors_are_compiled_too_often(themed):
    told = run_python(SEARCH, themed[0]).stderr
    assert "searched" in told
    # Keras says so of `fit`, which is its own.
    retraced = [line for line in told.splitlines() if "triggered tf.function" in line]
    assert [line for line in retraced if "Signatures" in line] == []


def by_threads(make):
    """What is made while NumPy's products have one thread, and while they have two."""
    made = []
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            made.append(make())
    return made


@pytest.mark.parametrize("variant", ["kate", "deep"])
def test_a_model_whose_products_are_shared_is_the_same_by_one_thread(variant):
    random = np.random.default_rng(0)
    kernel = random.normal(size=(5000, 64)).astype("float32")
    if np.array_equal(*by_threads(lambda: kernel.T @ kernel)):
        pytest.skip("products of this size are the same by one thread and by two here")
    counts = sparse.csr_array(random.poisson(0.02, (600, 5000)).astype("float32"))
    one, two = by_threads(
        lambda: KATE(64, variant=variant, epochs=1, verbose=False).fit(counts)
    )
    assert one.fingerprint_ == two.fingerprint_


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


def test_counts_that_are_read_from_a_file_train_the_same_model(
    themed, monkeypatch, tmp_path
):
    texts, _ = themed
    held, read = small_kate(random_state=0), small_kate(random_state=0)
    vectors = held.fit_transform(texts)
    monkeypatch.setattr(count_blocks, "MOST_IN_MEMORY", 1)
    store, stored = training_corpus.store_rows, []
    monkeypatch.setattr(
        training_corpus,
        "store_rows",
        lambda *rows: stored.append(store(*rows)) or stored[0],
    )
    read.fit(texts, checkpoint=tmp_path / "checkpoint")
    assert isinstance(stored[0], ShardedCounts)
    assert read.fingerprint_ == held.fingerprint_
    assert read._facts() == held._facts()
    found = small_kate(random_state=0).fit_transform(texts)
    np.testing.assert_array_equal(found, vectors)
