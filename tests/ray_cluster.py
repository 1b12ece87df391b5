"""A cluster of two node processes on the loopback address, of a core each."""

import gc
import os
import warnings
from contextlib import ExitStack, contextmanager

STORE = {"num_cpus": 1, "object_store_memory": 80_000_000}


@contextmanager
def running_cluster(nodes=2):
    """Starts a cluster and connects to it."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    import ray
    from ray.cluster_utils import Cluster

    with warnings.catch_warnings():
        # Ray looks for free ports with sockets that it leaves to the collector.
        warnings.simplefilter("ignore", ResourceWarning)
        cluster = Cluster(
            initialize_head=True, head_node_args={**STORE, "dashboard_port": 0}
        )
        for _ in range(nodes - 1):
            cluster.add_node(**STORE)
        ray.init(address=cluster.address, log_to_driver=False, logging_level="error")
        gc.collect()
    try:
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()


class OneRay:
    """Keeps what was started last running until something else is asked for."""

    def __enter__(self):
        self._start, self._made, self._stack = None, None, ExitStack()
        return self

    def __exit__(self, *error):
        self._stack.close()

    def running(self, start):
        """Returns what a context of Ray's gives, which may be running already."""
        if start is not self._start:
            self._stack.close()
            self._start, self._made = start, self._stack.enter_context(start())
        return self._made
