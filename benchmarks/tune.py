"""How the default recipe was chosen: options compared on a part held out of train.

    python benchmarks/tune.py DATA [--max-features 2000] [--seeds 0 1 2]

DATA is a folder with `train.jsonl.gz` of labelled documents; its test part is never
read. 2,000 documents of the training part are held out; accuracy and precision are
measured on them, with the others as the training part. Within each fit, early stopping
uses a validation part of its own.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from kate_keras import KATE
from kate_keras.analysis import evaluate
from kate_keras.text import read_corpus

HELD_OUT = 2_000
OPTIONS: list[dict[str, Any]] = [
    {},
    {"input_dropout": 0.5},
    {"input_dropout": 0.6},
    {"input_dropout": 0.85},
    {"alpha": 3.0},
    {"k": 16},
    {"k": 64},
    {"weighting": "log-idf"},
    {"read_out": "centered"},
    {"read_out": "activations"},
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--max-features", type=int, default=2_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    documents = list(read_corpus(options.data / "train.jsonl.gz"))
    order = np.random.default_rng(123).permutation(len(documents))
    held_out, learn = (
        [documents[i] for i in part] for part in np.split(order, [HELD_OUT])
    )
    print(f"V = {options.max_features:,}, d = 128, seeds {options.seeds}, mean ± sd\n")
    print("| options | accuracy | precision at .02 |\n|---|---|---|")
    for choices in OPTIONS:
        figures = []
        for seed in options.seeds:
            model = KATE(
                max_features=options.max_features,
                random_state=seed,
                verbose=False,
                **choices,
            )
            vectors = model.fit_transform([d.text for d in learn])
            result = evaluate(
                vectors,
                [d.labels for d in learn],
                model.transform([d.text for d in held_out]),
                [d.labels for d in held_out],
            )
            figures.append((result.accuracy, result.precision[0.02]))
        mean, sd = np.mean(figures, axis=0), np.std(figures, axis=0, ddof=1)
        name = ", ".join(f"{k}={v}" for k, v in choices.items()) or "default"
        print(
            f"| {name} | {mean[0]:.3f} ± {sd[0]:.3f} | {mean[1]:.3f} ± {sd[1]:.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
