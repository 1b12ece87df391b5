"""Making an index and asking it, beside one matrix product over the same vectors."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.search.posts import read_posts, write_documents
from benchmarks.speed.measure import ROOT
from kate_keras.index import DocumentIndex, delete_documents

NEAREST, QUERIES, CHANGED = 10, 200, 1000


def measure_growth(
    data: Path, model: Path, work: Path, n_documents: int
) -> dict[str, Any]:
    """Indexes a corpus of a size, asks it, and changes it."""
    corpus, path = work / f"corpus-{n_documents}.jsonl", work / f"index-{n_documents}"
    write_documents(data, corpus, n_documents)
    made = index(model, corpus, path)
    row = {
        "documents": n_documents,
        "encode_and_write": made["writing"],
        "prepare": made["preparing"],
        "peak_mib": made["peak_mib"],
        "bytes_per_document": folder_bytes(path) / n_documents,
        **ask(data, path),
    }
    delete_documents(path, [f"made-{i}" for i in range(CHANGED)])
    again = index(model, corpus, path)
    if again["added"] != CHANGED:
        raise SystemExit(f"Added {again['added']} instead of {CHANGED} documents")
    row["add_again"] = again["writing"] + again["preparing"]
    corpus.unlink()
    return row


def index(model: Path, corpus: Path, path: Path) -> dict[str, Any]:
    """Runs the writer in a process of its own; returns its seconds and its peak."""
    command = [sys.executable, "-m", __name__, str(model), str(corpus), str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, env=environment, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ask(data: Path, path: Path) -> dict[str, Any]:
    """Seconds of a search of one query, the median, and what it finds.

    The queries are test posts, which neither model nor index has seen.
    """
    own = DocumentIndex(path)
    parts = list(own.vectors())
    numbers = np.concatenate([part for part, _ in parts])
    vectors = np.concatenate([part for _, part in parts])
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    posts = read_posts(data, "test")
    texts = [post.text for post in posts[:: len(posts) // QUERIES][:QUERIES]]
    queries = own.model.transform(texts)
    seconds: dict[str, list[float]] = {"index": [], "exact": [], "product": []}
    found, right = [], []
    for query in queries:
        start = time.perf_counter()
        (matches,) = own.nearest(query[None], NEAREST)
        seconds["index"].append(time.perf_counter() - start)
        start = time.perf_counter()
        own.nearest(query[None], NEAREST, exact=True)
        seconds["exact"].append(time.perf_counter() - start)
        start = time.perf_counter()
        cosines = unit @ (query / np.linalg.norm(query))
        nearest = np.argpartition(-cosines, NEAREST)[:NEAREST]
        seconds["product"].append(time.perf_counter() - start)
        found.append({match.document.number for match in matches})
        right.append(set(numbers[nearest].tolist()))
    hits = [len(a & b) for a, b in zip(found, right, strict=True)]
    return {
        "recall": sum(hits) / (NEAREST * QUERIES),
        "recall_told": own.facts.recall,
        "probes": own.facts.probes,
        **{name: median(values) for name, values in seconds.items()},
    }


def folder_bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def main(model: str, corpus: str, path: str) -> None:
    import resource

    from kate_keras.index import IndexWriter
    from kate_keras.text import read_corpus

    start = time.perf_counter()
    with IndexWriter(path, model, light=True) as writer:
        for _ in writer.add(read_corpus(corpus)):
            continue
        written = time.perf_counter()
        writer.finish()
    prepared = time.perf_counter()
    facts = {
        "added": writer.n_added,
        "writing": written - start,
        "preparing": prepared - written,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main(*sys.argv[1:])
