"""Vocabulary, counts and vectors on one node and on two, against one process.

    python -m benchmarks.scale.corpus DATA -o RESULTS

DATA is the folder with the folder 20news.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality.files import write_json, write_text
from benchmarks.quality.table import line
from benchmarks.scale.nodes import connected_to, nodes
from benchmarks.speed.__main__ import machine
from kate_keras import KATE, load
from kate_keras.scale.counts import count_corpus
from kate_keras.scale.encoding import encode_corpus
from kate_keras.scale.vocabulary import choose_words
from kate_keras.text import read_corpus
from kate_keras.text.chosen_words import read_chosen_words, write_chosen_words
from kate_keras.text.counts_folder import open_counts
from kate_keras.training_corpus import read_training_corpus

# Times that the posts of 20 Newsgroups follow each other, each time in another order.
COPIES = 4
SHARD_BYTES = 8 * 2**20
ROUNDS = 3
JOBS = ("vocabulary", "counts", "encode", "encode-light")


def write_corpus(data: Path, path: Path, copies: int) -> int:
    """Writes the posts as often as that; returns how many documents there are."""
    documents = [
        (document.id, document.text)
        for name in ("train", "test")
        for document in read_corpus(data / "20news" / f"{name}.jsonl.gz")
    ]
    generator = np.random.default_rng(0)
    with path.open("w", encoding="utf-8") as file:
        for copy in range(copies):
            for index in generator.permutation(len(documents)):
                name, text = documents[index]
                file.write(json.dumps({"id": f"{name}-{copy}", "text": text}) + "\n")
    return copies * len(documents)


class Alone:
    """What one process makes of the corpus, to compare with.

    Args:
        corpus: Corpus file.
        work: Folder to work in.
    """

    def __init__(self, corpus: Path, work: Path) -> None:
        self.corpus = corpus
        self.seconds: dict[str, float] = {}
        self.vectors: dict[str, np.ndarray] = {}
        self.options = KATE().get_params()
        start = time.perf_counter()
        read = read_training_corpus(read_corpus(corpus).texts(), self.options)
        self.seconds["vocabulary and counts"] = time.perf_counter() - start
        self.vocabulary, self.counts, self.n_words = read[1:]
        self.model = work / "model"
        KATE(epochs=1, verbose=False).fit(read_corpus(corpus).texts()).save(self.model)
        for light in (False, True):
            model = load(self.model, light=True) if light else load(self.model)
            start = time.perf_counter()
            vectors = np.concatenate(
                [b["embedding"] for b in model.encode_batches(self._texts())]
            )
            name = "encode-light" if light else "encode"
            self.seconds[name] = time.perf_counter() - start
            self.vectors[name] = vectors
        self.ids = [document.id for document in read_corpus(corpus)]

    def _texts(self) -> Iterator[str]:
        return read_corpus(self.corpus).texts()


def difference_of(job: str, folder: Path, alone: Alone) -> float:
    """The largest difference of a result to that of one process; infinite, if other."""
    if job == "vocabulary":
        words = read_chosen_words(folder)
        same = words.vocabulary == alone.vocabulary and words.n_words == alone.n_words
        return 0.0 if same else float("inf")
    if job == "counts":
        counts = open_counts(folder).counts[:]
        if counts.shape != alone.counts.shape:
            return float("inf")
        return float(abs(counts - alone.counts).max())
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(folder)
    if table["id"].to_pylist() != alone.ids:
        return float("inf")
    vectors = np.stack(table["embedding"].to_numpy())
    return float(abs(vectors - alone.vectors[job]).max())


def work_of(
    job: str, corpus: Path, folder: Path, alone: Alone, words: Path, address: str
) -> Callable[[], Any]:
    """The call that does a job."""
    usual: dict[str, Any] = {
        "address": address,
        "shard_bytes": SHARD_BYTES,
        "verbose": False,
    }
    sources = [str(corpus)]

    def choose() -> None:
        chosen, _ = choose_words(
            sources, folder.with_name(f"{folder.name}.work"), alone.options, **usual
        )
        write_chosen_words(folder, chosen)

    if job == "vocabulary":
        return choose
    if job == "counts":
        return lambda: count_corpus(sources, read_chosen_words(words), folder, **usual)
    light = job == "encode-light"
    return lambda: encode_corpus(alone.model, sources, folder, light=light, **usual)


def measure(data: Path, work: Path, copies: int = COPIES) -> dict[str, Any]:
    """Runs every job on one node and on two."""
    corpus, small = work / "corpus.jsonl", work / "small.jsonl"
    n_documents = write_corpus(data, corpus, copies)
    write_corpus(data, small, 1)
    sys.stderr.write("one process\n")
    alone = Alone(corpus, work)
    words = work / "words.json"
    rows = []
    for n_nodes in (1, 2):
        with nodes(n_nodes) as cluster, connected_to(cluster):
            for job in JOBS:
                # Processes start, and import what they need, in a first one.
                warm = work / f"{job}-{n_nodes}-warm"
                if job == "counts":
                    own = work / f"vocabulary-{n_nodes}-warm"
                    work_of(job, small, warm, alone, own, cluster.address)()
                else:
                    work_of(job, small, warm, alone, words, cluster.address)()
                seconds, differences = [], []
                for number in range(ROUNDS):
                    folder = work / f"{job}-{n_nodes}-{number}"
                    run = work_of(job, corpus, folder, alone, words, cluster.address)
                    start = time.perf_counter()
                    run()
                    seconds.append(time.perf_counter() - start)
                    differences.append(difference_of(job, folder, alone))
                    if job == "vocabulary":
                        os.replace(folder, words)
                rows.append(
                    {
                        "job": job,
                        "nodes": n_nodes,
                        "documents": n_documents,
                        "bytes": corpus.stat().st_size,
                        "seconds": float(np.median(seconds)),
                        "documents_per_second": n_documents / float(np.median(seconds)),
                        "difference": max(differences),
                    }
                )
                sys.stderr.write(f"{rows[-1]}\n")
    return {
        "machine": machine(),
        "alone": alone.seconds,
        "documents": n_documents,
        "entries": int(alone.counts.nnz),
        "vocabulary_size": len(alone.vocabulary),
        "forms": len(alone.vocabulary.forms),
        "jobs": rows,
    }


def page(found: dict[str, Any]) -> str:
    """The page of what was measured."""
    by_job = {(row["job"], row["nodes"]): row for row in found["jobs"]}
    lines = [
        "# Vocabulary, counts and vectors on a cluster",
        "",
        "Printed by `python -m benchmarks.scale.corpus DATA -o RESULTS`: "
        f"{found['machine']}. {found['documents']:,} documents "
        f"({found['jobs'][0]['bytes'] / 1e6:.0f} MB; the posts of 20 Newsgroups, "
        f"{COPIES} times), V = {found['vocabulary_size']:,}, d = 128, in shards of "
        f"{SHARD_BYTES >> 20} MiB. A node is a Ray node process bound to one core of "
        f"this machine; medians of {ROUNDS}. The driver and the head share the cores.",
        "",
        line(
            [
                "job",
                "documents/s, 1 node",
                "2 nodes",
                "ratio",
                "largest difference to one process",
            ]
        ),
        "|---" * 5 + "|",
    ]
    for job in JOBS:
        one, two = by_job[job, 1], by_job[job, 2]
        ratio = two["documents_per_second"] / one["documents_per_second"]
        lines.append(
            line(
                [
                    job,
                    f"{one['documents_per_second']:,.0f}",
                    f"{two['documents_per_second']:,.0f}",
                    f"{ratio:.2f}",
                    f"{max(one['difference'], two['difference']):.1e}",
                ]
            )
        )
    alone = ", ".join(
        f"{name} {seconds:.1f} s" for name, seconds in found["alone"].items()
    )
    lines += [
        "",
        f"One process without Ray, on both cores: {alone}. (It reads texts once for "
        "vocabulary and counts; on a cluster they are read twice.)",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--copies", type=int, default=COPIES)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as work:
        found = measure(options.data.resolve(), Path(work), options.copies)
    write_json(options.output / "corpus.json", found, indent=1)
    write_text(options.output / "corpus.md", page(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
