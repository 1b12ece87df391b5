"""A step by the number of workers, as formula and as simulated."""

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")

from matplotlib import pyplot as plt  # noqa: E402

from benchmarks.scale import formulas  # noqa: E402
from benchmarks.scale.costs import BATCH, Costs  # noqa: E402
from benchmarks.scale.plan import (  # noqa: E402
    Assumptions,
    gigabits,
    simulated_step,
)

WORKERS = [1, 2, 4, 8, 16, 32, 64, 128, 256]
# Colours that readers who confuse red and green can tell apart (Okabe and Ito 2008).
COLOURS = ("#0072B2", "#D55E00", "#009E73")


def draw(
    costs: Costs, given: Assumptions, bandwidths: tuple[float, ...], path: Path
) -> None:
    """Draws the picture.

    Args:
        costs: What steps cost.
        given: Latency and straggling.
        bandwidths: Gbit a second, one for each colour.
        path: PNG file to write.
    """
    figure, (fixed, growing) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for bandwidth, colour in zip(bandwidths, COLOURS, strict=True):
        label = f"{bandwidth:g} Gbit/s"
        _curve(fixed, costs, given, bandwidth, colour, label, grows=False)
        _curve(growing, costs, given, bandwidth, colour, label, grows=True)
    alone = costs.step.compute(BATCH)
    fixed.axhline(1e3 * alone, color="#8B7E74", linestyle=":", label="one worker")
    growing.plot(
        WORKERS,
        [n * BATCH / alone for n in WORKERS],
        color="#8B7E74",
        linestyle=":",
        label="each as fast as one",
    )
    growing.axhline(
        1 / costs.step.of_document,
        color="black",
        linestyle="--",
        linewidth=1,
        label="reading of the whole batch",
    )
    fixed.set(title=f"{BATCH} documents a step", ylabel="milliseconds of a step")
    growing.set(title=f"{BATCH} documents a worker", ylabel="documents a second")
    for axis in (fixed, growing):
        axis.set(xscale="log", yscale="log", xlabel="workers")
        axis.set_xticks(WORKERS, map(str, WORKERS))
        axis.minorticks_off()
        axis.grid(alpha=0.25)
        axis.legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Without the version of matplotlib in it, the same figures, the same file.
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def _curve(
    axis: Any,
    costs: Costs,
    given: Assumptions,
    bandwidth: float,
    colour: str,
    label: str,
    *,
    grows: bool,
) -> None:
    """Draws the formula as a line and the simulation as points."""
    network = gigabits(bandwidth), given.latency / 1e6
    lines, points = [], []
    for workers in WORKERS:
        batch = BATCH * workers if grows else BATCH
        words = costs.step.words(batch)
        n_bytes = formulas.gradient_bytes(words, costs.n_components)
        compute = costs.step.compute(batch, workers)
        seconds = compute + formulas.ring(n_bytes, workers, *network)
        found = simulated_step(compute, n_bytes, workers, *network, given.straggling)
        lines.append(batch / seconds if grows else 1e3 * seconds)
        points.append(batch / found if grows else 1e3 * found)
    axis.plot(WORKERS, lines, color=colour, label=label)
    axis.plot(WORKERS, points, "o", color=colour)
