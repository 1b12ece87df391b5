"""Breaks a cluster in the middle of the jobs on a corpus, and counts what is lost.

    python -m benchmarks.scale.faults DATA -o RESULTS [--only JOB ...]
        [--faults node ...]

DATA is the folder with the folder 20news. A node with a full disk takes mounting a
small file system, so root; without, that row says so. Those of the training are in
`benchmarks.scale.training`, those of the service in `benchmarks.scale.serving`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from benchmarks.quality.files import read_json, write_json, write_text
from benchmarks.quality.table import line
from benchmarks.scale.corpus import Alone, difference_of, write_corpus
from benchmarks.scale.nodes import Nodes, connected_to, nodes
from benchmarks.speed.__main__ import machine
from benchmarks.speed.measure import ROOT
from kate_keras.errors import InputError
from kate_keras.scale.counts import count_corpus
from kate_keras.scale.encoding import encode_corpus
from kate_keras.scale.finished import NOTES
from kate_keras.scale.shards import AS_USUAL, Reading
from kate_keras.scale.vocabulary import choose_words
from kate_keras.text.chosen_words import read_chosen_words, write_chosen_words

JOBS = ("vocabulary", "counts", "encode")
FILES = 12
# What a driver may take to notice that the head is gone; Ray's own limit is a minute.
MOST_SECONDS = 150.0
SMALL_DISK = "1m"


class Case:
    """A corpus in several files, and what one process makes of it.

    Args:
        data: Folder with 20news.
        work: Folder to work in.
    """

    def __init__(self, data: Path, work: Path) -> None:
        self.work = work
        whole = work / "whole.jsonl"
        write_corpus(data, whole, 1)
        self.folder = work / "corpus"
        self.folder.mkdir()
        lines = whole.read_text("utf-8").splitlines(keepends=True)
        size = -(-len(lines) // FILES)
        for number in range(FILES):
            part = lines[number * size : (number + 1) * size]
            path = self.folder / f"part-{number:02}.jsonl"
            path.write_text("".join(part), "utf-8")
        self.alone = Alone(whole, work)
        self.words = work / "words.json"
        self.sources = [f"{self.folder}/*.jsonl"]

    def run(
        self,
        job: str,
        output: Path,
        address: str,
        sources: list[str] | None = None,
        reading: Reading = AS_USUAL,
    ) -> None:
        """Does a job."""
        sources = sources or self.sources
        usual: dict[str, Any] = {
            "address": address,
            "verbose": False,
            "reading": reading,
        }
        if job == "vocabulary":
            chosen, _ = choose_words(
                sources, notes_of(job, output).parent, self.alone.options, **usual
            )
            write_chosen_words(output, chosen)
        elif job == "counts":
            count_corpus(sources, read_chosen_words(self.words), output, **usual)
        else:
            encode_corpus(self.alone.model, sources, output, **usual)

    def command(self, job: str, output: Path, address: str) -> list[str]:
        """The same as a command."""
        base = [sys.executable, "-m", "kate_keras", job]
        if job == "encode":
            base.append(str(self.alone.model))
        base += [*self.sources, "-o", str(output), "--address", address]
        return [*base, "--vocabulary", str(self.words)] if job == "counts" else base


def notes_of(job: str, output: Path) -> Path:
    """Where the notes of finished shards are."""
    if job == "vocabulary":
        return output.with_name(f"{output.name}.work") / NOTES
    return output / NOTES


def n_finished(job: str, output: Path) -> int:
    """How many shards are finished."""
    return len(list(notes_of(job, output).glob("0*.json")))


@contextmanager
def once_begun(
    job: str, output: Path, number: int, act: Callable[[], None]
) -> Iterator[list[int]]:
    """Does something once so many shards are finished; gives how many there were."""
    before: list[int] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            finished = n_finished(job, output)
            if finished >= number:
                before.append(finished)
                act()
                return
            time.sleep(0.01)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield before
    finally:
        ended.set()
        thread.join()


def judged(
    case: Case, job: str, fault: str, before: list[int], output: Path, **more: Any
) -> dict[str, Any]:
    """The row of a fault."""
    difference = difference_of(job, output, case.alone)
    return {
        "job": job,
        "fault": fault,
        "finished_before": before[0] if before else None,
        "equal": difference == 0.0,
        "difference": difference,
        **more,
    }


def node_killed(case: Case, job: str) -> dict[str, Any]:
    """Kills one of two nodes in the middle."""
    output = case.work / f"{job}-node-killed"
    with nodes(1) as cluster, connected_to(cluster):
        second = cluster.add(1)
        with once_begun(job, output, 3, lambda: cluster.kill(second)) as before:
            case.run(job, output, cluster.address)
    return judged(case, job, "a node of two killed -9", before, output)


def head_restarted(case: Case, job: str) -> dict[str, Any]:
    """Kills the whole cluster, its head too, and gives the command to another."""
    output = case.work / f"{job}-head-restarted"
    cluster = Nodes()
    for core in range(2):
        cluster.add(core)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = case.command(job, output, cluster.address)
    start = time.perf_counter()
    with once_begun(job, output, 3, cluster.end) as before:
        first = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            status: Any = first.wait(MOST_SECONDS)
        except subprocess.TimeoutExpired:
            first.kill()
            first.wait()
            status = "none"
    seconds = time.perf_counter() - start
    kept = n_finished(job, output)
    with nodes(2) as other:
        command = case.command(job, output, other.address)
        subprocess.run(
            command, env=environment, check=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
    return judged(
        case, job, "the head and both nodes killed -9, the command given again",
        before, output, status=status, seconds_to_notice=seconds, kept=kept,
    )  # fmt: skip


def poisoned(case: Case, job: str) -> dict[str, Any]:
    """A document that is none in the middle: refused with its place, or skipped."""
    output = case.work / f"{job}-poisoned"
    folder = case.work / f"{job}-poisoned-corpus"
    folder.mkdir()
    for path in case.folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    spoiled = folder / "part-06.jsonl"
    lines = spoiled.read_text("utf-8").splitlines(keepends=True)
    spoiled.write_text("".join([*lines[:9], '{"text": 7}\n', *lines[9:]]), "utf-8")
    sources = [f"{folder}/*.jsonl"]
    with nodes(2) as cluster, connected_to(cluster):
        try:
            case.run(job, output, cluster.address, sources)
            said = "nothing"
        except InputError as error:
            said = str(error).replace(f"{folder}/", "")
        finished = n_finished(job, output)
        case.run(job, output, cluster.address, sources, Reading(skip_bad_lines=True))
    return judged(
        case, job, "a document whose text is a number", [finished], output, said=said
    )


def full_disk(case: Case, job: str) -> dict[str, Any]:
    """The temporary folder of one of two nodes is full.

    The corpus is named by URLs, so that every shard is copied to its node first.
    """
    output = case.work / f"{job}-full-disk"
    small = case.work / "small-disk"
    small.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(small)]
    if subprocess.run(mount, stderr=subprocess.DEVNULL).returncode:
        return {"job": job, "fault": "full disk", "left_out": "may not mount"}
    sources = [f"file://{case.folder}/*.jsonl"]
    try:
        with nodes(1) as cluster, connected_to(cluster):
            cluster.add(1, TMPDIR=str(small))
            with redirect_stderr(StringIO()) as notices:
                case.run(job, output, cluster.address, sources)
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)
    said = notices.getvalue().strip() or "nothing"
    return judged(case, job, "the disk of a node of two is full", [], output, said=said)


FAULTS = {
    "node": node_killed,
    "head": head_restarted,
    "document": poisoned,
    "disk": full_disk,
}


def page(found: dict[str, Any]) -> str:
    """The page of the faults."""
    lines = [
        "# Faults in the middle of the jobs on a corpus",
        "",
        "Printed by `python -m benchmarks.scale.faults DATA -o RESULTS`: "
        f"{found['machine']}. The posts of 20 Newsgroups in {FILES} shards, on two "
        "node processes of a core each beside the head. Equal: the vocabulary to the "
        "last form, counts to the bit, vectors to the bit with every id once and in "
        "its order; so nothing was lost and nothing is there twice.",
        "",
        line(["fault", "job", "shards finished before", "equal to one process"]),
        "|---" * 4 + "|",
    ]
    notes = []
    for row in found["rows"]:
        if "left_out" in row:
            lines.append(line([row["fault"], row["job"], "", row["left_out"]]))
            continue
        before = row["finished_before"]
        equal = "yes" if row["equal"] else f"**no** ({row['difference']})"
        told = "" if before is None else f"{before} of {FILES}"
        lines.append(line([row["fault"], row["job"], told, equal]))
        if "said" in row:
            notes.append(f"- {row['job']}, {row['fault']}: said “{row['said']}”")
        if "status" in row:
            notes.append(
                f"- {row['job']}, head killed: the command ended with status "
                f"{row['status']} {row['seconds_to_notice']:.0f} s after its start; "
                f"{row['kept']} finished shards were kept."
            )
    return "\n".join([*lines, "", *notes]) + "\n"


def _order(row: dict[str, Any]) -> tuple[int, int]:
    return list(FAULTS).index(row["kind"]), JOBS.index(row["job"])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=JOBS, default=list(JOBS))
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=list(FAULTS))
    options = parser.parse_args(arguments)
    kept = options.output / "faults.json"
    rows = read_json(kept)["rows"] if kept.is_file() else []
    again = {(job, fault) for job in options.only for fault in options.faults}
    rows = [row for row in rows if (row["job"], row["kind"]) not in again]
    with tempfile.TemporaryDirectory() as work:
        case = Case(options.data.resolve(), Path(work))
        with nodes(2) as cluster, connected_to(cluster):
            case.run("vocabulary", case.words, cluster.address)
        for job in options.only:
            for kind in options.faults:
                rows.append({"kind": kind, **FAULTS[kind](case, job)})
                rows.sort(key=_order)
                sys.stderr.write(f"{kind} {job}\n")
                found = {"machine": machine(), "rows": rows}
                write_json(kept, found, indent=1)
                write_text(options.output / "faults.md", page(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
