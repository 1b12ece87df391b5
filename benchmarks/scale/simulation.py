"""The schedule of the shards and the ring of an all-reduce, event by event."""

import heapq
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from kate_keras.scale.work import AHEAD


@dataclass(frozen=True)
class Schedule:
    """What became of the shards of a job.

    Attributes:
        seconds: From the first shard given out to the end of the last.
        redone: Shards that were begun more than once.
        lost_seconds: Of cores, on shards whose node failed before their end.
    """

    seconds: float
    redone: int
    lost_seconds: float


def run_shards(
    durations: Sequence[float],
    n_nodes: int,
    cores: int,
    *,
    dispatch: float = 0.0,
    failures: Iterable[tuple[float, int]] = (),
    repair: float = 0.0,
) -> Schedule:
    """Runs a job's shards by the rule of `kate_keras.scale.work`.

    A core that is free takes the next shard that was given out. The driver gives out
    shards in the order of the corpus, one at a time, until there are `AHEAD` for each
    core that are not finished. What a node works on when it fails begins anew, before
    all others.

    Args:
        durations: Seconds of each shard.
        n_nodes: Number of nodes.
        cores: Of each node.
        dispatch: Seconds of the driver for each shard.
        failures: When which node fails, in order.
        repair: Seconds until a node that failed is back.

    Example:
        >>> run_shards([2.0, 2.0, 2.0], n_nodes=1, cores=2)
        Schedule(seconds=4.0, redone=0, lost_seconds=0.0)
    """
    cluster = _Cluster(durations, n_nodes, cores, dispatch, repair)
    for time, node in failures:
        cluster.expect(time, "fail", node)
    return cluster.run()


class _Cluster:
    def __init__(
        self,
        durations: Sequence[float],
        n_nodes: int,
        cores: int,
        dispatch: float,
        repair: float,
    ) -> None:
        self.durations = durations
        self.cores = cores
        self.dispatch = dispatch
        self.repair = repair
        self.events: list[tuple[float, int, str, int]] = []
        self.number = count()
        self.free = list(range(n_nodes * cores))
        self.down: set[int] = set()
        # Of each core that works: its shard, when it began, and the event of its end.
        self.working: dict[int, tuple[int, float, int]] = {}
        self.given: deque[int] = deque()
        self.next_shard = 0
        self.driver_free = 0.0
        self.redone: set[int] = set()
        self.lost = 0.0

    def expect(self, time: float, kind: str, what: int) -> int:
        number = next(self.number)
        heapq.heappush(self.events, (time, number, kind, what))
        return number

    def run(self) -> Schedule:
        window = min(len(self.durations), AHEAD * len(self.free))
        for _ in range(window):
            self.give(0.0)
        left, last = len(self.durations), 0.0
        while left:
            time, number, kind, what = heapq.heappop(self.events)
            if kind == "given":
                self.given.append(what)
            elif kind == "fail":
                self.fail(time, what)
            elif kind == "back":
                self.down.discard(what)
                for core in self.cores_of(what):
                    heapq.heappush(self.free, core)
            elif what in self.working and self.working[what][2] == number:
                del self.working[what]
                heapq.heappush(self.free, what)
                left, last = left - 1, time
                self.give(time)
            self.begin(time)
        return Schedule(last, len(self.redone), self.lost)

    def give(self, time: float) -> None:
        """Has the driver give out the next shard, once it has time."""
        if self.next_shard < len(self.durations):
            self.driver_free = max(self.driver_free, time) + self.dispatch
            self.expect(self.driver_free, "given", self.next_shard)
            self.next_shard += 1

    def begin(self, time: float) -> None:
        while self.given and self.free:
            core, shard = heapq.heappop(self.free), self.given.popleft()
            end = self.expect(time + self.durations[shard], "end", core)
            self.working[core] = (shard, time, end)

    def fail(self, time: float, node: int) -> None:
        if node in self.down:
            return
        self.down.add(node)
        own = self.cores_of(node)
        self.free = [core for core in self.free if core not in own]
        heapq.heapify(self.free)
        for core in own:
            if core in self.working:
                shard, began, _ = self.working.pop(core)
                self.given.appendleft(shard)
                self.redone.add(shard)
                self.lost += time - began
        self.expect(time + self.repair, "back", node)

    def cores_of(self, node: int) -> range:
        return range(node * self.cores, (node + 1) * self.cores)


def draw_durations(
    n_shards: int, seconds: float, spread: float, generator: np.random.Generator
) -> list[float]:
    """Draws log-normal seconds of shards.

    Args:
        n_shards: Number of shards.
        seconds: Their mean.
        spread: Standard deviation over the mean.
        generator: Source.
    """
    durations: list[float] = _spread(
        np.full(n_shards, seconds), spread, generator
    ).tolist()
    return durations


def draw_failures(
    n_nodes: int, per_hour: float, until: float, generator: np.random.Generator
) -> list[tuple[float, int]]:
    """Draws when which node fails, as a Poisson process.

    Args:
        n_nodes: Number of nodes.
        per_hour: Failures of a node in an hour.
        until: Seconds.
        generator: Source.
    """
    n_failures = generator.poisson(per_hour * n_nodes * until / 3600)
    times = np.sort(generator.random(n_failures) * until).tolist()
    nodes = generator.integers(0, n_nodes, n_failures).tolist()
    return list(zip(times, nodes, strict=True))


def run_ring(
    begun: np.ndarray, n_bytes: float, bandwidth: float, latency: float
) -> np.ndarray:
    """Adds up over a ring of workers, of which each sends to the next.

    The tensor is cut in as many parts as there are workers. In each of the `2 (n - 1)`
    rounds a worker sends a part, once it has sent its last one and has received the one
    that its predecessor sent in the round before.

    Args:
        begun: When each worker is ready, seconds `(n,)`.
        n_bytes: Of the tensor.
        bandwidth: Bytes a second that a worker sends.
        latency: Seconds of each message.

    Returns:
        When each worker has the sum, `(n,)`.
    """
    n = len(begun)
    hop = latency + n_bytes / n / bandwidth
    ready = np.array(begun, np.float64)
    for _ in range(2 * (n - 1)):
        ready = np.maximum(ready, np.roll(ready, 1)) + hop
    return ready


def run_steps(
    n_steps: int,
    compute: float,
    n_workers: int,
    *,
    n_bytes: float,
    bandwidth: float,
    latency: float,
    spread: float = 0.0,
    generator: np.random.Generator,
) -> float:
    """Trains for some steps: every worker computes, then all add up.

    Args:
        n_steps: Number of steps.
        compute: Mean seconds that a worker computes in a step.
        n_workers: Number of workers.
        n_bytes: Bytes that are added up in a step.
        bandwidth: See `run_ring`.
        latency: See `run_ring`.
        spread: Standard deviation of a worker's seconds over their mean.
        generator: Source of the spread.

    Returns:
        Mean seconds of a step.
    """
    clocks = np.zeros(n_workers)
    for _ in range(n_steps):
        clocks = clocks + _spread(np.full(n_workers, compute), spread, generator)
        clocks = run_ring(clocks, n_bytes, bandwidth, latency)
    return float(clocks.max()) / n_steps


def _spread(
    means: np.ndarray, spread: float, generator: np.random.Generator
) -> np.ndarray:
    if not spread:
        return means
    variance = np.log1p(spread**2)
    return means * generator.lognormal(-variance / 2, np.sqrt(variance), len(means))
