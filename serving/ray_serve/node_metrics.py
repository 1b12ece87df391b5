"""The metrics of the replicas of one node, which share a folder."""

import os

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import mark_process_dead

from serving.metrics import registry_of
from serving.ray_serve.metrics_folder import metrics_folder


def node_registry() -> CollectorRegistry:
    """Returns what the replicas of this node have counted, those that ended too."""
    folder = metrics_folder()
    # Gauges are of those that live: nobody else would tell of a replica's end.
    for path in folder.glob("gauge_live*_*.db"):
        number = int(path.stem.rpartition("_")[2])
        if not _lives(number):
            mark_process_dead(number, str(folder))  # type: ignore[no-untyped-call]
    return registry_of(str(folder))


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
