"""The application of the service as a deployment of Ray Serve."""

import math
import os
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from ray import serve
from ray.serve import Application
from ray.serve.config import AutoscalingConfig, BackpressureConfig
from ray.serve.context import _get_global_client
from ray.serve.schema import LoggingConfig

from serving.ray_serve.metrics_folder import metrics_folder
from serving.ray_serve.scaling import Scaling
from serving.server import GRACE_SECONDS
from serving.settings import METRICS_FOLDER, Settings, SettingsError, flag_of

NAME = "kate"
# Of the plain form alone: Serve has replicas, proxies and a drain of its own.
PLAIN = ("workers", "uds", "drain_seconds")
HEALTH_SECONDS = 2.0
# Its news are of routes and counts; the service has a log of its own.
SERVE_LOG_LEVEL = "WARNING"


@serve.ingress()
class Replica:
    """One process with the application of `create_app`.

    Args:
        variables: Settings, as their variables.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        # Before anything that counts is imported: counters look for it only then.
        os.environ[METRICS_FOLDER] = str(metrics_folder())
        from serving import logs
        from serving.app import create_app
        from serving.rotation import open_engines

        settings = Settings.from_environment(variables)
        check_exposure_of_serve(settings)
        logs.set_up(settings.log_level, settings.log_format)
        engines = open_engines(settings)
        self._application = create_app(settings, *engines)
        # Here, and not when the application starts, whose errors Serve does not tell.
        for engine in engines:
            engine.load()

    def __serve_build_asgi_app__(self) -> FastAPI:  # noqa: D105, N807
        return self._application

    async def check_health(self) -> None:
        """Encodes a canary with every model; a replica that cannot is replaced."""
        from serving.interfaces.probes import check_canaries

        await check_canaries(self._application.state.models)


def check_exposure_of_serve(settings: Settings) -> None:
    """Refuses to answer behind proxies that are open to everyone, as the plain form.

    Raises:
        SettingsError: If their address is public and nothing asks for a key.
    """
    settings.model_copy(update={"host": host_of_serve()}).check_exposure()


def host_of_serve() -> str:
    """Returns the address that the proxies of the running Serve listen on."""
    # Serve tells it by no public name.
    client = _get_global_client(raise_if_no_controller_running=False)
    return "" if client is None else str(client.http_config.host)


def application(args: dict[str, Any]) -> Application:
    """Makes the service for `serve run` and `serve deploy`.

    Args:
        args: Settings of `Settings` and `Scaling` by name, `model` at least. `KATE_*`
            variables hold for those that are not given.

    Returns:
        The application of Ray Serve.

    Raises:
        SettingsError: If one is unknown, missing or refused.

    Example:
        >>> from serving.ray_serve import application
        >>> application({"model": "models/news", "max_replicas": "8"})
        Application(...)
    """
    scaling, flags = {}, {}
    for name, value in args.items():
        if name in Scaling.model_fields:
            scaling[name] = value
        elif name in Settings.model_fields:
            flags[name] = value if isinstance(value, list) else str(value)
        else:
            raise SettingsError(
                f"{name!r} is not a setting. Expected one of: "
                f"{', '.join([*Settings.model_fields, *Scaling.model_fields])}."
            )
    settings = Settings.from_environment(os.environ, **flags)
    return build(settings, Scaling.of(**scaling))


def build(settings: Settings, scaling: Scaling) -> Application:
    """Makes the service.

    Args:
        settings: Settings of every replica. Paths are those of every node.
        scaling: How many replicas there are.

    Returns:
        The application of Ray Serve.

    Raises:
        SettingsError: If a setting is of the plain form alone, or lacks another.
    """
    if (settings.ssl_certfile is None) != (settings.ssl_keyfile is None):
        raise SettingsError(
            "--ssl-certfile and --ssl-keyfile go together. Give both, or neither."
        )
    for name in PLAIN:
        if getattr(settings, name) != Settings.model_fields[name].default:
            raise SettingsError(
                f"{flag_of(name)} means nothing under Ray Serve, which has replicas "
                "and drains them by itself. Leave it out; see --min-replicas and "
                "--max-replicas."
            )
    if settings.threads is None:
        settings = settings.model_copy(
            update={"threads": math.ceil(scaling.replica_cpus)}
        )
    # Whatever waits for a model waits in its replica, and is refused there: a request
    # has a document at least.
    most = 2 * (settings.max_queue + settings.batch_size)
    deployed = serve.deployment(
        name=NAME,
        autoscaling_config=_autoscaling(scaling),
        ray_actor_options={"num_cpus": scaling.replica_cpus},
        max_ongoing_requests=most,
        # Of those that come while no replica is there.
        max_queued_requests=settings.max_queue,
        backpressure_config=BackpressureConfig(status_code=429, retry_after_s=1),
        # Serve looks that often whether a replica that ends has answered everything.
        graceful_shutdown_wait_loop_s=0.5,
        graceful_shutdown_timeout_s=math.ceil(settings.timeout) + GRACE_SECONDS,
        health_check_period_s=HEALTH_SECONDS,
        # A model that cannot be loaded once cannot be loaded twice.
        max_constructor_retry_count=1,
        # Another version answers before the one before it goes.
        max_surge_percent=20,
        logging_config=LoggingConfig(
            encoding="JSON" if settings.log_format == "json" else "TEXT",
            log_level=SERVE_LOG_LEVEL,
            # Ours tells as much, and the model.
            enable_access_log=False,
        ),
    )
    return deployed(Replica).bind(settings.environment())


def _autoscaling(scaling: Scaling) -> AutoscalingConfig:
    return AutoscalingConfig(
        min_replicas=scaling.min_replicas,
        max_replicas=scaling.max_replicas,
        target_ongoing_requests=scaling.target_requests,
        upscale_delay_s=scaling.upscale_seconds,
        downscale_delay_s=scaling.downscale_seconds,
    )
