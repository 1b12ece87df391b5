"""A Ray cluster, Serve on it, and the service on that."""

import math
import os
import re
import socket
from pathlib import Path

import ray
from ray import serve
from ray._private import ray_constants
from ray.serve import Application
from ray.serve.config import HTTPOptions
from ray.serve.schema import LoggingConfig

from serving.ray_serve.deployment import NAME, SERVE_LOG_LEVEL
from serving.ray_serve.front import CALLBACK, SETTINGS
from serving.ray_serve.scaling import Scaling
from serving.server import GRACE_SECONDS, ServeError
from serving.settings import Settings, variable_of

# Serve's reports of a replica that failed end with these, among many other lines.
REASON = re.compile(r"^(?:\w+\.)*(?:SettingsError|ModelFolderError): (.+)$", re.M)


def connect(address: str | None, scaling: Scaling) -> None:
    """Joins a Ray cluster.

    Args:
        address: Its address; `None` starts one of this machine, which ends with the
            process.
        scaling: What there has to be room for.

    Raises:
        ServeError: If there is no such cluster.
    """
    if address is None:
        # Replicas take turns on the processors of one machine, as workers do. One more
        # is there while another takes its place.
        most = scaling.max_replicas + math.ceil(scaling.max_replicas / 5)
        processors = math.ceil(most * scaling.replica_cpus)
        keep_to_loopback()
        ray.init(
            "local",
            num_cpus=max(processors, os.cpu_count() or 1),
            include_dashboard=False,
        )
        return
    try:
        ray.init(address)
    except (ConnectionError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ServeError(
            f"There is no Ray cluster at {address}: {reason} Start one with `ray "
            "start`, or leave --address out."
        ) from error


def keep_to_loopback() -> None:
    """Has a Ray that is started here listen on the loopback address alone.

    It does so where it cannot be a part of a cluster, as on Windows. The variable is
    for its processes, and too late for this one.
    """
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    ray_constants.ENABLE_RAY_CLUSTER = False


def free_port(settings: Settings) -> int:
    """Looks whether the address can be had: Serve's proxies would only tell their log.

    Raises:
        ServeError: If it cannot.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise ServeError(
                f"{settings.host}:{settings.port} cannot be listened on: "
                f"{error.strerror or error}. Give another address with --host or "
                "--port; --port 0 takes a free port."
            ) from error
        return int(listener.getsockname()[1])


def start(settings: Settings, port: int) -> None:
    """Starts Serve, with a proxy at the address of the settings on every node.

    Args:
        settings: Settings.
        port: Port, where that of the settings is any.

    Raises:
        ServeError: If Serve runs on the cluster already.
    """
    if serve.status().proxies:
        raise ServeError(
            "Ray Serve runs on this cluster already, with an address and limits "
            "of its own. Deploy there with `serve deploy` (an example is in "
            "serving/deploy/ray-serve.yaml), or end it with `serve shutdown`."
        )
    known = {variable_of(name): str(getattr(settings, name)) for name in SETTINGS}
    serve.start(
        proxy_location="EveryNode",
        http_options=HTTPOptions(
            host=settings.host,
            port=port,
            # After our own deadline, whose answer says more.
            request_timeout_s=settings.timeout + GRACE_SECONDS,
            ssl_certfile=_text(settings.ssl_certfile),
            ssl_keyfile=_text(settings.ssl_keyfile),
        ),
        # The proxies inherit it.
        controller_options={"runtime_env": {"env_vars": {**CALLBACK, **known}}},
        logging_config=LoggingConfig(
            encoding="JSON" if settings.log_format == "json" else "TEXT",
            log_level=SERVE_LOG_LEVEL,
            enable_access_log=False,
        ),
    )


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def deploy(service: Application) -> None:
    """Deploys the service, and waits until it answers.

    Raises:
        ServeError: If its replicas cannot start.
    """
    try:
        serve.run(service, name=NAME, route_prefix="/")
    except RuntimeError as error:
        deployments = serve.status().applications[NAME].deployments
        told = "\n".join(deployment.message for deployment in deployments.values())
        reasons = REASON.findall(told)
        reason = reasons[-1] if reasons else " ".join(told.split())[-500:]
        raise ServeError(f"The replicas cannot start: {reason}") from error
