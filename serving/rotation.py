"""Versions that come and go while the service answers."""

import asyncio
import gc
import logging
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from serving.batcher import Batcher
from serving.engine import Engine, ModelCard, ModelEngine, Runner
from serving.errors import ServiceError
from serving.interfaces.probes import check_canary
from serving.model_folder import (
    ModelFolder,
    ModelFolderError,
    newest_version,
    open_model_folder,
)
from serving.served_model import ServedModel, ServedModels
from serving.settings import ModelSource, Settings

logger = logging.getLogger("serving")

# Name, size and time of change of every file of a version.
State = tuple[tuple[str, int, int], ...]


def open_engines(settings: Settings) -> list[ModelEngine]:
    """Verifies the models of the settings and makes their engines, not yet loaded.

    Raises:
        ModelFolderError: If a folder holds no model that can be served, or two models
            have one name.
    """
    engines = [open_engine(settings, source) for source in settings.model]
    paths: dict[str, Path] = {}
    for engine, source in zip(engines, settings.model, strict=True):
        name = engine.card.name
        if name in paths:
            raise ModelFolderError(
                f"The models at {paths[name]} and {source.path} are both named "
                f"{name!r}. Expected: names that differ. Give NAME={source.path}"
            )
        paths[name] = source.path
    return engines


def open_engine(
    settings: Settings,
    source: ModelSource,
    version: str | None = None,
    name: str | None = None,
) -> ModelEngine:
    """Verifies a model and makes its engine, not yet loaded.

    Args:
        settings: Settings.
        source: The model.
        version: Version to take; `None`, that of the settings or the highest.
        name: Name to serve it under; `None`, that of the settings or the manifest's.

    Raises:
        ModelFolderError: If the folder holds no model that can be served.
    """
    folder = open_model_folder(source.path, version or settings.version)
    return ModelEngine(
        folder,
        partial(_open_runner, settings),
        name or source.name or settings.name,
        settings.batch_size,
    )


def _open_runner(settings: Settings, folder: ModelFolder) -> Runner:
    # Each takes what the other does without: TensorFlow, or kate_keras.
    if settings.engine == "light":
        from serving.light_model import LightRunner

        return LightRunner(folder)
    from serving.saved_model import SavedModelRunner

    return SavedModelRunner(folder, settings.threads)


class Rotation:
    """Puts one version of a model after another in front of an application's callers.

    A new version is verified, loaded, warmed and asked for a canary beside the one that
    answers, and takes its place at once. The old one answers what it has taken, then
    goes. A version that fails is told in the log and in the metrics, and the one that
    answers goes on. A version that is taken away makes room for the highest that is
    left. The name stays that of the first version, as callers know the model by it.

    Args:
        app: Application, whose `state` has the metrics, and the models that it changes.
        settings: Settings.
        source: The model.
    """

    def __init__(self, app: FastAPI, settings: Settings, source: ModelSource) -> None:
        self._app = app
        self._settings = settings
        self._source = source
        self._card: ModelCard | None = None
        self._refused: tuple[str, State] | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    async def take(self, engine: Engine) -> ServedModel | None:
        """Starts a model and puts it in front; returns the one before it."""
        settings, metrics = self._settings, self._app.state.metrics
        watchers = [partial(metrics.batch_run, engine.card.name)]
        if self._app.state.tracing is not None:
            watchers.append(self._app.state.tracing.batch_run)
        batcher = Batcher(
            engine,
            settings.batch_size,
            settings.max_queue,
            *watchers,
        )
        model = ServedModel(engine, batcher)
        await model.start()
        models: ServedModels = self._app.state.models
        before = models.put(model)
        self._card = engine.card
        metrics.serve(model)
        _spare_the_garbage_collector()
        return before

    async def watch(self) -> None:
        """Looks for other versions until it is cancelled."""
        seconds = self._settings.poll_seconds
        while seconds:
            await asyncio.sleep(seconds)
            try:
                await self.look()
            except Exception:
                logger.exception("The folder of versions could not be looked at")

    async def look(self) -> None:
        """Takes the version that should answer, if it is not the one that does."""
        path, card = self._source.path, self._card
        newest = newest_version(path)
        wanted = self._settings.version or newest
        if card is None or newest is None or wanted is None or wanted == card.version:
            return
        state = await asyncio.to_thread(_state, path / wanted)
        if self._refused == (wanted, state):
            return
        engine = None
        try:
            engine = await asyncio.to_thread(
                open_engine, self._settings, self._source, wanted, card.name
            )
            await engine.start()
            await check_canary(engine)
        except (ModelFolderError, ServiceError) as error:
            self._refused = (wanted, state)
            self._app.state.metrics.loaded(card.name, "refused")
            logger.error(
                "%s version %s is refused, version %s goes on: %s",
                card.name,
                wanted,
                card.version,
                error,
            )
            if engine is not None:
                await engine.stop()
            return
        before = await self.take(engine)
        card = engine.card
        self._app.state.metrics.loaded(card.name, "loaded")
        logger.info(
            "Serving %s version %s (fingerprint %s)",
            card.name,
            card.version,
            card.fingerprint,
        )
        if before is not None:
            leaving = asyncio.create_task(self._let_go(before))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def _let_go(self, model: ServedModel) -> None:
        """Frees a model once nobody can still be waiting for it."""
        await asyncio.sleep(self._settings.timeout)
        await model.stop()
        gc.unfreeze()
        del model
        _spare_the_garbage_collector()


def _state(folder: Path) -> State:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple(
        (str(path), status.st_size, status.st_mtime_ns)
        for path in files
        for status in (path.stat(),)
    )


def _spare_the_garbage_collector() -> None:
    """Takes what is there out of its sight.

    To look TensorFlow's hundred thousands of objects through again and again would
    stop all answers for a fifth of a second each time.
    """
    gc.collect()
    gc.freeze()
