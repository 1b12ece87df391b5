"""Compares read-outs of the same activations, on whole documents and on short texts.

    python -m benchmarks.quality.tune_read_out DATA WORK -o RESULTS
        [--only 20news ...] [--read-outs "shrinkage 4" ...]

A model is trained once per case and seed, and its activations are kept in WORK. Held
out of the training part are the latest 18 % of every group of 20 Newsgroups, the latest
18 % of Reuters and 18 % of MRD at random; the test part is never read. A short text is
1, 3, 8 or 20 known words of a held-out document, drawn without putting back: P@10 is
its precision among the training documents, AUC how well the cosine of two short texts
tells pairs that share a label from others. Trials are kept in RESULTS/read_out.jsonl,
one a line, and RESULTS/read_out.md; those that are there already are not run again.
"""

import argparse
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.quality.activations import SHORT, Activations, Texts, activations_of
from benchmarks.quality.columns import Column
from benchmarks.quality.corpora import Prepared, prepare, read_documents
from benchmarks.quality.files import read_lines, write_lines, write_text
from benchmarks.quality.table import trials_table
from benchmarks.quality.tune_recipe import HELD_OUT, prepare_held_out
from kate_keras import KATE
from kate_keras.analysis import evaluate, evaluate_ratings, measure_retrieval
from kate_keras.layers import ReadOut

Vectors = Callable[[Texts], np.ndarray]


class Case(NamedTuple):
    """What is trained; so many seeds of it."""

    corpus: str
    n_words: int
    n_components: int
    variant: str
    seeds: int


CASES = [
    Case("20news", 20_000, 128, "kate", 3),
    Case("20news-stripped", 20_000, 128, "kate", 3),
    Case("20news", 2_000, 128, "kate", 3),
    Case("20news-stripped", 2_000, 128, "kate", 3),
    Case("reuters21578", 20_000, 128, "kate", 3),
    Case("mrd", 20_000, 128, "kate", 3),
    Case("20news", 20_000, 128, "no-competition", 3),
    Case("20news-stripped", 20_000, 128, "no-competition", 1),
    Case("20news", 20_000, 128, "no-amplification", 1),
    Case("20news", 20_000, 128, "k-sparse", 1),
    Case("20news", 20_000, 128, "plain", 1),
    Case("20news", 2_000, 128, "plain", 1),
    Case("20news", 2_000, 128, "denoising-salt-and-pepper", 1),
    Case("20news", 2_000, 128, "k-sparse", 1),
    Case("20news", 2_000, 128, "no-competition", 1),
    Case("20news", 2_000, 128, "deep", 1),
    Case("20news", 20_000, 20, "kate", 1),
    Case("20news", 20_000, 64, "kate", 1),
    Case("20news", 20_000, 512, "kate", 1),
    Case("20news-stripped", 20_000, 512, "kate", 1),
]
COLUMNS = [
    Column("accuracy", ("accuracy",)),
    Column("micro-F1", ("micro_f1",)),
    Column("R²", ("r2",)),
    Column("P@.001", ("precision", "0.001")),
    Column("P@.02", ("precision", "0.02")),
    *(Column(f"P@10, {n}", ("short_precision", str(n))) for n in SHORT),
    *(Column(f"AUC, {n}", ("short_auc", str(n))) for n in SHORT[1:]),
]


def from_mean(held: Activations) -> Vectors:
    """Measured from the training mean, all axes alike."""
    layer = _layer(held, None)
    return lambda texts: layer(texts.activations).numpy()


def default(held: Activations) -> Vectors:
    """That of a trained model: from the empty text, the way to the mean as one axis."""
    layer = _layer(held, held.zero)
    return lambda texts: layer(texts.activations).numpy()


def way_out(held: Activations) -> Vectors:
    """As the default, with nothing left along the way to the mean."""
    layer = _layer(held, held.zero)
    way = held.train.activations[held.train.known_words > 0].mean(axis=0) - held.zero
    vectors = way @ layer.whitening.numpy()
    unit = vectors / np.linalg.norm(vectors)

    def without(texts: Texts) -> np.ndarray:
        whole = layer(texts.activations).numpy()
        return whole - np.outer(whole @ unit, unit)

    return without


