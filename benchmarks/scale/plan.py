"""The sizes that the page walks: every job and training worked out, and simulated."""

import math
from dataclasses import dataclass

import numpy as np

from benchmarks.scale import formulas
from benchmarks.scale.costs import BATCH, JOBS, Costs
from benchmarks.scale.simulation import (
    draw_durations,
    draw_failures,
    run_shards,
    run_steps,
)
from kate_keras.scale.shards import SHARD_BYTES
from kate_keras.training import RECIPES

EPOCHS = RECIPES["default"].epochs
# In how many documents of a sample the rarest words should be.
MET = 100
# Of workers in all, and of each at the least.
SIMULATED_STEPS = 500
FEWEST_STEPS = 10
# Of each document in every worker, arrays of int64: where its entries end and how many
# they are (`ShardedCounts`), three lists of documents (that have words, that may be
# held out, that are learnt from) and the order of the pass.
INDEX_BYTES = 6 * 8


@dataclass(frozen=True)
class Assumptions:
    """What was not measured.

    Attributes:
        documents: The three sizes of a corpus.
        nodes: How many work at each size.
        cores: Of a node.
        memory: Of a node, GiB.
        price: Of a node, $ an hour.
        storage: Of a GB, $ a month.
        bandwidth: Of a node, Gbit a second.
        latency: Of a message, microseconds.
        spread: Standard deviation of the seconds of shards over their mean.
        straggling: The same of the seconds that workers compute in a step.
        failures: Of a node, in a thousand hours.
        repair: Seconds until a node that failed is back.
        dispatch: Milliseconds of the driver for each shard.
    """

    documents: tuple[int, int, int] = (1_000_000, 100_000_000, 10_000_000_000)
    nodes: tuple[int, int, int] = (1, 16, 64)
    cores: int = 16
    memory: float = 64.0
    price: float = 0.60
    storage: float = 0.023
    bandwidth: float = 10.0
    latency: float = 50.0
    spread: float = 0.3
    straggling: float = 0.1
    failures: float = 1.0
    repair: float = 300.0
    dispatch: float = 1.0

    @property
    def bytes_per_second(self) -> float:
        """Bandwidth of a node."""
        return gigabits(self.bandwidth)


def gigabits(number: float) -> float:
    """Returns bytes a second."""
    return number * 1e9 / 8


@dataclass(frozen=True)
class JobRow:
    """A job at a size."""

    documents: int
    job: str
    shards: int
    core_hours: float
    cores: int
    formula: float
    simulated: float
    redone: int
    peak_mib: float
    written: float
    moved: float
    node_rate: float
    money: float


@dataclass(frozen=True)
class TrainingRow:
    """A way of training at a size."""

    documents: int
    workers: int
    batch: int
    gradient: float
    reduce_seconds: float
    formula: float
    simulated: float
    steps: int
    hours: float
    memory: float
    money: float


def job_rows(costs: Costs, given: Assumptions) -> list[JobRow]:
    """Works out every job at every size."""
    return [
        job_row(costs, given, documents, nodes, job)
        for documents, nodes in zip(given.documents, given.nodes, strict=True)
        for job in JOBS
    ]


def job_row(
    costs: Costs, given: Assumptions, documents: int, nodes: int, job: str
) -> JobRow:
    """Works out a job."""
    n_shards = shards_of(costs, documents)
    cores = nodes * given.cores
    core_hours = documents * costs.jobs[job].core_seconds / 3600
    of_shard = 3600 * core_hours / n_shards
    dispatch, per_hour = given.dispatch / 1e3, given.failures / 1e3
    written = written_bytes(costs, documents, job)
    # The forms are read for the totals, then for the forms of the chosen.
    again = 2 * written if job == "vocabulary" else 0
    moved = documents * costs.text_bytes + written + again
    carried = moved / (nodes * given.bytes_per_second)
    # The driver reads all counts once more, to compare them with the vocabulary.
    after = written / given.bytes_per_second if job == "counts" else 0
    bare = formulas.makespan(n_shards, of_shard, cores, dispatch)
    loss = formulas.loss_of_failures(of_shard, per_hour, given.repair)
    generator = np.random.default_rng(0)
    schedule = run_shards(
        draw_durations(n_shards, of_shard, given.spread, generator),
        nodes,
        given.cores,
        dispatch=dispatch,
        failures=draw_failures(nodes, per_hour, 3 * bare, generator),
        repair=given.repair,
    )
    seconds = max(schedule.seconds, carried) + after
    return JobRow(
        documents=documents,
        job=job,
        shards=n_shards,
        core_hours=core_hours,
        cores=cores,
        formula=max(bare * (1 + loss), carried) + after,
        simulated=seconds,
        redone=schedule.redone,
        peak_mib=costs.peaks[job],
        written=written,
        moved=moved,
        node_rate=moved / nodes / schedule.seconds,
        money=seconds / 3600 * nodes * given.price,
    )


def shards_of(costs: Costs, documents: float) -> int:
    """Shards of a corpus."""
    return math.ceil(documents * costs.text_bytes / SHARD_BYTES)


def written_bytes(costs: Costs, documents: int, job: str) -> float:
    """Bytes of a job's output."""
    if job == "vocabulary":
        n_shards = shards_of(costs, documents)
        own = documents * costs.text_bytes / n_shards
        return n_shards * costs.forms.of_shard(own)[1]
    of_document = costs.counts_bytes if job == "counts" else costs.vector_bytes
    return documents * of_document


