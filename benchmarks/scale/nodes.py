"""A cluster of several node processes on this machine, each with a core of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Loopback only, and no report of usage to Ray's makers.
os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
STORE_BYTES = 100_000_000


class Nodes:
    """The head, which does no work, and nodes of one core.

    Attributes:
        cluster: Ray's cluster of this machine.
        address: Where it is.
    """

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        head = {
            "num_cpus": 0,
            "object_store_memory": STORE_BYTES,
            "include_dashboard": False,
        }
        self.cluster = Cluster(initialize_head=True, head_node_args=head)
        self.address: str = self.cluster.address

    def add(self, core: int, **variables: str) -> Any:
        """Starts a node whose processes share one core.

        Args:
            core: The core, by number.
            **variables: Variables of the environment of its processes.
        """
        own = os.sched_getaffinity(0)
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        os.sched_setaffinity(0, {sorted(own)[core % len(own)]})
        try:
            return self.cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES)
        finally:
            os.sched_setaffinity(0, own)
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    def kill(self, node: Any) -> None:
        """Kills a node as a power cut does."""
        self.cluster.remove_node(node, allow_graceful=False)

    def end(self) -> None:
        """Ends all of it, the head too."""
        self.cluster.shutdown()


@contextmanager
def nodes(number: int) -> Iterator[Nodes]:
    """Gives a cluster of so many nodes, which ends with the block."""
    cluster = Nodes()
    try:
        for core in range(number):
            cluster.add(core)
        yield cluster
    finally:
        cluster.end()


@contextmanager
def connected_to(cluster: Nodes) -> Iterator[Any]:
    """Connects this process; see `kate_keras.scale.cluster.connected`."""
    from kate_keras.scale.cluster import connected

    with connected(cluster.address) as ray:
        yield ray