def length_centred(held: Activations) -> Vectors:
    """Measured from a mean of the length, `w h(0) + (1 - w) m`, `w = 50 / (50 + n)`."""
    layer = _layer(held, None)
    return _centred(layer, held.zero, layer.origin.numpy(), 50.0)


def length_fitted(held: Activations) -> Vectors:
    """The same, `m` and the 50 by least squares on the training documents."""
    known = held.train.known_words > 0
    h = held.train.activations[known].astype(np.float64) - held.zero
    n = held.train.known_words[known]

    def fit(half: float) -> tuple[float, float, np.ndarray]:
        share = (n / (half + n))[:, None]
        way = (share * h).sum(axis=0) / np.square(share).sum()
        return float(np.square(h - share * way).sum()), half, way

    _, half, way = min(fit(half) for half in np.geomspace(1, 1000, 121))
    return _centred(_layer(held, None), held.zero, held.zero + way, half)


def shrunk(shrinkage: float) -> Callable[[Activations], Vectors]:
    """As the default, with another shrinkage."""

    def read_out(held: Activations) -> Vectors:
        layer = _layer(held, held.zero, shrinkage)
        return lambda texts: layer(texts.activations).numpy()

    return read_out


def by_gram(power: float) -> Callable[[Activations], Vectors]:
    """By another power of the kernel's Gram matrix, with a shrinkage of 8.

    At 0 it has no part, at 1/2 distances before whitening are those of the logits, at 1
    they are those of the logits encoded again.
    """

    def read_out(held: Activations) -> Vectors:
        values, axes = np.linalg.eigh(held.gram)
        root = axes * np.power(np.maximum(values, 0.0), power) @ axes.T

        def decoded(texts: Texts) -> np.ndarray:
            return np.asarray((texts.activations - held.zero) @ root, np.float32)

        layer, known = ReadOut(), held.train.known_words > 0
        layer.adapt([decoded(held.train)[known]], np.zeros(len(root)))
        return lambda texts: layer(decoded(texts)).numpy()

    return read_out


READ_OUTS: dict[str, Callable[[Activations], Vectors]] = {
    "default": default,
    "shrinkage 1": shrunk(1.0),
    "shrinkage 2": shrunk(2.0),
    "shrinkage 4": shrunk(4.0),
    "Gram matrix to the 0": by_gram(0.0),
    "Gram matrix to the 1/2": by_gram(0.5),
    "Gram matrix to the 1": by_gram(1.0),
    "from the mean": from_mean,
    "way to the mean out": way_out,
    "mean of the length, half 50": length_centred,
    "mean of the length, fitted": length_fitted,
}


def _layer(
    held: Activations, zero: np.ndarray | None, shrinkage: float | None = None
) -> ReadOut:
    layer = ReadOut(shrinkage=shrinkage)
    known = held.train.activations[held.train.known_words > 0]
    layer.adapt([known], zero, held.gram if held.reads_logits else None)
    return layer


def _centred(
    layer: ReadOut, zero: np.ndarray, mean: np.ndarray, half: float
) -> Vectors:
    def vectors(texts: Texts) -> np.ndarray:
        share = (half / (half + texts.known_words))[:, None]
        centred = texts.activations - share * zero - (1 - share) * mean
        found: np.ndarray = centred @ layer.whitening.numpy()
        return found

    return vectors


@lru_cache(maxsize=1)
def held_out(data: Path, name: str, n_words: int) -> Prepared:
    """Returns the training part as a corpus, its test part what is held out."""
    if name.startswith("20news"):
        return prepare_held_out(data, name, n_words)
    documents, _ = read_documents(data, name)
    if name == "mrd":
        order = np.random.default_rng(0).permutation(len(documents))
    else:
        order = np.argsort([int(document.id) for document in documents])
    ordered = [documents[i] for i in order]
    border = len(ordered) - round(HELD_OUT * len(ordered))
    return prepare(ordered[:border], ordered[border:], n_words, name)


