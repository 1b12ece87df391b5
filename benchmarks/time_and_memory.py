"""Seconds per epoch and peak memory on 20 Newsgroups, beside bare matrix products.

    python benchmarks/time_and_memory.py DATA [--seeds 0 1 2] [-o results.md]

DATA is a folder with `train.jsonl.gz` of 20 Newsgroups bydate, with headers. The words:
stop words out, English stems, the most frequent V stems. Each model trains in a process
of its own, so that its peak memory is its own.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROWS = [("paper", 2_000), ("default", 2_000), ("default", 20_000)]


def read(folder: Path) -> list[str]:
    from kate_keras.text import read_corpus

    return [d.text for d in read_corpus(folder / "train.jsonl.gz")]


def measure_kate(
    folder: Path, recipe: str, max_features: int, seed: int
) -> dict[str, Any]:
    """Trains once and measures; run in a process of its own."""
    from kate_keras import KATE

    texts = read(folder)
    model = KATE(
        recipe=recipe, max_features=max_features, random_state=seed, verbose=False
    )
    start = time.perf_counter()
    model.fit(texts)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "epochs": len(model.history_["loss"]),
        "fit_seconds": seconds,
        "epoch_seconds": float(np.median(epoch_seconds(model, texts))),
        "peak_mib": peak / 1024,
    }


def epoch_seconds(model: Any, texts: list[str]) -> list[float]:
    """Times three further epochs of the trained network alone, without validation."""
    from kate_keras.text import count_words
    from kate_keras.training.batches import batches, documents_with_words
    from kate_keras.training.fit import decoder_sample, make_optimizer
    from kate_keras.training.losses import LOSSES
    from kate_keras.training.network import TrainingNetwork

    recipe = model.recipe_
    counts = count_words(texts, model.vocabulary_)
    sample = decoder_sample(model.autoencoder_, counts, recipe)
    network = TrainingNetwork(model.autoencoder_, LOSSES[recipe.loss]())
    network.compile(
        make_optimizer(recipe, counts.shape[1]),
        jit_compile=False,
        steps_per_execution=8,
    )
    data = batches(
        counts,
        documents_with_words(counts),
        recipe.batch_size,
        sample=sample,
        shuffle=True,
    )
    seconds = []
    for _ in range(4):
        start = time.perf_counter()
        network.fit(data, verbose=0, shuffle=False)
        seconds.append(time.perf_counter() - start)
    return seconds[1:]  # The first one compiles.


def floor_seconds(batch: int, n_words: int, n_documents: int, d: int = 128) -> float:
    """Seconds of an epoch's five matrix products (two forward, three back), bare."""
    import tensorflow as tf

    # Distinct operands, or the graph would compute equal products only once.
    x, upstream = (tf.random.normal((batch, n_words)) for _ in range(2))
    h, upstream_h = (tf.random.normal((batch, d)) for _ in range(2))
    kernel = tf.random.normal((n_words, d))

    @tf.function
    def products() -> tuple[tf.Tensor, ...]:
        return (
            tf.matmul(x, kernel),
            tf.matmul(h, kernel, transpose_b=True),
            tf.matmul(upstream, kernel),
            tf.matmul(upstream, h, transpose_a=True),
            tf.matmul(x, upstream_h, transpose_a=True),
        )

    products()
    start = time.perf_counter()
    for _ in range(20):
        products()[0].numpy()
    return (time.perf_counter() - start) / 20 * n_documents / batch


def in_process(*arguments: object) -> dict[str, Any]:
    """Runs one measurement in a fresh process and returns what it prints."""
    command = [sys.executable, __file__, "--measure", *map(str, arguments)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def spread(runs: list[dict[str, Any]], key: str, digits: int = 3) -> str:
    values = [run[key] for run in runs]
    mean, sd = np.mean(values), np.std(values, ddof=1) if len(values) > 1 else 0.0
    return f"{mean:.{digits}f} ± {sd:.{digits}f}"


def table(folder: Path, seeds: list[int]) -> str:
    """Measures everything and returns the table."""
    lines = [
        f"20 Newsgroups bydate with headers, d = 128, seeds {seeds}, mean ± sd.",
        "",
        "| | V | s / epoch | epochs | s to fit | peak MiB |",
        "|---|---|---|---|---|---|",
    ]
    for recipe, n_words in ROWS:
        runs = [in_process("kate", folder, recipe, n_words, seed) for seed in seeds]
        lines.append(
            f"| {recipe} | {n_words:,} | {spread(runs, 'epoch_seconds', 2)} "
            f"| {spread(runs, 'epochs', 0)} | {spread(runs, 'fit_seconds', 0)} "
            f"| {spread(runs, 'peak_mib', 0)} |"
        )
        sys.stderr.write(lines[-1] + "\n")
    lines += [
        "",
        "Five bare matrix products of an epoch's shapes, in the same run:",
        "",
    ]
    for recipe, n_words in ROWS:
        batch = 50 if recipe == "paper" else 100
        seconds = in_process("floor", batch, n_words)["seconds"]
        lines.append(f"- {recipe}, V = {n_words:,}, batch {batch}: {seconds:.2f} s")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    text = table(options.data, options.seeds)
    print(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")


def measure(kind: str, *arguments: str) -> dict[str, Any]:
    if kind == "kate":
        folder, recipe, n_words, seed = arguments
        return measure_kate(Path(folder), recipe, int(n_words), int(seed))
    batch, n_words = arguments
    return {"seconds": floor_seconds(int(batch), int(n_words), 11_314)}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(*sys.argv[2:])))
    else:
        main()
