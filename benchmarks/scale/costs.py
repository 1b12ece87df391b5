"""What a document and a step cost, from records of measurements.

The records are in benchmarks/results/scale; what is not there is taken from
`placeholder.json` beside this file, which was worked out from benchmarks/results/speed.

`corpus.json`, by `python -m benchmarks.scale.corpus`: how many `documents` with how
many `entries` in counts, and `jobs`, of each run its `job`, `nodes` (of one core),
`documents`, `bytes` of text and `documents_per_second`. The dearest run of a job
counts.

`training.json`, by `python -m benchmarks.scale.training`: as `rates`, `measured`, of
each run its `words`, `decoder`, `workers` (of one core), `seconds_per_step`, of them
`sum_seconds_per_step` in the all-reduce, and `bytes_per_step` that a worker adds up.
Those of the sampled decoder count.

`reading.json`, by `python -m benchmarks.scale.reading`: seconds of a document.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import nnls

from benchmarks.quality.files import read_json
from benchmarks.scale.formulas import Step, WordsOfBatches
from kate_keras.training import RECIPES

PLACEHOLDER = Path(__file__).with_name("placeholder.json")
BATCH = RECIPES["default"].batch_size
JOBS = ("vocabulary", "counts", "encode", "encode-light")
# Of the vectors in all of these records.
N_COMPONENTS = 128

Record = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """What a job costs.

    Attributes:
        core_seconds: Of a document, in the dearest run that was measured.
        efficiency: Documents a second of a core where most nodes worked, by those where
            fewest did, and how many nodes these are; `None` if all had as many.
    """

    core_seconds: float
    efficiency: tuple[float, int] | None


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
        peaks: MiB of a process, by job, and of `training` before it has documents.
        text_bytes: Bytes of text of a document.
        entries: Distinct words of a document in counts.
        forms: What a shard's forms take.
        n_words: Size of the vocabulary.
        n_components: Dimensions.
        step: Seconds of a step.
        runs: The training runs.
        measured_words: Size of their vocabulary.
        sources: Where figures are from, by record; those that are placeholders begin
            with `not measured`.
    """

    jobs: dict[str, Job]
    peaks: dict[str, float]
    text_bytes: float
    entries: float
    forms: Forms
    n_words: int
    n_components: int
    step: Step
    runs: list[Record]
    measured_words: int
    sources: dict[str, str]

    def shard_documents(self, shard_bytes: float) -> float:
        """Documents of a shard."""
        return shard_bytes / self.text_bytes

    @property
    def counts_bytes(self) -> float:
        """Of a document in a file of counts."""
        return 4 + 8 * self.entries

    @property
    def vector_bytes(self) -> float:
        """Of a document in a file of vectors: the vector, its id, the known words."""
        return 4 * self.n_components + 20


def read_costs(results: Path, n_words: int | None = None) -> Costs:
    """Reads the records of a folder, and placeholders for those that it has not.

    Args:
        results: Folder.
        n_words: Size of the vocabulary to work with; `None`, that of the training runs.
    """
    placeholder = read_json(PLACEHOLDER)
    sources: dict[str, str] = {}

    def record(name: str) -> Any:
        path = results / f"{name}.json"
        if path.is_file():
            return read_json(path)
        sources[name] = f"not measured yet; placeholders from {placeholder['source']}"
        return placeholder[name]

    corpus, reading = record("corpus"), read_json(results / "reading.json")
    rates = record("training")["rates"]
    for name, found in (("corpus", corpus), ("training", rates), ("reading", reading)):
        sources.setdefault(name, f"measured on {found['machine']}")
    runs = [run for run in rates["measured"] if run["decoder"] == "sampled"]
    measured_words = runs[0]["words"]
    of_document = reading["rows"][-1]["seconds_per_document"]
    step = fit_step(runs, of_document, WordsOfBatches(measured_words))
    if n_words is not None:
        step = replace(step, words=WordsOfBatches(n_words))
    jobs = corpus["jobs"]
    return Costs(
        jobs={name: job_costs(jobs, name) for name in JOBS},
        peaks=placeholder["peaks"],
        text_bytes=sum(j["bytes"] for j in jobs) / sum(j["documents"] for j in jobs),
        entries=corpus["entries"] / corpus["documents"],
        forms=_forms(placeholder["forms"]),
        n_words=n_words or measured_words,
        n_components=N_COMPONENTS,
        step=step,
        runs=runs,
        measured_words=measured_words,
        sources={name: sources[name] for name in ("corpus", "training", "reading")},
    )


def job_costs(records: list[Record], name: str) -> Job:
    """Works out what a job costs, from all of its runs.

    Raises:
        ValueError: If there is no run of the job.
    """
    own = sorted((r for r in records if r["job"] == name), key=lambda r: r["nodes"])
    if not own:
        raise ValueError(f"corpus.json has no run of the job {name!r}.")
    rates = [run["documents_per_second"] / run["nodes"] for run in own]
    nodes = own[-1]["nodes"]
    return Job(
        core_seconds=1 / min(rates),
        efficiency=(rates[-1] / rates[0], nodes) if nodes > own[0]["nodes"] else None,
    )


def fit_step(
    runs: list[Record], of_document: float, words: Callable[[int], float]
) -> Step:
    """Works out what of a step workers share, from runs with one and with more.

    Seconds without the all-reduce are fitted by `alone + shared / workers`, neither
    below 0, by least squares; of `alone` what documents take by themselves is known,
    and what is left is the words'.

    Args:
        runs: Training runs, all of the same sizes, in batches of the default recipe.
        of_document: Seconds that a document of the whole batch takes every worker.
        words: See `Step`.

    Raises:
        ValueError: If all have as many workers, or sizes differ.
    """
    workers = np.array([run["workers"] for run in runs], np.float64)
    if len(set(workers)) < 2 or len({run["words"] for run in runs}) != 1:
        raise ValueError(
            "training.json needs runs of one size with one worker and with more."
        )
    seconds = [run["seconds_per_step"] - run["sum_seconds_per_step"] for run in runs]
    (alone, shared), _ = nnls(
        np.stack([np.ones(len(runs)), 1 / workers], axis=1), np.array(seconds)
    )
    n_words = words(BATCH)
    return Step(
        of_document=of_document,
        of_word=max(0.0, float(alone) - of_document * BATCH) / n_words,
        of_both=float(shared) / (BATCH * n_words),
        words=words,
    )


def _forms(found: Record) -> Forms:
    quarter = found["quarter"]
    power = math.log(found["rows"] / quarter["rows"]) / math.log(
        found["bytes"] / quarter["bytes"]
    )
    return Forms(found["rows"], found["file_bytes"], found["bytes"], power)
