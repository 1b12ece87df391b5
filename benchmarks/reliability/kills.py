"""Kills `kate train` again and again, and compares what it ends with."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.quality.table import line
from benchmarks.search.posts import read_posts
from benchmarks.speed.measure import ROOT
from kate_keras.artifact.manifest import read_manifest
from kate_keras.errors import InputError
from kate_keras.training.checkpoint_file import CheckpointFile, read_checkpoint

N_DOCUMENTS, N_KILLS = 6000, 20
OPTIONS = ("--n-components", "128", "--max-features", "20000", "--epochs", "45")
# The earlier model, which saving must not lose before the new one is whole.
EARLIER = ("--n-components", "8", "--epochs", "1")
# Where a training is killed, in turns; it is restarted after each, and then let end.
PHASES = ("counting", "training", "training", "saving")
TICK = 0.002


class Training:
    """A running `kate train --resume`, watched from outside.

    Args:
        corpus: Corpus file.
        model: Model folder to write.
        *options: Further options.
    """

    def __init__(self, corpus: Path, model: Path, *options: str) -> None:
        self.model = model
        self.checkpoint = model.with_name(f"{model.name}.checkpoint")
        self.log = model.parent.parent / "stderr"
        temporary = model.parent.parent / "tmp"
        temporary.mkdir(exist_ok=True)
        environment = {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
        command = [sys.executable, "-m", "kate_keras", "train", str(corpus)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, "-o", str(model), "--resume", *options],
                env={**os.environ, **environment},
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        self.started = self.ended = time.time()
        self.begun = {"counting": self.started}

    def watch(self) -> bool:
        """Notes which phase has begun; returns whether the process runs."""
        if "training" not in self.begun:
            # The empty progress bar.
            if "| 0/" in self.log.read_text():
                self.begun["training"] = time.time()
        elif "saving" not in self.begun:
            if any(self.model.parent.glob(f".{self.model.name}.*.aside/new")):
                self.begun["saving"] = time.time()
        return self.process.poll() is None

    def phase(self) -> str:
        """The phase that it is in."""
        return list(self.begun)[-1]

    def run(self, phase: str | None = None, seconds: float = 0.0) -> bool:
        """Runs to the end, or to so many seconds after a phase has begun.

        Returns:
            Whether it was killed.
        """
        while self.watch():
            now = time.time()
            if phase in self.begun and now >= self.begun[phase] + seconds:
                self.process.kill()
                break
            time.sleep(TICK)
        self.process.wait()
        self.ended = time.time()
        if self.process.returncode == -signal.SIGKILL:
            return True
        if self.process.returncode:
            raise RuntimeError(self.log.read_text())
        return False

    def lengths(self) -> dict[str, float]:
        """Seconds of each phase, after the end."""
        ends = [*self.begun.values(), self.ended][1:]
        return {
            name: end - start
            for (name, start), end in zip(self.begun.items(), ends, strict=True)
        }

    def repeated(self) -> float:
        """Seconds of work that are done again after its end by a kill."""
        written = self.started
        if self.checkpoint.exists():
            written = max(written, self.checkpoint.stat().st_mtime)
        return self.ended - written


def measure_kills(data: Path, work: Path) -> dict[str, Any]:
    """Trains undisturbed; then kills and resumes until as many kills are done."""
    moments = random.Random(0)
    corpus = work / "posts.jsonl"
    posts = moments.sample(read_posts(data, "train"), N_DOCUMENTS)
    lines = (json.dumps({"id": post.id, "text": post.text}) + "\n" for post in posts)
    corpus.write_text("".join(lines), encoding="utf-8")
    names = {}
    for name, options in (("earlier", EARLIER), ("new", OPTIONS)):
        whole = Training(corpus, work / name / "model", *options)
        whole.run()
        names[read_manifest(whole.model)["fingerprint"]] = name
    expected, lengths = read_manifest(whole.model), whole.lengths()
    kills: list[dict[str, Any]] = []
    rounds: list[dict[str, Any]] = []
    while len(kills) < N_KILLS:
        model = work / f"round-{len(rounds)}" / "model"
        shutil.copytree(work / "earlier" / "model", model)
        for phase in PHASES[: N_KILLS - len(kills)]:
            # Kills of one phase share its length, so that it does not end before.
            seconds = moments.uniform(0, lengths[phase]) / PHASES.count(phase)
            training = Training(corpus, model, *OPTIONS)
            if not training.run(phase, seconds):
                break
            kills.append({"round": len(rounds) + 1, **after_kill(training, names)})
            sys.stderr.write(f"{json.dumps(kills[-1])}\n")
            if kills[-1]["checkpoint"]:
                shutil.copy(training.checkpoint, work / "kept")
        else:
            Training(corpus, model, *OPTIONS).run()
        rounds.append(after_end(model, work / "tmp", expected))
        sys.stderr.write(f"{json.dumps(rounds[-1])}\n")
    return {
        "documents": N_DOCUMENTS,
        "options": " ".join(OPTIONS),
        "fingerprint": expected["fingerprint"],
        "seconds": lengths,
        "kills": kills,
        "rounds": rounds,
        "checkpoint": cost(work / "kept"),
    }


def after_kill(training: Training, names: dict[str, str]) -> dict[str, Any]:
    """What a kill has left.

    Args:
        training: Training that was killed.
        names: Names of models by their fingerprint.
    """
    there = training.checkpoint.exists()
    facts = read_checkpoint(training.checkpoint)[0] if there else {}
    try:
        found = names.get(read_manifest(training.model)["fingerprint"], "unknown")
    except InputError as error:
        found = str(error)
    return {
        "phase": training.phase(),
        "seconds": training.ended - training.started,
        "checkpoint": [facts["epoch"], facts["batches"]] if facts else None,
        "repeated": training.repeated(),
        "model": found,
    }


def after_end(model: Path, temporary: Path, expected: dict[str, Any]) -> dict[str, Any]:
    """How a training that was killed and resumed has ended."""
    found = read_manifest(model)
    beside = [path.name for path in model.parent.iterdir() if path != model]
    return {
        "same_fingerprint": found["fingerprint"] == expected["fingerprint"],
        "same_history": found["history"] == expected["history"],
        "leftovers": sorted(beside),
        "temporary_files": len(list(temporary.iterdir())),
    }


def cost(path: Path) -> dict[str, float]:
    """Megabytes of a checkpoint, and seconds that writing it takes."""
    facts, arrays = read_checkpoint(path)
    file, seconds = CheckpointFile(path, {}), []
    for _ in range(5):
        start = time.perf_counter()
        file.write(facts, arrays)
        seconds.append(time.perf_counter() - start)
    return {"megabytes": path.stat().st_size / 1e6, "seconds": median(seconds)}


def render_kills(found: dict[str, Any]) -> str:
    """The section as Markdown."""
    kills, rounds, lengths = found["kills"], found["rounds"], found["seconds"]
    whole = [k["model"] in ("earlier", "new") for k in kills]
    same = [r["same_fingerprint"] and r["same_history"] for r in rounds]
    left = {name for r in rounds for name in r["leftovers"]}
    cost = found["checkpoint"]
    rows = [
        [
            str(number),
            str(kill["round"]),
            kill["phase"],
            f"{kill['seconds']:.1f}",
            "none" if not kill["checkpoint"] else "{} + {}".format(*kill["checkpoint"]),
            f"{kill['repeated']:.1f}",
            kill["model"],
        ]
        for number, kill in enumerate(kills, 1)
    ]
    head = [
        *("kill", "training", "while", "after s", "epochs + batches kept"),
        *("s done again", "whole model there"),
    ]
    took = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in lengths.items())
    return f"""## Training, killed and resumed

`kate train POSTS -o model {found["options"]} --resume` on {found["documents"]:,} posts
of 20 Newsgroups, killed by `kill -9` at random moments and started again until it
ended; undisturbed it took: {took}. An earlier model was at `model`.

**{len(kills)} kills in {len(rounds)} trainings.** Trainings that ended with the
fingerprint and the history of the undisturbed one: {sum(same)} of {len(rounds)}. Kills
after which a whole model was at its place: {sum(whole)} of {len(kills)}. Files left
behind at the end: {", ".join(sorted(left)) or "none"}
(TensorFlow and Keras, killed, left {rounds[-1]["temporary_files"]} of their own in
`TMPDIR`). Done again after a kill:
{median(k["repeated"] for k in kills):.1f} s in the median,
{max(k["repeated"] for k in kills):.1f} s at most, start and counting included (a kill
that finds the new model there and no checkpoint has all done again by `--resume`,
though nothing was missing). A checkpoint is {cost["megabytes"]:.0f} MB and takes
{cost["seconds"]:.2f} s; they are at least 10 s apart, and at least 100 times as long
as one takes.

{line(head)}
{"|---" * len(head)}|
{chr(10).join(line(row) for row in rows)}
"""
