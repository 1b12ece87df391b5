"""What is measured, section by section: rows of a table each."""

import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.speed.measure import measure
from benchmarks.speed.race import PASSES

Row = dict[str, Any]
# Epochs by name and vocabulary; what the first of a pair is divided by is the second.
RATIOS = (
    (("exact", 20_000), ("sampled", 20_000)),
    (("sampled", 1_000_000), ("sampled", 20_000)),
    (("exact", 2_000), ("floor", 2_000)),
)
TURNS = 5


@dataclass(frozen=True)
class Choices:
    """What is asked for.

    Args:
        data: Folder with the folder 20news.
        dimensions: Sizes of the code to train.
        minilm: Interpreter that has the transformer, if any.
    """

    data: Path
    dimensions: tuple[int, ...] = (32, 128, 512)
    minilm: str | None = None


def training(choices: Choices) -> list[Row]:
    """An epoch by vocabulary and dimensions."""
    rows = []
    for n_words in (2_000, 20_000, 200_000, 1_000_000):
        for d in choices.dimensions:
            if n_words * d > 200_000_000:
                continue
            rows.append(epoch("sampled", n_words, d))
            if n_words * d <= 26_000_000:
                rows.append(epoch("exact", n_words, d))
                rows.append(epoch("floor", n_words, d))
            if n_words <= 20_000 and d == 128:
                rows.append(row("textbook", "textbook", n_words, d))
                rows.append(row("lda", "lda", n_words, d))
                rows.append(row("nmf", "nmf", n_words, d))
                rows.append(row("gensim-lda", "gensim_lda", n_words, d))
    return rows


def epoch(name: str, n_words: int, d: int) -> Row:
    """An epoch of KATE, `exact` or `sampled`, or of the bare products, `floor`."""
    if name == "floor":
        return row(name, "floor", n_words, d)
    return row(name, "kate", n_words, d, name)


def row(
    name: str,
    function: str,
    n_words: int,
    d: int,
    *more: object,
    module: str = "training",
) -> Row:
    sys.stderr.write(f"{name}, V = {n_words:,}, d = {d}\n")
    found = measure(f"{module}.{function}", n_words, d, *more)
    return {"name": name, "n_words": n_words, "n_components": d, **(found or {})}


def ratios(choices: Choices) -> list[Row]:  # noqa: ARG001
    """Pairs of epochs in turns, each in a process of its own, d = 128."""
    rows = []
    for pair in RATIOS:
        turns = [[epoch(*one, 128) for one in pair] for _ in range(TURNS)]
        seconds = [
            [one["seconds"] for one in turn]
            for turn in turns
            if all("seconds" in one for one in turn)
        ]
        rows.append({"pair": pair, "seconds": seconds})
    return rows


def growth(choices: Choices) -> list[Row]:  # noqa: ARG001
    """A fit by the number of documents, V = 200,000, d = 128."""
    rows = []
    for n_documents in (10_000, 100_000, 1_000_000):
        sys.stderr.write(f"{n_documents:,} documents\n")
        repeats = 5 if n_documents < 1_000_000 else 1
        with tempfile.TemporaryDirectory() as work:
            texts = Path(work) / "texts"
            measure("synthetic.write_texts", n_documents, 200_000, texts)
            found = measure("training.kate_of_texts", texts, repeats)
        rows.append({"n_documents": n_documents, **(found or {})})
    return rows


def race(choices: Choices) -> list[Row]:
    """Quality by the seconds of training."""
    rows = []
    for name, counts in PASSES.items():
        for passes in counts:
            sys.stderr.write(f"{name}, {passes} passes\n")
            found = measure("race.run", choices.data, name, passes)
            rows.append({"name": name, "passes": passes, **(found or {})})
    return rows


def competition(choices: Choices) -> list[Row]:  # noqa: ARG001
    """The competition alone."""
    return [
        {"units": units, **(measure("competition.compete", units) or {})}
        for units in (128, 512, 4_096, 16_384)
    ]


def step(choices: Choices) -> list[Row]:  # noqa: ARG001
    """A training step by operation, d = 128."""
    kinds = ((2_000, "exact"), (20_000, "exact"), (20_000, "sampled"))
    return [
        row(decoder, "operations", n, 128, decoder, module="step")
        for n, decoder in kinds
    ]


def encoding(choices: Choices) -> list[Row]:
    """Documents per second from raw text."""
    data, python = choices.data, choices.minilm
    rows = []
    with tempfile.TemporaryDirectory() as work:
        measure("encoding.prepare", data, work)
        for name in ("kate", "light", "tfidf-svd", "hashing-product"):
            for batch in (1, 32, 256, 4_096):
                sys.stderr.write(f"{name}, {batch} texts a call\n")
                found = measure("encoding.encode", data, work, name, batch)
                rows.append({"name": name, "batch": batch, **(found or {})})
        if python:
            found = measure("encoding.encode", data, work, "minilm", 32, python=python)
            rows.append({"name": "minilm", "batch": 32, **(found or {})})
    return rows


def start(choices: Choices) -> list[Row]:
    """Process start to first vector: medians of five."""
    data, python = choices.data, choices.minilm
    rows = []
    with tempfile.TemporaryDirectory() as work:
        measure("encoding.prepare", data, work)
        for name in ("kate", "light", "tfidf-svd", "minilm"):
            interpreter = python if name == "minilm" else sys.executable
            if interpreter is None:
                continue
            runs = [
                measure("encoding.start", work, name, python=interpreter)
                for _ in range(5)
            ]
            rows.append(
                {
                    "name": name,
                    "seconds": statistics.median(r["process_seconds"] for r in runs),
                    "peak_mib": statistics.median(r["peak_mib"] for r in runs),
                }
            )
    return rows


SECTIONS = {
    "training": training,
    "ratios": ratios,
    "race": race,
    "growth": growth,
    "competition": competition,
    "step": step,
    "encoding": encoding,
    "start": start,
}
