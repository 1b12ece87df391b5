"""The service under Ray Serve beside its plain form, and while parts of it are killed.

    python -m benchmarks.scale.serving MODEL DATA -o RESULTS [--seconds 5]

DATA is the folder with the folder 20news, whose posts are sent. Service and clients
share the machine's cores. The faults happen on a cluster of a head and two nodes, all
of this machine, with a replica on each node.
"""

import argparse
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.quality.files import write_json, write_text
from benchmarks.quality.table import line
from benchmarks.scale.clients import Question, body_of, expect, outcomes_of
from benchmarks.service.load import closed_loop, request
from benchmarks.service.process import Service
from benchmarks.speed.__main__ import machine
from benchmarks.speed.encoding import read_texts
from benchmarks.speed.measure import ROOT

LARGE, CLIENTS, QUESTIONS = 64, 16, 40
SIZES = (1, 2)
NODE = {"object_store_memory": 200_000_000, "include_dashboard": False}


def plain(model: Path, count: int) -> Service:
    """The plain form, of so many workers with a thread each."""
    return Service(model, workers=count, threads=1)


def replicas(model: Path, count: int) -> Service:
    """The service under Ray Serve, of so many replicas with a thread each."""
    flags = (f"--min-replicas={count}", f"--max-replicas={count}")
    return Service(model, program=("serving.ray_serve", *flags), threads=1)


FORMS: dict[str, Callable[[Path, int], Service]] = {
    "plain uvicorn": plain,
    "Ray Serve": replicas,
}


def throughput(model: Path, texts: list[str], seconds: float) -> list[dict[str, Any]]:
    """Documents per second of each form and size."""
    one = [request("/encode", {"documents": [text]}) for text in texts[:200]]
    many = [
        request("/encode", {"documents": texts[i : i + LARGE]})
        for i in range(0, 40 * LARGE, LARGE)
    ]
    rows = []
    for form, start in FORMS.items():
        for count in SIZES:
            sys.stderr.write(f"{form}, {count}\n")
            begin = time.perf_counter()
            with start(model, count) as service:
                row: dict[str, Any] = {"form": form, "processes": count}
                row["start"] = time.perf_counter() - begin
                # Workers and replicas that are not the first take another moment.
                closed_loop(service.port, one, CLIENTS, 2)
                single = closed_loop(service.port, one, CLIENTS, seconds)
                large = closed_loop(service.port, many, CLIENTS, seconds)
            row["single"] = single.requests_per_second
            row["p50"], row["p99"] = single.percentile(0.5), single.percentile(0.99)
            row["documents"] = LARGE * large.requests_per_second
            row["failures"] = single.failures + large.failures
            rows.append(row)
    return rows


class Nodes:
    """A head and two nodes, with a replica on each node.

    Attributes:
        port: Port of the proxies of all nodes.
    """

    def __init__(self, model: Path) -> None:
        import ray
        from ray.cluster_utils import Cluster

        from serving.ray_serve.cluster import deploy, free_port, start
        from serving.ray_serve.deployment import build
        from serving.ray_serve.scaling import Scaling
        from serving.settings import Settings

        settings = Settings(model=model, threads=1, port=0)
        self.port = free_port(settings)
        self.cluster = Cluster(
            initialize_head=True, head_node_args={"num_cpus": 0, **NODE}
        )
        # Room for both replicas on each, as one may be alone.
        self.nodes = [self.cluster.add_node(num_cpus=2, **NODE) for _ in SIZES]
        ray.init(self.cluster.address, log_to_driver=False)
        start(settings, self.port)
        deploy(build(settings, Scaling.of(min_replicas=2, max_replicas=2)))

    def details(self) -> dict[str, Any]:
        """What Serve says of its processes."""
        from ray.serve.context import _get_global_client

        return dict(_get_global_client().get_serve_details())

    def replicas(self) -> list[int]:
        """Process ids of the replicas that answer."""
        from serving.ray_serve.deployment import NAME

        deployments = self.details()["applications"][NAME]["deployments"]
        replicas = deployments[NAME]["replicas"]
        return [own["pid"] for own in replicas if own["state"] == "RUNNING"]

    def wait(self) -> float:
        """Returns how long it takes until both replicas answer."""
        begin = time.perf_counter()
        while len(self.replicas()) < len(SIZES):
            time.sleep(0.2)
        return time.perf_counter() - begin

    def kill_replica(self) -> None:
        """Kill -9 of one of the replicas."""
        os.kill(self.replicas()[0], signal.SIGKILL)

    def kill_controller(self) -> None:
        """Kills Serve's controller, which Ray starts again."""
        import ray
        from ray.serve.context import _get_global_client

        ray.kill(_get_global_client()._controller, no_restart=False)

    def kill_node(self) -> None:
        """Kill -9 of a node's raylet, with which its processes end; another comes."""
        self.cluster.remove_node(self.nodes.pop(), allow_graceful=False)
        self.nodes.append(self.cluster.add_node(num_cpus=2, wait=False, **NODE))

    def restart_head(self) -> None:
        """Kills the head's GCS and starts another, which knows nothing."""
        self.cluster.head_node.kill_gcs_server()
        self.cluster.head_node.start_gcs_server()

    def close(self) -> None:
        """Ends all of it."""
        import ray

        from serving.ray_serve.metrics_folder import metrics_folder

        shutil.rmtree(metrics_folder(), ignore_errors=True)
        ray.shutdown()
        self.cluster.shutdown()


