"""Trains on one node and on two, breaks nodes, and compares with one process.

    python -m benchmarks.scale.training DATA -o RESULTS [--only rates faults]
        [--documents N]

DATA is the folder with the folder 20news. Each node is a process group of its own with
one core, and TensorFlow has one thread in each worker. Run it on an idle machine.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality.files import read_json, write_json, write_text
from benchmarks.quality.table import line
from benchmarks.scale.counted import write_counts
from benchmarks.scale.nodes import Nodes, nodes
from benchmarks.search.posts import read_posts
from benchmarks.speed.__main__ import machine
from benchmarks.speed.measure import ROOT
from kate_keras import KATE
from kate_keras.artifact.manifest import read_manifest
from kate_keras.models import Autoencoder
from kate_keras.scale import training
from kate_keras.text.counts_folder import (
    CountsFolder,
    open_counts,
)
from kate_keras.training import train

EPOCHS = 3
# Of the starting weights, relative: about what float32 rounds by.
NUDGE = 1e-7
NUDGES = 4
# Words, and the decoder that they are trained with.
SIZES = {20_000: "sampled", 2_000: "exact"}
# The run that is disturbed is longer than a few checkpoints are apart.
FAULT_EPOCHS = 9
# Until there is a look at whether a node has come; a minute in use.
RESIZE_SECONDS = 5.0


class Watch:
    """Notes when workers reported what."""

    def __init__(self, then: Callable[[str, Any], None] = lambda *report: None) -> None:
        self.then = then
        self.starts: list[dict[str, Any]] = []
        self.epoch = self.batch = self.steps = 0
        self.seconds: list[float] = []

    def __call__(self, name: str, content: Any) -> None:
        """Takes a report."""
        if name == "begin":
            n_workers, place, self.steps = content
            done = [self.epoch, self.batch] if self.starts else list(place)
            self.starts.append(
                {"workers": n_workers, "place": list(place), "done": done}
            )
        elif name == "epoch_begin":
            self.epoch, self.batch, self.began = content, 0, time.perf_counter()
        elif name == "batch_end":
            self.batch = content + 1
        elif name == "epoch_end":
            self.seconds.append(time.perf_counter() - self.began)
        self.then(name, content)

    def lost_steps(self) -> list[int]:
        """Steps that were done again at each start."""
        return [
            (start["done"][0] - start["place"][0]) * self.steps
            + start["done"][1]
            - start["place"][1]
            for start in self.starts[1:]
        ]


def difference(
    found: dict[str, list[float]], expected: dict[str, list[float]]
) -> float:
    """The largest relative difference of a loss of an epoch."""
    names = [name for name in expected if name.endswith("loss")]
    pairs = [(np.array(found[name]), np.array(expected[name])) for name in names]
    return max(float(np.max(np.abs(one / other - 1))) for one, other in pairs)


def estimator(n_words: int, epochs: int) -> KATE:
    return KATE(max_features=n_words, epochs=epochs, verbose=False)


def sensitivity(counts: CountsFolder, alone: KATE) -> float:
    """How far losses of one process move where its kernel starts a little otherwise.

    The largest difference of several trainings: most hardly move, but where a unit wins
    in one and loses in the other, all that follows does.
    """

    def nudged(
        seed: int, autoencoder: Autoencoder, *arguments: Any, **options: Any
    ) -> Any:
        kernel = autoencoder.get_layer("tied_dense").kernel
        noise = np.random.default_rng(seed).standard_normal(kernel.shape)
        kernel.assign(kernel.numpy() * (1 + NUDGE * noise.astype(np.float32)))
        return train(autoencoder, *arguments, **options)

    found = []
    for seed in range(NUDGES):
        other = estimator(alone.max_features, alone.epochs)
        other.fit(counts, trainer=partial(nudged, seed))
        found.append(difference(other.history_, alone.history_))
    return max(found)


def measure_rates(texts: list[str], work: Path) -> list[dict[str, Any]]:
    """Documents per second on one node and on two, and losses against one process."""
    measured = []
    for n_words, decoder in SIZES.items():
        folder = work / str(n_words)
        write_counts(folder, texts, estimator(n_words, EPOCHS))
        counts = open_counts(folder)
        alone = estimator(n_words, EPOCHS).fit(counts)
        nudged = sensitivity(counts, alone)
        for number in (1, 2):
            model, watch = estimator(n_words, EPOCHS), Watch()
            with nodes(number) as cluster:
                traffic = training.fit_distributed(
                    model,
                    counts,
                    checkpoint=work / "rates.checkpoint",
                    address=cluster.address,
                    n_workers=number,
                    watch=watch,
                )
            # The first epoch traces.
            seconds = min(watch.seconds[1:])
            measured.append(
                {
                    "words": n_words,
                    "decoder": decoder,
                    "workers": number,
                    "documents_per_second": counts.counts.shape[0] / seconds,
                    "bytes_per_step": traffic["bytes"] / traffic["steps"],
                    "seconds_per_step": seconds / watch.steps,
                    "sum_seconds_per_step": traffic["seconds"] / traffic["steps"],
                    "difference": difference(model.history_, alone.history_),
                    "nudged": nudged,
                }
            )
            sys.stderr.write(f"{json.dumps(measured[-1])}\n")
    return measured


def measure_faults(texts: list[str], work: Path) -> list[dict[str, Any]]:
    """Kills a node and adds one; kills the head and resumes; compares the losses."""
    n_words = 20_000
    folder = work / "faults"
    write_counts(folder, texts, estimator(n_words, FAULT_EPOCHS))
    alone = estimator(n_words, FAULT_EPOCHS).fit(open_counts(folder))
    nudged = sensitivity(open_counts(folder), alone)
    found = []
    for lose in (lost_node, lost_head):
        found.append({**lose(folder, work, alone), "nudged": nudged})
        sys.stderr.write(f"{json.dumps(found[-1])}\n")
    return found


def lost_node(folder: Path, work: Path, alone: KATE) -> dict[str, Any]:
    """Kills one of two nodes in the middle, and adds one after the restart."""
    model = estimator(20_000, FAULT_EPOCHS)
    moments: list[float] = []
    training.RESIZE_SECONDS = RESIZE_SECONDS
    with nodes(1) as cluster:
        other = cluster.add(1)

        def disturb(name: str, content: Any) -> None:
            if name == "checkpoint" and not moments and content[0] >= 1:
                moments.append(time.perf_counter())
                cluster.kill(other)
            elif name == "begin" and len(moments) == 1:
                moments.append(time.perf_counter())
                cluster.add(1)

        watch = Watch(disturb)
        training.fit_distributed(
            model,
            open_counts(folder),
            checkpoint=work / "node.checkpoint",
            address=cluster.address,
            n_workers=(1, 2),
            watch=watch,
        )
    return {
        "fault": "node killed, another added",
        "workers": [start["workers"] for start in watch.starts],
        "seconds_to_go_on": moments[1] - moments[0],
        "steps_done_again": watch.lost_steps(),
        "steps": watch.steps * FAULT_EPOCHS,
        "difference": difference(model.history_, alone.history_),
    }


def lost_head(folder: Path, work: Path, alone: KATE) -> dict[str, Any]:
    """Kills the head under `kate train`, and gives the same command with `--resume`."""
    model = work / "model"
    checkpoint = model.with_name("model.checkpoint")
    log = work / "log"

    def command(cluster: Nodes, *more: str) -> subprocess.Popen:
        arguments = ["-m", "kate_keras", "train", folder, "-o", model]
        arguments += ["--epochs", FAULT_EPOCHS, "--address", cluster.address]
        arguments += ["--workers", 2, "--quiet", *more]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with log.open("w") as file:
            return subprocess.Popen(
                [sys.executable, *map(str, arguments)],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=file,
            )

    with nodes(2) as cluster:
        process = command(cluster)
        while not checkpoint.exists() and process.poll() is None:
            time.sleep(0.2)
        cluster.kill(cluster.cluster.head_node)
        start = time.perf_counter()
        try:
            status = process.wait(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        seconds = time.perf_counter() - start
    kept = checkpoint.exists()
    said = log.read_text().replace(f"{work}/", "").splitlines()[-1:]
    with nodes(2) as cluster:
        resumed = command(cluster, "--resume").wait()
    if resumed:
        raise RuntimeError(log.read_text())
    return {
        "fault": "head killed, the same command with --resume",
        "status": status,
        "seconds_to_end": seconds,
        "said": said,
        "checkpoint": kept,
        "difference": difference(read_manifest(model)["history"], alone.history_),
    }


SECTIONS = {"rates": measure_rates, "faults": measure_faults}


def page(found: dict[str, Any]) -> str:
    """All that was measured, as Markdown."""
    parts = [
        "# Training by several workers\n\n"
        "`python -m benchmarks.scale.training DATA -o RESULTS`\n"
    ]
    if "rates" in found:
        parts.append(rates_page(found["rates"]))
    if "faults" in found:
        parts.append(faults_page(found["faults"]))
    return "\n".join(parts)


def rates_page(section: dict[str, Any]) -> str:
    head = ["words", "decoder", "nodes", "documents/s", "speed-up", "ms a step"]
    head += ["of it in the sum", "MB summed a step", "losses differ by"]
    head += ["of one process, nudged"]
    first = {
        rate["words"]: rate["documents_per_second"]
        for rate in section["measured"]
        if rate["workers"] == 1
    }
    rows = [
        [
            f"{rate['words']:,}",
            rate["decoder"],
            str(rate["workers"]),
            f"{rate['documents_per_second']:,.0f}",
            f"{rate['documents_per_second'] / first[rate['words']]:.2f}",
            f"{1000 * rate['seconds_per_step']:.1f}",
            f"{1000 * rate['sum_seconds_per_step']:.1f}",
            f"{rate['bytes_per_step'] / 1e6:.2f}",
            f"{rate['difference']:.1e}",
            f"{rate['nudged']:.1e}",
        ]
        for rate in section["measured"]
    ]
    return (
        f"## Rates\n\n{section['documents']:,} posts of 20 Newsgroups, 128 topics, "
        f"{EPOCHS} epochs; the rate is that of the fastest but the first. What is "
        "summed is what one worker gives to the sum. Losses of each epoch against one "
        "process without Ray, relative, at most. Nudged: the largest "
        f"difference that {NUDGES} trainings by one process have to it which start "
        "from a kernel changed by one part in ten million. Where that is large, units "
        "win or lose by rounding alone, and no sum in another order can have the same "
        "losses.\n\n"
        + "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)])
        + f"\n\nMeasured on {section['machine']}.\n"
    )


def faults_page(section: dict[str, Any]) -> str:
    node, head = section["measured"]
    workers = ", ".join(map(str, node["workers"]))
    again = ", ".join(map(str, node["steps_done_again"]))
    kept = "stayed" if head["checkpoint"] else "was lost"
    return (
        f"## Faults\n\n{section['documents']:,} posts, 20,000 words, {FAULT_EPOCHS} "
        "epochs.\n\n"
        f"One of two nodes killed, and another added later: workers at each start "
        f"{workers}; {node['seconds_to_go_on']:.0f} s from the kill to the next step; "
        f"steps done again {again} of {node['steps']:,}; losses differ by "
        f"{node['difference']:.1e} from those of one process.\n\n"
        f"Head killed: the command ended after {head['seconds_to_end']:.0f} s with "
        f"status {head['status']}, the checkpoint {kept}; the same command with "
        f"`--resume` on a new cluster ended with losses that differ by "
        f"{head['difference']:.1e}. Those of one process, nudged, differ by "
        f"{node['nudged']:.1e}.\n\nMeasured on {section['machine']}.\n"
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS))
    parser.add_argument("--documents", type=int, help="the first so many only")
    options = parser.parse_args(arguments)
    os.environ |= {"TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    posts = read_posts(options.data.resolve(), "train")
    texts = [post.text for post in posts[: options.documents]]
    options.output.mkdir(parents=True, exist_ok=True)
    kept = options.output / "training.json"
    found = read_json(kept) if kept.is_file() else {}
    for name in options.only:
        sys.stderr.write(f"{name}\n")
        with tempfile.TemporaryDirectory() as work:
            measured = SECTIONS[name](texts, Path(work))
        found[name] = {
            "machine": machine(),
            "documents": len(texts),
            "measured": measured,
        }
        write_json(kept, found, indent=1)
        write_text(options.output / "training.md", page(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
