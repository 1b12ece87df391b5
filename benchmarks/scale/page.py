"""The page: tables, and sentences with the figures in them."""

from dataclasses import replace
from typing import Any

from benchmarks.quality.table import line
from benchmarks.scale import formulas
from benchmarks.scale.amounts import digits, duration, number, size
from benchmarks.scale.costs import BATCH, JOBS, Costs
from benchmarks.scale.limits import MIB, limits
from benchmarks.scale.plan import (
    EPOCHS,
    MET,
    TOLERANCE,
    Assumptions,
    JobRow,
    TrainingRow,
    batch_bytes,
    crossovers,
    fixed_batch,
    job_row,
    job_rows,
    largest_difference,
    sample_size,
    training_row,
    training_rows,
)
from kate_keras.scale.shards import SHARD_BYTES

# Gbit a second, of the picture and of the table of crossovers.
BANDWIDTHS = (1.0, 10.0, 100.0)
# Training posts of 20 Newsgroups.
CHOSEN_ON = 11_314
# What can be assumed otherwise, beside the number of nodes; names of options.
ASSUMED = {
    "cores": "cores of a node",
    "memory": "GiB of memory of a node",
    "price": "$ an hour of a node",
    "storage": "$ a month of a GB stored",
    "bandwidth": "Gbit/s of a node's network, and what storage gives each node",
    "latency": "µs of a message of the all-reduce",
    "spread": "standard deviation over mean of shards' seconds",
    "straggling": "the same of workers' seconds in a step",
    "failures": "failures of a node in 1,000 hours",
    "repair": "seconds until a node that failed is back",
    "dispatch": "ms of the driver for each shard",
}


