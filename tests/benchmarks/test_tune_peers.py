import numpy as np
import pytest
from benchmark_samples import small_corpus

from benchmarks.quality import tune_peers
from benchmarks.quality.files import read_json
from benchmarks.quality.fitted import Fitted
from benchmarks.quality.tune_peers import chosen, tune, tune_missing


def themes(corpus, n_components, seed, *, noise):
    """Vectors of the themes themselves, with noise: the less, the better."""
    generator = np.random.default_rng(seed)
    names = sorted({row[0] for row in corpus.train.labels})
    parts = [
        np.array([np.eye(n_components)[names.index(row[0])] for row in part.labels])
        for part in (corpus.train, corpus.test)
    ]
    noisy = [part + noise * generator.normal(size=part.shape) for part in parts]
    return Fitted(*noisy, fit_seconds=0.0)


@pytest.fixture(autouse=True)
def fake_peer(monkeypatch):
    monkeypatch.setitem(tune_peers.PEERS, "lsa", themes)
    grid = [{"noise": 5.0}, {"noise": 0.01}, {"noise": 1.0}]
    monkeypatch.setitem(tune_peers.GRID, "lsa", grid)
    monkeypatch.setattr(tune_peers, "held_out", lambda data: small_corpus())


def test_the_best_on_held_out_documents_is_chosen_and_all_is_kept():
    found = tune(small_corpus(), "lsa", 3)
    assert found["chosen"] == {"noise": 0.01}
    assert [trial["settings"]["noise"] for trial in found["trials"]] == [5.0, 0.01, 1.0]
    assert found["trials"][1]["accuracy"] == found["trials"][1]["precision"] == 1.0


def test_a_peer_is_tuned_once(tmp_path, monkeypatch):
    monkeypatch.setattr(tune_peers, "N_COMPONENTS", 3)
    tune_missing(tmp_path, tmp_path, ["lsa"])
    assert chosen(tmp_path) == {"lsa": {"noise": 0.01}}
    kept = read_json(tmp_path / "peers.json")
    assert (kept["n_words"], kept["seed"]) == (2_000, 0)
    monkeypatch.setattr(tune_peers, "tune", None)
    tune_missing(tmp_path, tmp_path, ["lsa"])
    assert read_json(tmp_path / "peers.json") == kept


def test_a_peer_whose_library_is_missing_waits(tmp_path, monkeypatch):
    monkeypatch.setattr(tune_peers, "find_spec", lambda name: None)
    tune_missing(tmp_path, tmp_path, ["word2vec"])
    assert chosen(tmp_path) == {}
