"""A Ray cluster of this process with Serve on it, for tests of the service there."""

import os
import shutil
import time
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import httpx2
import pytest

from serving.settings import Settings

# Modules that import this one are skipped without it, before they import more.
ray = pytest.importorskip("ray", reason="needs Ray Serve: kate_keras[scale]")
serve = pytest.importorskip("ray.serve", reason="needs Ray Serve: kate_keras[scale]")

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 90
# Of the proxies; those of the replicas are their own.
MAX_BODY_BYTES = 4 * 2**20


@contextmanager
def serve_running():
    """Runs Serve on a cluster of its own; gives its address."""
    from serving.ray_serve.cluster import free_port, keep_to_loopback, start
    from serving.ray_serve.metrics_folder import metrics_folder

    # What pytest adds to its own path, the workers have to be told.
    path = [
        str(ROOT),
        str(ROOT / "tests"),
        *os.environ.get("PYTHONPATH", "").split(":"),
    ]
    variables = {
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
        "RAY_USAGE_STATS_ENABLED": "0",
        # How often the load is told, which the scaling waits for.
        "RAY_SERVE_HANDLE_AUTOSCALING_METRIC_PUSH_INTERVAL_S": "0.25",
    }
    with mock.patch.dict(os.environ, variables):
        settings = Settings(model="unused", port=0, max_body_bytes=MAX_BODY_BYTES)
        port = free_port(settings)
        keep_to_loopback()
        ray.init(
            "local",
            num_cpus=8,
            include_dashboard=False,
            log_to_driver=False,
            object_store_memory=200_000_000,
        )
        try:
            start(settings, port)
            yield f"http://127.0.0.1:{port}"
            serve.shutdown()
        finally:
            shutil.rmtree(metrics_folder())
            ray.shutdown()


def wait_until(condition):
    """Waits for something that is not to be timed; gives what it returns."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def replica_pids():
    """Process ids of the replicas that answer."""
    from serving.ray_serve.deployment import NAME

    details = serve.context._get_global_client().get_serve_details()
    deployments = details["applications"][NAME]["deployments"]
    replicas = deployments[NAME]["replicas"]
    return sorted(r["pid"] for r in replicas if r["state"] == "RUNNING")


def client_of(address, **options):
    """Returns a client that has no proxy but the service's."""
    return httpx2.Client(
        base_url=address, trust_env=False, timeout=PATIENCE_SECONDS, **options
    )