def render(costs: Costs, given: Assumptions, picture: str) -> str:
    """Returns the page.

    Args:
        costs: What was measured.
        given: What was not.
        picture: Path of the picture from the page.

    Raises:
        ArithmeticError: If simulation and formula differ where they must not.
    """
    jobs, trainings = job_rows(costs, given), training_rows(costs, given)
    parts = [
        _head(costs, given),
        _jobs(jobs, costs),
        _training(trainings, costs, given, picture),
        _sums(jobs, trainings, costs, given),
        _limits(costs, given),
        _check(costs, given, jobs, trainings),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join([line(head), "|---" * len(head) + "|", *map(line, rows)])


def _head(costs: Costs, given: Assumptions) -> str:
    names = {
        "corpus": "Jobs on shards",
        "training": "Steps of training",
        "reading": "Reading of batches",
    }
    placeholders = [n for n, text in costs.sources.items() if text.startswith("not")]
    warning = (
        " **Figures that rest on placeholders are not of this design's own runs: "
        f"{', '.join(names[n].lower() for n in placeholders)}.**"
        if placeholders
        else ""
    )
    sources = "\n".join(f"- {names[n]}: {text}." for n, text in costs.sources.items())
    costly = ", ".join(
        f"{name} {1e6 * costs.jobs[name].core_seconds:.0f} µs" for name in JOBS
    )
    step = costs.step
    return (
        "# A million, a hundred million, ten billion documents\n\n"
        "Worked out, not run: from what a document and a step cost where they were "
        "measured. Printed by `python -m benchmarks.scale.paper "
        f"benchmarks/results/scale -o docs/scale.md`.{warning}\n\n{sources}\n\n"
        f"Costs: of a document on a core {costly}; {costs.text_bytes:,.0f} bytes of "
        f"text a document; V = {costs.n_words:,}, d = {costs.n_components}. A step of "
        f"{BATCH} documents: {duration(step.alone(BATCH))} that every worker takes "
        f"(the batch's reading and the slice of {step.words(BATCH):,.0f} words) and "
        f"{duration(step.shared(BATCH))} that workers share; a worker has a core"
        + (
            f" (steps were measured with V = {costs.measured_words:,})"
            if costs.measured_words != costs.n_words
            else ""
        )
        + ". Peaks of processes are those of benchmarks/results/speed; forms of a "
        "shard, those of 20 Newsgroups.\n\n"
        "Assumed, and options of the command: "
        + "; ".join(
            f"{text} {getattr(given, name):g}" for name, text in ASSUMED.items()
        )
        + "."
    )


def _money(dollars: float) -> str:
    return f"{dollars:,.2f}" if dollars >= 0.01 else "< 0.01"


def _jobs(rows: list[JobRow], costs: Costs) -> str:
    body = [
        [
            number(row.documents),
            row.job,
            f"{row.shards:,}",
            digits(row.core_hours),
            f"{row.cores:,}",
            duration(row.formula),
            duration(row.simulated),
            f"{row.redone}",
            f"{row.peak_mib:,.0f}",
            size(row.written),
            size(row.moved),
            digits(8e-9 * row.node_rate),
            _money(row.money),
        ]
        for row in rows
    ]
    measured = [
        f"{name} {100 * job.efficiency[0]:.0f} % with {job.efficiency[1]} nodes"
        for name, job in costs.jobs.items()
        if job.efficiency
    ]
    efficiency = (
        " Documents a second of a core, by those with the fewest nodes, as measured: "
        f"{', '.join(measured)}."
        if measured
        else ""
    )
    return (
        "## Jobs on shards\n\n"
        + _table(
            ["documents", "job", f"shards of {SHARD_BYTES // MIB} MiB", "core-hours",
             "cores", "time, formula", "simulated", "shards redone",
             "peak of a process, MiB", "written", "moved", "Gbit/s of a node", "$"],
            body,
        )
        + "\n\nFormula: rounds of shards x seconds of a shard x (1 + failures x "
        "(half a shard + repair)), or all that is moved through the nodes' networks, "
        "whichever is longer; counts then wait for the driver, which reads them once "
        "more. Forms (written by vocabulary, removed at its end) are read twice. "
        f"A worker takes shards as it gets free.{efficiency}"
    )  # fmt: skip


def _training(
    rows: list[TrainingRow], costs: Costs, given: Assumptions, picture: str
) -> str:
    body = [
        [
            number(row.documents) + (" (a sample)" if not place else ""),
            f"{row.workers:,}",
            f"{row.batch:,}",
            size(row.gradient),
            duration(row.reduce_seconds),
            duration(row.formula),
            duration(row.simulated),
            f"{row.steps:,}",
            f"{EPOCHS * row.steps:,}",
            duration(3600 * row.hours),
            size(row.memory),
            _money(row.money),
        ]
        for place, row in enumerate(rows)
    ]
    step, n_bytes = costs.step, batch_bytes(costs)
    shared = step.shared(BATCH)
    latency = given.latency / 1e6
    needed = formulas.needed_bandwidth(shared, n_bytes, latency)
    two = fixed_batch(costs, given, given.bandwidth, 2)
    slower = "slower" if two > step.compute(BATCH) else "faster"
    by_network = [
        f"at {row.bandwidth:g} Gbit/s {row.best} "
        + (
            f"workers, {row.gain:.2f} times as fast as one "
            if row.best > 1
            else "worker "
        )
        + f"(16: {row.sixteen:.2f} times as fast as one)"
        for row in crossovers(costs, given, BANDWIDTHS)
    ]
    largest = rows[-1]
    rate = largest.batch / largest.simulated
    alone = BATCH / step.compute(BATCH)
    sample = sample_size(costs)
    return (
        "## Training\n\n"
        + _table(
            ["documents", "workers", "batch of all", "gradient a step",
             "all-reduce", "step, formula", "simulated", "steps a pass",
             f"steps of {EPOCHS} passes", "time of them", "memory of a worker",
             "$"],
            body,
        )
        + f"\n\n![A step by the number of workers]({picture})\n\n"
        "Lines: formula; points: simulation with stragglers. Workers of a node are "
        "neighbours on the ring, so that one message at a time crosses its network; "
        "within a node messages are taken to be no faster. Memory is without pages of "
        "the counts, which are read. Rows beyond a limit of the last table are what "
        "would be left once it is mended.\n\n"
        "- **A fixed batch.** Step = alone + shared / n + 2 (n - 1) (bytes / (n "
        "bandwidth) + latency), shortest at n = sqrt((shared - 2 bytes / bandwidth) / "
        f"(2 latency)). A second worker pays above {digits(8e-9 * needed)} Gbit/s; at "
        f"{given.bandwidth:g} it makes a step {slower} "
        f"({duration(step.compute(BATCH))} alone, {duration(two)}). Best: "
        f"{'; '.join(by_network)}.\n"
        f"- **A batch that grows with the workers** ({BATCH} each): the slice grows "
        f"towards all {costs.n_words:,} words, and every worker reads the whole batch. "
        f"{largest.workers:,} workers train {digits(rate)} documents a second, "
        f"{digits(rate / alone)} times one worker: "
        f"{100 * rate / alone / largest.workers:.1f} % of what they cost. No number of "
        f"them trains more than {number(1 / step.of_document)} a second. Workers buy "
        "resilience here, not time. A larger batch is also another training, whose "
        "quality was not measured.\n"
        f"- **A sample** is the sane way. In {sample:,} documents the rarest twentieth "
        f"of the words is met {MET} times on average (Zipf's law as in "
        f"`benchmarks/speed`); one worker makes {EPOCHS} passes over them in "
        f"{duration(3600 * rows[0].hours)}. The model has "
        f"{number(costs.n_words * costs.n_components)} weights whatever the corpus, "
        f"the sample {number(sample * costs.entries)} entries; the others are encoded, "
        f"not learnt from. The {EPOCHS} passes were chosen on "
        f"{CHOSEN_ON:,} documents, which are {EPOCHS * (CHOSEN_ON // BATCH):,} steps; "
        f"one pass over the sample is {rows[0].steps:,}, so fewer may do. What a "
        "sample costs in quality was not measured."
        + _measured_runs(costs)
    )  # fmt: skip


def _measured_runs(costs: Costs) -> str:
    rows: list[list[str]] = []
    # What was measured is of that size alone.
    for run in costs.runs if costs.measured_words == costs.n_words else []:
        reduced = run["sum_seconds_per_step"]
        if run["workers"] == 1 or not reduced:
            continue
        sent = 2 * (run["workers"] - 1) / run["workers"] * run["bytes_per_step"]
        rows.append(
            [
                f"{run['workers']}",
                duration(run["seconds_per_step"] - reduced),
                size(run["bytes_per_step"]),
                size(batch_bytes(costs)),
                duration(reduced),
                digits(8e-9 * sent / reduced),
            ]
        )
    if not rows:
        return ""
    measured = _table(
        ["workers", "computed in a step", "gradient", "formula",
         "all-reduce with waiting", "Gbit/s of it"],
        rows,
    )  # fmt: skip
    head = "Measured, on one machine, which has no network between its workers:"
    return f"\n\n{head}\n\n{measured}"


def _sums(
    jobs: list[JobRow], trainings: list[TrainingRow], costs: Costs, given: Assumptions
) -> str:
    by_place = {(row.documents, row.job): row for row in jobs}
    sample = sample_size(costs)
    on_sample: list[Any] = [
        job_row(costs, given, sample, 1, name) for name in ("vocabulary", "counts")
    ]
    drawn = sum(row.simulated for row in on_sample), sum(r.money for r in on_sample)
    training = training_row(costs, given, sample, 1, BATCH)
    rows = []
    for documents in given.documents:
        own = {name: by_place[documents, name] for name in JOBS}
        encoding = own["encode-light"]
        best = _worth([row for row in trainings if row.documents == documents])
        prepared = [own["vocabulary"], own["counts"]]
        kept = documents * costs.text_bytes + encoding.written
        ways = [
            (
                f"all, {best.workers:,} worker{'s' if best.workers > 1 else ''}, "
                f"batch {best.batch:,}",
                sum(row.simulated for row in prepared) + 3600 * best.hours,
                sum(row.money for row in prepared) + best.money,
                kept + own["counts"].written,
            ),
        ]
        if documents > sample:
            ways.append(
                (
                    f"a sample of {number(sample)}, one worker",
                    drawn[0] + 3600 * training.hours,
                    drawn[1] + training.money,
                    kept + on_sample[1].written,
                )
            )
        for name, seconds, money, disk in ways:
            rows.append(
                [
                    number(documents),
                    name,
                    duration(seconds),
                    duration(encoding.simulated),
                    _money(money + encoding.money),
                    size(disk),
                    _money(disk / 1e9 * given.storage),
                ]
            )
    return (
        "## In all\n\n"
        + _table(
            ["documents", "trained on", "until the model is there",
             "all encoded (light) in", "$ of nodes", "kept", "$ a month for it"],
            rows,
        )
        + "\n\nOn a sample: `kate vocabulary`, `kate counts` and `kate train` on files "
        "drawn at random, then `kate encode` on all. Kept: texts, counts, vectors."
    )  # fmt: skip


def _worth(rows: list[TrainingRow]) -> TrainingRow:
    """The fewest workers of those that take hardly longer than the fastest."""
    fastest = min(row.hours for row in rows)
    near = [row for row in rows if row.hours <= 1.2 * fastest]
    return min(near, key=lambda row: row.workers)


def _limits(costs: Costs, given: Assumptions) -> str:
    return "## Where it breaks\n\n" + _table(
        ["holds to, documents", "what", f"at {number(given.documents[-1])}", "instead"],
        [
            [number(limit.holds), limit.what, limit.at_largest, limit.instead]
            for limit in limits(costs, given)
        ],
    )


def _check(
    costs: Costs, given: Assumptions, jobs: list[JobRow], trainings: list[TrainingRow]
) -> str:
    _, cases = largest_difference(costs, given)
    gaps = [100 * (row.simulated / row.formula - 1) for row in jobs]
    steps = [100 * (row.simulated / row.formula - 1) for row in trainings]
    (calm,) = (
        row
        for row in jobs
        if (row.documents, row.job) == (given.documents[-1], "vocabulary")
    )
    often = replace(given, failures=100 * given.failures)
    stormy = job_row(costs, often, calm.documents, given.nodes[-1], calm.job)
    return (
        "## How the arithmetic was checked\n\n"
        "`benchmarks/scale/simulation.py` runs the schedule (shards given out "
        "ahead, nodes that fail, shards redone) and the ring (every message of every "
        "worker) event by event. Without spread, faults and stragglers it must agree "
        f"with the closed forms within {TOLERANCE:.0e}, or there is no page: it does "
        f"in {cases} cases. With them it takes from {min(gaps):+.1f} "
        f"to {max(gaps):+.1f} % longer for jobs (the tail: the last shards are not the "
        f"mean ones) and from {min(steps):+.1f} to {max(steps):+.1f} % for steps (all "
        "wait for the slowest). Were failures a hundred times as frequent, the largest "
        f"vocabulary would redo {stormy.redone:,} shards and take "
        f"{100 * (stormy.simulated / calm.simulated - 1):.1f} % longer (formula: "
        f"{100 * (stormy.formula / calm.formula - 1):.1f} %). Not simulated: storage "
        "that is slower than the network, other traffic on it, what Ray itself does."
    )
