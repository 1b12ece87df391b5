"""Chooses every peer's settings on documents held out of the training part.

    python -m benchmarks.quality.tune_peers DATA -o RESULTS [--only lda nmf]

2,000 of the 20 Newsgroups training documents, drawn at random, are held out; vectors
have 128 dimensions, and the sum of accuracy and retrieval precision at .02 decides. The
test part is never read. Trials and choices are kept in RESULTS/peers.json.
"""

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality.corpora import Prepared, prepare, read_documents
from benchmarks.quality.files import read_json, write_json
from benchmarks.quality.peers import GRID, NEEDS, PEERS
from kate_keras.analysis import evaluate

HELD_OUT = 2_000
N_WORDS = 2_000
N_COMPONENTS = 128
SEED = 0


def chosen(results: Path) -> dict[str, dict[str, Any]]:
    """Returns the settings that were chosen so far, per peer."""
    path = results / "peers.json"
    peers = read_json(path)["peers"] if path.is_file() else {}
    return {peer: content["chosen"] for peer, content in peers.items()}


def held_out(data: Path) -> Prepared:
    """Returns the training part as a corpus, its test part the held-out documents."""
    documents, _ = read_documents(data, "20news")
    order = np.random.default_rng(123).permutation(len(documents))
    test, train = ([documents[i] for i in part] for part in np.split(order, [HELD_OUT]))
    return prepare(train, test, N_WORDS, "20news")


def tune(corpus: Prepared, peer: str, n_components: int) -> dict[str, Any]:
    """Tries the settings of a peer.

    Args:
        corpus: Documents to learn from and documents held out.
        peer: Key of `PEERS`.
        n_components: Dimensions.

    Returns:
        `chosen`, the settings with the highest accuracy plus precision at .02, and all
        `trials`.
    """
    trials: list[dict[str, Any]] = []
    for settings in GRID[peer]:
        fitted = PEERS[peer](corpus, n_components, SEED, **settings)
        result = evaluate(
            fitted.train, corpus.train.labels, fitted.test, corpus.test.labels
        )
        trials.append(
            {
                "settings": settings,
                "accuracy": result.accuracy,
                "precision": result.precision[0.02],
                "fit_seconds": fitted.fit_seconds,
            }
        )
        sys.stderr.write(
            f"{peer} {settings}: accuracy {result.accuracy:.3f}, "
            f"precision {result.precision[0.02]:.3f}, {fitted.fit_seconds:.0f} s\n"
        )
    best = max(trials, key=_score)
    return {"chosen": best["settings"], "trials": trials}


def _score(trial: dict[str, Any]) -> float:
    return float(trial["accuracy"] + trial["precision"])


def tune_missing(data: Path, results: Path, peers: list[str]) -> None:
    """Tunes those peers whose settings are not kept yet and that can run here."""
    done = chosen(results)
    todo = [
        peer
        for peer in peers
        if peer not in done and (peer not in NEEDS or find_spec(NEEDS[peer]))
    ]
    if todo:
        corpus = held_out(data)
    for peer in todo:
        path = results / "peers.json"
        kept = read_json(path) if path.is_file() else {"peers": {}}
        kept |= {"n_words": N_WORDS, "n_components": N_COMPONENTS, "seed": SEED}
        kept["peers"][peer] = tune(corpus, peer, N_COMPONENTS)
        write_json(path, kept, indent=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with the folder 20news")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=list(PEERS), default=list(PEERS))
    options = parser.parse_args()
    tune_missing(options.data, options.output, options.only)


if __name__ == "__main__":
    main()