def measure(corpus: Prepared, held: Activations, read_out: str) -> dict[str, Any]:
    """Measures a read-out."""
    vectors = READ_OUTS[read_out](held)
    train, test = vectors(held.train), vectors(held.test)
    if corpus.name == "mrd":
        ratings = corpus.train.ratings, corpus.test.ratings
        return {"r2": evaluate_ratings(train, ratings[0], test, ratings[1])}
    labels, queries = corpus.train.labels, corpus.test.labels
    result = evaluate(train, labels, test, queries).to_json()
    figures = {k: result[k] for k in ("accuracy", "micro_f1", "precision")}
    if figures["accuracy"] is not None:
        # With a single label they are the same.
        del figures["micro_f1"]
    short: dict[str, dict[str, float]] = {"short_precision": {}, "short_auc": {}}
    for n, texts in held.short.items():
        own, found = [queries[i] for i in texts.rows], vectors(texts)
        ranked = measure_retrieval(found, own, train, labels, fractions=[1.0])
        short["short_precision"][str(n)] = ranked.precision_at_10
        if n > 1:
            # Many texts of one word are the same text.
            short["short_auc"][str(n)] = same_label_auc(found, own)
    return {**figures, **short}


def same_label_auc(vectors: np.ndarray, labels: list[tuple[str, ...]]) -> float:
    """Returns how well cosines tell pairs that share a label from others.

    The probability that a pair that shares one has the higher cosine of the two; a tie
    counts half.

    Args:
        vectors: Vectors, shape `(n_texts, d)`.
        labels: Labels of each.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths > 0, lengths, 1.0)
    names = sorted({label for own in labels for label in own})
    has = np.array([[name in own for name in names] for own in labels], np.float32)
    pairs = np.triu_indices(len(vectors), 1)
    return float(roc_auc_score((has @ has.T)[pairs] > 0, (unit @ unit.T)[pairs]))


def render(records: list[dict[str, Any]]) -> str:
    """Returns the tables, one per case."""
    sections = [
        "# How the read-out was chosen\n\nPrinted by `python -m "
        "benchmarks.quality.tune_read_out DATA WORK -o RESULTS`, whose first lines say "
        "what is measured; the test part is never read. All rows of a table are read "
        "from the same activations. P@10 and AUC are those of short texts, by their "
        "number of known words. Mean ± sample standard deviation over the seeds."
    ]
    for case in CASES:
        here = [r for r in records if r["case"] == list(case[:4])]
        if not here:
            continue
        table = trials_table(
            {name: [r for r in here if r["read_out"] == name] for name in READ_OUTS},
            COLUMNS,
        )
        corpus, n_words, d, variant, _ = case
        title = f"## {corpus}, {variant}, V = {n_words:,}, d = {d}"
        sections.append(f"{title}\n\n{table}")
    return "\n\n".join(sections) + "\n"


def kept(case: Case, seed: int, data: Path, work: Path) -> Activations:
    """Returns activations from the work folder, or trains."""
    name = "-".join(map(str, (*case[:4], seed)))
    path = work / "activations" / f"{name}.npz"
    if not path.is_file():
        corpus = held_out(data, case.corpus, case.n_words)
        model = KATE(
            case.n_components, variant=case.variant, random_state=seed, verbose=False
        ).fit(corpus.train.counts)
        activations_of(model, corpus).save(path)
    return Activations.load(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder of the corpora")
    parser.add_argument("work", type=Path, help="folder that keeps activations")
    parser.add_argument("-o", "--output", type=Path, required=True)
    corpora = list(dict.fromkeys(case.corpus for case in CASES))
    parser.add_argument("--only", nargs="+", choices=corpora, default=corpora)
    parser.add_argument("--read-outs", nargs="+", choices=READ_OUTS, default=READ_OUTS)
    options = parser.parse_args()
    path = options.output / "read_out.jsonl"
    records = read_lines(path)
    for case in CASES:
        for seed in range(case.seeds if case.corpus in options.only else 0):
            for read_out in options.read_outs:
                key = {"case": list(case[:4]), "seed": seed, "read_out": read_out}
                if any(key.items() <= record.items() for record in records):
                    continue
                sys.stderr.write(f"{case[:4]}, seed {seed}, {read_out}\n")
                corpus = held_out(options.data, case.corpus, case.n_words)
                held = kept(case, seed, options.data, options.work)
                records.append({**key, **measure(corpus, held, read_out)})
                write_lines(path, records)
                write_text(options.output / "read_out.md", render(records))


if __name__ == "__main__":
    main()
