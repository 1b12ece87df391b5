"""The application factory: `uvicorn --factory serving.app:create_app`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from serving.engine import Engine, SavedModelEngine
from serving.error_handlers import install_error_handlers
from serving.model_folder import open_model_folder
from serving.request_body import BodyLimit
from serving.root_path import RootPath
from serving.routes import router
from serving.settings import Settings

DESCRIPTION = """
Vectors of documents, from a K-Competitive Autoencoder for Text.

Every error has one shape: `{"error": {"message", "type", "param", "code"}}`.
Vectors are comparable only where the `fingerprint` beside them is the same.
"""


def create_app(
    settings: Settings | None = None, engine: Engine | None = None
) -> FastAPI:
    """Makes the service.

    Args:
        settings: Settings; `None` reads the environment.
        engine: Engine; `None` verifies and loads `settings.model` when the
            application starts, before it takes its first request.

    Returns:
        The ASGI application.
    """
    if settings is None:
        settings = Settings.from_environment(os.environ)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        started = engine or open_engine(settings)
        await started.start()
        app.state.engine = started
        yield
        app.state.engine = None
        await started.stop()

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
    app.state.engine = None
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    if settings.root_path:
        app.add_middleware(RootPath, root_path=settings.root_path)
    install_error_handlers(app)
    app.include_router(router)
    return app


def open_engine(settings: Settings) -> SavedModelEngine:
    """Verifies the model of the settings and makes its engine, not yet loaded.

    Raises:
        ModelFolderError: If the folder holds no model that can be served.
    """
    folder = open_model_folder(settings.model)
    return SavedModelEngine(
        folder, settings.name, settings.batch_size, settings.threads
    )


def _own_version() -> str:
    try:
        return version("kate_keras")
    except PackageNotFoundError:
        return "0"