def sample_size(costs: Costs) -> int:
    """Documents in which the rarest words are met `MET` times, in whole millions."""
    return math.ceil(MET / costs.step.words.rarest / 1e6) * 1_000_000


def training_rows(costs: Costs, given: Assumptions) -> list[TrainingRow]:
    """Works out ways of training at every size, and on a sample."""
    small, middle, large = given.documents
    full = [nodes * given.cores for nodes in given.nodes]
    ways = [
        (sample_size(costs), 1, BATCH),
        (small, 1, BATCH),
        (small, 2, BATCH),
        (small, full[0], BATCH),
        (small, full[0], BATCH * full[0]),
        (middle, 1, BATCH),
        (middle, full[1], BATCH),
        (middle, full[1], BATCH * full[1]),
        (large, 1, BATCH),
        (large, full[2], BATCH * full[2]),
    ]
    return [training_row(costs, given, *way) for way in ways]


def training_row(
    costs: Costs, given: Assumptions, documents: int, workers: int, batch: int
) -> TrainingRow:
    """Works out a training of the recipe's passes."""
    step = costs.step
    n_bytes = formulas.gradient_bytes(step.words(batch), costs.n_components)
    network = given.bytes_per_second, given.latency / 1e6
    reduce_seconds = formulas.ring(n_bytes, workers, *network)
    compute = step.compute(batch, workers)
    simulated = simulated_step(compute, n_bytes, workers, *network, given.straggling)
    steps = math.ceil(documents / batch)
    hours = EPOCHS * steps * simulated / 3600
    nodes = workers / given.cores
    return TrainingRow(
        documents=documents,
        workers=workers,
        batch=batch,
        gradient=n_bytes,
        reduce_seconds=reduce_seconds,
        formula=compute + reduce_seconds,
        simulated=simulated,
        steps=steps,
        hours=hours,
        memory=costs.peaks["training"] * 2**20 + documents * INDEX_BYTES,
        # A node is rented whole, however few workers it has.
        money=hours * math.ceil(nodes) * given.price,
    )


def simulated_step(
    compute: float,
    n_bytes: float,
    workers: int,
    bandwidth: float,
    latency: float,
    straggling: float,
) -> float:
    """Seconds of a step as simulated, from one seed."""
    return run_steps(
        max(FEWEST_STEPS, SIMULATED_STEPS // workers),
        compute,
        workers,
        n_bytes=n_bytes,
        bandwidth=bandwidth,
        latency=latency,
        spread=straggling,
        generator=np.random.default_rng(0),
    )


@dataclass(frozen=True)
class Crossover:
    """What sharing the batch of one process brings on a network."""

    bandwidth: float
    reduce_two: float
    best: int
    gain: float
    sixteen: float


def crossovers(
    costs: Costs, given: Assumptions, bandwidths: tuple[float, ...]
) -> list[Crossover]:
    """For each bandwidth the number of workers that trains a fixed batch fastest."""
    rows = []
    for bandwidth in bandwidths:
        times = {n: fixed_batch(costs, given, bandwidth, n) for n in range(1, 257)}
        best = min(times, key=times.__getitem__)
        network = gigabits(bandwidth), given.latency / 1e6
        n_bytes = batch_bytes(costs)
        rows.append(
            Crossover(
                bandwidth,
                formulas.ring(n_bytes, 2, *network),
                best,
                times[1] / times[best],
                times[1] / times[16],
            )
        )
    return rows


def batch_bytes(costs: Costs) -> float:
    """Bytes that a step of the usual batch adds up."""
    return formulas.gradient_bytes(costs.step.words(BATCH), costs.n_components)


def fixed_batch(
    costs: Costs, given: Assumptions, bandwidth: float, workers: int
) -> float:
    """Seconds of a step of the usual batch, by the formula."""
    return costs.step.compute(BATCH, workers) + formulas.ring(
        batch_bytes(costs), workers, gigabits(bandwidth), given.latency / 1e6
    )


# Largest difference of both where the closed form is exact, as a share of it.
TOLERANCE = 1e-9


def largest_difference(costs: Costs, given: Assumptions) -> tuple[float, int]:
    """Compares simulation and closed form where the latter is exact.

    Returns:
        The largest difference, as a share of the closed form, and of how many cases.

    Raises:
        ArithmeticError: If it is above `TOLERANCE`.
    """
    differences = []
    for documents, nodes in list(zip(given.documents, given.nodes, strict=True))[:2]:
        n_shards, cores = shards_of(costs, documents), nodes * given.cores
        for job in JOBS:
            seconds = costs.jobs[job].core_seconds * documents / n_shards
            found = run_shards([seconds] * n_shards, nodes, given.cores).seconds
            exact = formulas.makespan(n_shards, seconds, cores)
            differences.append(abs(found / exact - 1))
    for workers in (1, 2, 3, 16, 256):
        for bandwidth in (1.0, given.bandwidth, 100.0):
            network = gigabits(bandwidth), given.latency / 1e6
            compute = costs.step.compute(BATCH, workers)
            found = simulated_step(
                compute, batch_bytes(costs), workers, *network, straggling=0.0
            )
            exact = compute + formulas.ring(batch_bytes(costs), workers, *network)
            differences.append(abs(found / exact - 1))
    if max(differences) > TOLERANCE:
        raise ArithmeticError(
            f"simulation and closed form differ by {max(differences):.1e}"
        )
    return max(differences), len(differences)