@contextmanager
def nodes(model: Path) -> Iterator[Nodes]:
    """Starts the cluster, and ends it."""
    running = Nodes(model)
    try:
        yield running
    finally:
        running.close()


def faults(
    model: Path, questions: list[Question], seconds: float
) -> dict[str, dict[str, float]]:
    """What becomes of requests while a part is killed."""
    found: dict[str, dict[str, float]] = {}

    def note(name: str, outcomes: Counter[str]) -> None:
        found[name] = dict(outcomes)
        sys.stderr.write(f"{name}: {dict(outcomes)}\n")

    with nodes(model) as running:
        for name, fault in {
            "nothing": lambda: None,
            "kill -9 of a replica": running.kill_replica,
            "end of the controller": running.kill_controller,
            "kill -9 of a node": running.kill_node,
        }.items():
            note(name, outcomes_of(running.port, questions, 2 * seconds, fault))
            found[name]["until both answer, s"] = running.wait()
        # Last: without a store of its own the new one cannot steer what runs.
        fault, name = running.restart_head, "restart of the head's GCS"
        note(name, outcomes_of(running.port, questions, 2 * seconds, fault))
    return found


def run(model: Path, data: Path, seconds: float) -> dict[str, Any]:
    """Measures everything once."""
    texts = read_texts(str(data), "test")
    rows = throughput(model, texts, seconds)
    bodies = [body_of(texts[i : i + 8]) for i in range(0, 8 * QUESTIONS, 8)]
    with plain(model, 1) as service:
        questions = expect(service.port, bodies)
    return {
        "machine": machine(),
        "seconds": seconds,
        "rows": rows,
        "faults": faults(model, questions, seconds),
    }


def render(results: dict[str, Any]) -> str:
    """Returns the page."""
    head = ["", "workers or replicas", "start, s", "requests of 1, documents/s"]
    head += ["p50, ms", "p99, ms", f"requests of {LARGE}, documents/s", "failures"]
    lines = [line(head), "|---" * len(head) + "|"]
    for row in results["rows"]:
        figures = [f"{row['start']:.1f}", f"{row['single']:,.0f}"]
        figures += [f"{1e3 * row[name]:.1f}" for name in ("p50", "p99")]
        figures += [f"{row['documents']:,.0f}", str(row["failures"])]
        lines.append(line([row["form"], str(row["processes"]), *figures]))
    head = ["killed", "sent", "answered", "failed", "wrong", "longest wait, ms"]
    head += ["until both replicas answer, s"]
    more = [line(head), "|---" * len(head) + "|"]
    for name, outcomes in results["faults"].items():
        counts = dict(outcomes)
        longest = counts.pop("longest, ms")
        again = counts.pop("until both answer, s", None)
        sent = sum(counts.values())
        answered, wrong = counts.pop("200", 0), counts.pop("wrong vectors", 0)
        failed = ", ".join(f"{count} × {what}" for what, count in counts.items())
        figures = [f"{sent:,}", f"{answered:,}", failed or "0", str(wrong)]
        figures += [f"{longest:,}", "not asked" if again is None else f"{again:.1f}"]
        more.append(line([name, *figures]))
    return (
        "# The service under Ray Serve\n\nPrinted by `python -m "
        f"benchmarks.scale.serving MODEL DATA -o RESULTS`: {results['machine']}. Test "
        f"posts of 20 Newsgroups, {CLIENTS} clients on the same cores, each asking "
        f"again as soon as it is answered, for {results['seconds']:g} s; a thread of "
        "TensorFlow for each worker or replica.\n\n"
        + "\n".join(lines)
        + "\n\n## While parts are killed\n\nA head and two nodes of one machine, a "
        "replica and a proxy on each node, 8 clients that ask for the vectors of 8 "
        f"posts for {2 * results['seconds']:g} s; a part is killed after a quarter of "
        "that. Wrong: vectors that are not those of the plain form. A client that "
        "fails waits half a second and asks again. The head keeps its state nowhere "
        "else, as it can with Redis: after its restart replicas and proxies go on, but "
        "nothing can be deployed or scaled any more.\n\n" + "\n".join(more) + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    # What this process starts finds the project as it does.
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    results = run(options.model.resolve(), options.data.resolve(), options.seconds)
    write_json(options.output / "serving.json", results, indent=1)
    write_text(options.output / "serving.md", render(results))
    sys.stdout.write(render(results))


if __name__ == "__main__":
    main()
