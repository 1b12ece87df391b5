"""What a document and a step cost, from records of measurements.

The records are in benchmarks/results/scale; what is not there is taken from
`placeholder.json` beside this file, which was worked out from benchmarks/results/speed.

`corpus.json`: `machine` and `jobs`, of each the name `job` (`vocabulary`, `counts`,
`encode`, `encode-light`), how many `nodes` and `cores` of each (1 where not said), the
`documents_per_second` of all together, `documents` and `bytes` of text, and, where
known, the `peak_mib` of a process. The dearest run of a job counts.

`training.json`: `machine` and `runs`, of each its `workers` and `cores` of each (1
where not said), `batch` (of all workers), `n_words`, `n_components`, `seconds_per_step`, of
them `all_reduce_seconds`, `bytes_per_step` that a worker adds up, and, where known,
`peak_mib`. Runs of the sizes of the first one count: one or more with one worker, and
with more workers.

`reading.json`: by `python -m benchmarks.scale.reading`.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import nnls

from benchmarks.quality.files import read_json
from benchmarks.scale.formulas import Step, WordsOfBatches

PLACEHOLDER = Path(__file__).with_name("placeholder.json")
JOBS = ("vocabulary", "counts", "encode", "encode-light")
# Distinct words of a document, of 20 Newsgroups' shape; see benchmarks.speed.synthetic.
ENTRIES = 96.7

Record = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """What a job costs.

    Attributes:
        core_seconds: Of a document, in the dearest run that was measured.
        efficiency: Documents a second of a core where most nodes worked, by those where
            fewest did, and how many nodes these are; `None` if all had as many.
        peak_mib: Peak of a process; `None` if not measured.
    """

    core_seconds: float
    efficiency: tuple[float, int] | None
    peak_mib: float | None


@dataclass(frozen=True)
class Forms:
    """Rows and bytes of the file of forms that a shard becomes.

    They grow by the same power of the text's bytes.
    """

    rows: float
    file_bytes: float
    text_bytes: float
    power: float

    def of_shard(self, text_bytes: float) -> tuple[float, float]:
        """Returns rows and bytes for a shard of so many bytes of text."""
        factor = (text_bytes / self.text_bytes) ** self.power
        return self.rows * factor, self.file_bytes * factor


@dataclass(frozen=True)
class Costs:
    """Everything that the page is worked out from.

    Attributes:
        jobs: By name.
        text_bytes: Bytes of text of a document.
        forms: What a shard's forms take.
        n_words: Size of the vocabulary that was trained.
        n_components: Dimensions of it.
        step: Seconds of a step.
        worker_cores: Cores of a worker.
        worker_mib: Peak of a worker; `None` if not measured.
        runs: The training runs.
        sources: Where figures are from, by record; those that are placeholders begin
            with `not measured`.
    """

    jobs: dict[str, Job]
    text_bytes: float
    forms: Forms
    n_words: int
    n_components: int
    step: Step
    worker_cores: int
    worker_mib: float | None
    runs: list[Record]
    sources: dict[str, str]

    def shard_documents(self, shard_bytes: float) -> float:
        """Documents of a shard."""
        return shard_bytes / self.text_bytes

    @property
    def counts_bytes(self) -> float:
        """Of a document in a file of counts."""
        return 4 + 8 * ENTRIES

    @property
    def vector_bytes(self) -> float:
        """Of a document in a file of vectors: the vector, its id, the known words."""
        return 4 * self.n_components + 20


def read_costs(results: Path) -> Costs:
    """Reads the records of a folder, and placeholders for those that it has not."""
    placeholder = read_json(PLACEHOLDER)
    sources: dict[str, str] = {}

    def record(name: str) -> Any:
        path = results / f"{name}.json"
        if path.is_file():
            content = read_json(path)
            sources[name] = f"measured on {content['machine']}"
            return content
        sources[name] = f"not measured yet; placeholders from {placeholder['source']}"
        return placeholder[name]

    corpus, training = record("corpus"), record("training")
    reading = read_json(results / "reading.json")
    sources["reading"] = f"measured on {reading['machine']}"
    first = training["runs"][0]
    same = ("batch", "n_words", "n_components")
    runs = [
        run
        for run in training["runs"]
        if all(run[name] == first[name] for name in same)
    ]
    words = WordsOfBatches(first["n_words"])
    return Costs(
        jobs={name: job_costs(corpus["jobs"], name) for name in JOBS},
        text_bytes=sum(j["bytes"] for j in corpus["jobs"])
        / sum(j["documents"] for j in corpus["jobs"]),
        forms=_forms(placeholder["forms"]),
        n_words=first["n_words"],
        n_components=first["n_components"],
        step=fit_step(runs, reading["rows"][-1]["seconds_per_document"], words),
        worker_cores=first.get("cores", 1),
        worker_mib=max((run.get("peak_mib", 0) for run in runs), default=0) or None,
        runs=runs,
        sources=sources,
    )


def job_costs(records: list[Record], name: str) -> Job:
    """Works out what a job costs, from all of its runs.

    Raises:
        ValueError: If there is no run of the job.
    """
    own = sorted((r for r in records if r["job"] == name), key=lambda r: r["nodes"])
    if not own:
        raise ValueError(f"corpus.json has no run of the job {name!r}.")
    rates = [r["documents_per_second"] / (r["nodes"] * r.get("cores", 1)) for r in own]
    nodes = own[-1]["nodes"]
    peaks = [r["peak_mib"] for r in own if "peak_mib" in r]
    return Job(
        core_seconds=1 / min(rates),
        efficiency=(rates[-1] / rates[0], nodes) if nodes > own[0]["nodes"] else None,
        peak_mib=max(peaks, default=None),
    )


def fit_step(runs: list[Record], of_document: float, words: Any) -> Step:
    """Works out what of a step workers share, from runs with one and with more.

    Seconds without the all-reduce are fitted by `alone + shared / workers`, neither
    below 0, by least squares; of `alone` what documents take by themselves is known.

    Args:
        runs: Training runs, all of the same batch.
        of_document: Seconds that a document of the whole batch takes every worker.
        words: See `Step`.

    Raises:
        ValueError: If all have as many workers, or batches differ.
    """
    workers = np.array([run["workers"] for run in runs], np.float64)
    batches = {run["batch"] for run in runs}
    if len(set(workers)) < 2 or len(batches) != 1:
        raise ValueError(
            "training.json needs runs of one batch with one worker and with more."
        )
    (batch,) = batches
    seconds = [run["seconds_per_step"] - run["all_reduce_seconds"] for run in runs]
    (alone, shared), _ = nnls(
        np.stack([np.ones(len(runs)), 1 / workers], axis=1), np.array(seconds)
    )
    n_words = words(batch)
    of_document = min(of_document, alone / batch)
    return Step(
        of_document=of_document,
        of_word=(alone - of_document * batch) / n_words,
        of_both=shared / (batch * n_words),
        words=words,
    )


def _forms(found: Record) -> Forms:
    quarter = found["quarter"]
    power = math.log(found["rows"] / quarter["rows"]) / math.log(
        found["bytes"] / quarter["bytes"]
    )
    return Forms(found["rows"], found["file_bytes"], found["bytes"], power)
