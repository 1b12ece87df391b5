"""Kills a writer again and again, and counts what is lost."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.search.posts import write_documents
from benchmarks.speed.measure import ROOT
from kate_keras.index import DocumentIndex

N_DOCUMENTS, ROUNDS = 20_000, 10
# Documents that are written at once, so that there are many moments to die at.
COMMIT = 500


def measure_kills(data: Path, model: Path, work: Path) -> dict[str, Any]:
    """Indexes a corpus in rounds: two kills in each, then a run to the end."""
    corpus = work / "killed.jsonl"
    write_documents(data, corpus, N_DOCUMENTS)
    run(model, corpus, work / "whole")
    whole = contents(work / "whole")
    moments = random.Random(0)
    found = {"documents": N_DOCUMENTS, "kills": 0, "finishing": 0, "lost": 0}
    different = 0
    for number in range(ROUNDS):
        path = work / f"round-{number}"
        known = 0
        for last in (False, True):
            # The second kill of every other round falls into the work at the end.
            after = (
                N_DOCUMENTS if last and number % 2 else moments.randrange(N_DOCUMENTS)
            )
            reported = run(model, corpus, path, after, moments.uniform(0, 0.5))
            known = max(known, reported)
            there = len(DocumentIndex(path)) if (path / "facts.lance").exists() else 0
            found["kills"] += 1
            found["finishing"] += reported == N_DOCUMENTS
            found["lost"] += max(known - there, 0)
        run(model, corpus, path)
        different += contents(path) != whole
    return {**found, "rounds": ROUNDS, "different": different}


def run(
    model: Path,
    corpus: Path,
    path: Path,
    after: int | None = None,
    delay: float = 0.0,
) -> int:
    """Runs a writer; returns how many documents it reported.

    Args:
        model: Model folder.
        corpus: Corpus.
        path: Folder of the index.
        after: Documents that it reports before it is killed; `None`, it is not.
        delay: Seconds from then to the kill.
    """
    command = [sys.executable, "-m", __name__, str(model), str(corpus), str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    reported = 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        for line in process.stdout or ():
            reported += int(line)
            if after is not None and reported >= after:
                time.sleep(delay)
                os.kill(process.pid, signal.SIGKILL)
                # What it wrote to the pipe before it died counts too.
                reported += sum(map(int, process.communicate()[0].split()))
                break
    return reported


def contents(path: Path) -> str:
    """A hash over all documents of an index, their vectors, and its map."""
    index, hashed = DocumentIndex(path), hashlib.sha256()
    hashed.update(repr(index.documents(range(N_DOCUMENTS + 1))).encode())
    vectors = {
        number: vector
        for numbers, part in index.vectors()
        for number, vector in zip(numbers.tolist(), part, strict=True)
    }
    own = index.map()
    places = dict(zip(own.number.tolist(), own.places.tolist(), strict=True))
    for number in sorted(vectors):
        hashed.update(vectors[number].tobytes())
        hashed.update(repr(places[number]).encode())
    return hashed.hexdigest()


def main(model: str, corpus: str, path: str) -> None:
    from kate_keras.index import IndexWriter, index_writer
    from kate_keras.text import read_corpus

    index_writer.COMMIT = COMMIT
    with IndexWriter(path, model, light=True) as writer:
        for n_documents in writer.add(read_corpus(corpus)):
            print(n_documents, flush=True)
        writer.finish()


if __name__ == "__main__":
    main(*sys.argv[1:])
