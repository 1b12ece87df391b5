"""The application factory: `uvicorn --factory serving.app:create_app`."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware

from serving.engine import Engine
from serving.error_handlers import install_error_handlers
from serving.interfaces import (
    documents,
    explanation,
    explorer,
    native,
    open_inference,
    openai,
    probes,
    reading,
    tf_serving,
)
from serving.keys import KeyGate, Keys
from serving.metrics import Metrics
from serving.observation import (
    FINGERPRINT_HEADER,
    ID_HEADER,
    MODEL_HEADER,
    VERSION_HEADER,
    Observation,
)
from serving.request_body import BodyLimit
from serving.root_path import RootPath
from serving.rotation import Rotation, open_engines
from serving.route import TIMEOUT_HEADER
from serving.served_index import ServedIndices
from serving.served_model import ServedModels
from serving.settings import Settings, SettingsError
from serving.tracing import Traced, Tracing

# In the order of the manual.
INTERFACES = (
    *(native, reading, explanation, documents),
    *(openai, tf_serving, open_inference),
    *(probes, explorer),
)
DESCRIPTION = """
Vectors of documents, from a K-Competitive Autoencoder for Text.

Every error has one shape: `{"error": {"message", "type", "param", "code"}}`.
Vectors are comparable only where the `fingerprint` beside them is the same.
"""


def create_app(settings: Settings | None = None, *engines: Engine) -> FastAPI:
    """Makes the service.

    Args:
        settings: Settings; `None` reads the environment.
        *engines: An engine for each of `settings.model`; none at all verifies and
            loads the models when the application starts, before its first request.

    Returns:
        The ASGI application.
    """
    if settings is None:
        settings = Settings.from_environment(os.environ)
    indices = ServedIndices(settings.index)
    if engines:
        indices.check(engine.card for engine in engines)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        rotations = [Rotation(app, settings, source) for source in settings.model]
        app.state.rotations = rotations
        opened = engines or open_engines(settings)
        indices.check(engine.card for engine in opened)
        for rotation, engine in zip(rotations, opened, strict=True):
            await rotation.take(engine)
        watches = [asyncio.create_task(rotation.watch()) for rotation in rotations]
        yield
        for watch in watches:
            watch.cancel()
        for model in app.state.models.take_all():
            await model.stop()
        indices.close()
        if app.state.tracing:
            await asyncio.to_thread(app.state.tracing.stop)

    # The stock /docs page takes its scripts from a public host; this one brings them.
    app = FastAPIOffline(
        redoc_url=None,
        title="KATE",
        description=DESCRIPTION,
        version=_own_version(),
        lifespan=lifespan,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        # Swagger UI would send the schema's address to a public validator.
        swagger_ui_parameters={"validatorUrl": None},
        # FastAPI would send traces to a collector that the environment names.
        telemetry={"auto_configure": False},
    )
    app.state.settings = settings
    app.state.models = ServedModels()
    app.state.indices = indices
    app.state.stopping = False
    app.state.metrics = Metrics()
    app.state.tracing = None
    if settings.traces_endpoint is not None:
        app.state.tracing = Tracing(settings.traces_endpoint)
    _add_middleware(app, settings)
    install_error_handlers(app)
    for interface in INTERFACES:
        app.include_router(interface.router)
    app.mount("/explorer", explorer.files)
    return app


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """Puts layers around the application; the last added is the first that sees all.

    Raises:
        SettingsError: As `open_keys`.
    """
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    keys = open_keys(settings)
    if keys:
        app.add_middleware(KeyGate, keys=keys, root_path=settings.root_path)
    if settings.cors_origins is not None:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=[o.strip() for o in settings.cors_origins.split(",")],
            allow_methods=["GET", "POST"],
            allow_headers=[
                *("Authorization", "Content-Type"),
                *(ID_HEADER, TIMEOUT_HEADER, FINGERPRINT_HEADER),
            ],
            expose_headers=[
                *(ID_HEADER, "Retry-After"),
                *(MODEL_HEADER, VERSION_HEADER, FINGERPRINT_HEADER),
            ],
        )
    app.add_middleware(Observation, metrics=app.state.metrics)
    if app.state.tracing is not None:
        app.add_middleware(
            Traced, tracing=app.state.tracing, root_path=settings.root_path
        )
    if settings.root_path:
        app.add_middleware(RootPath, root_path=settings.root_path)


def open_keys(settings: Settings) -> Keys:
    """Reads the keys of the settings.

    Raises:
        SettingsError: If their file cannot be read, or none is given where one should.
    """
    listed = settings.api_keys.get_secret_value() if settings.api_keys else ""
    own = [key.strip() for key in listed.split(",") if key.strip()]
    if settings.api_keys is not None and not own:
        raise SettingsError("KATE_API_KEYS holds no key. Expected: KEY or KEY,KEY.")
    try:
        return Keys(own, settings.api_keys_file)
    except (OSError, ValueError) as error:
        raise SettingsError(f"KATE_API_KEYS or KATE_API_KEYS_FILE: {error}") from error


def _own_version() -> str:
    try:
        return version("kate_keras")
    except PackageNotFoundError:
        return "0"
