"""The Ray that work is given to: one of this machine, or a cluster by its address."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from kate_keras.errors import InputError

LOCAL = "local"
# Of the machine's memory for what tasks hand to each other, which is little here: what
# is large goes to files.
STORE_BYTES = 256 * 2**20
KNOCK_SECONDS = 10.0


@contextmanager
def connected(address: str = LOCAL) -> Iterator[Any]:
    """Connects to Ray and gives its module; leaves at the end of the block.

    Ray's reports of usage to its makers are switched off for what is started here; for
    a cluster that runs already, whoever started it has decided.

    Args:
        address: `"local"`, a Ray of this machine that lasts as long as the block and
            listens on the loopback address only; or that of a cluster, as
            `"10.0.0.1:6379"` or `"auto"`.

    Raises:
        InputError: If Ray is not installed, or no cluster answers there.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # Otherwise Ray warns of how it will hide accelerators from tasks that use none.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError:
        raise InputError(
            "Work on a cluster needs Ray, which is not installed: "
            "pip install 'kate_keras[scale]'"
        ) from None
    if ray.is_initialized():
        yield ray
        return
    try:
        _knock(address)
        with _on_loopback() if address == LOCAL else nullcontext():
            ray.init(
                **_arguments(address), log_to_driver=False, logging_level=logging.ERROR
            )
    except (OSError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"No Ray answers at {address!r:.80}: {reason:.200} Expected: 'local', or "
            "the address of a cluster, as `ray start --head` prints it."
        ) from None
    try:
        yield ray
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Sees whether anything listens there; Ray would try for minutes, and then abort.

    Raises:
        OSError: If nothing does.
        ValueError: If it is no address.
    """
    if address in (LOCAL, "auto"):
        return
    host, _, port = address.rpartition(":")
    if not host or "/" in host:
        raise ValueError("it is not of the form HOST:PORT.")
    with socket.create_connection((host, int(port)), KNOCK_SECONDS):
        pass


@contextmanager
def _on_loopback() -> Iterator[None]:
    """Has a Ray that is started meanwhile listen on the loopback address alone.

    It does so where it cannot be a part of a cluster, as on Windows; the variable is
    for its processes, and too late for this one.
    """
    from ray._private import ray_constants

    name = ray_constants.ENABLE_RAY_CLUSTERS_ENV_VAR
    before = os.environ.get(name), ray_constants.ENABLE_RAY_CLUSTER
    os.environ[name], ray_constants.ENABLE_RAY_CLUSTER = "0", False
    try:
        yield
    finally:
        del os.environ[name]
        if before[0] is not None:
            os.environ[name] = before[0]
        ray_constants.ENABLE_RAY_CLUSTER = before[1]


def _arguments(address: str) -> dict[str, Any]:
    if address != LOCAL:
        return {"address": address}
    return {
        "address": LOCAL,
        "include_dashboard": False,
        "object_store_memory": STORE_BYTES,
    }
