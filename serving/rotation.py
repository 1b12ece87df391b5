"""Versions that come and go while the service answers."""

import asyncio
import gc
import logging
from pathlib import Path

from fastapi import FastAPI

from serving.batcher import Batcher
from serving.engine import Engine, SavedModelEngine
from serving.errors import ServiceError
from serving.interfaces.probes import check_canary
from serving.model_folder import ModelFolderError, newest_version, open_model_folder
from serving.served_model import ServedModel
from serving.settings import Settings

logger = logging.getLogger("serving")

# Name, size and time of change of every file of a version.
State = tuple[tuple[str, int, int], ...]


def open_engine(settings: Settings, version: str | None = None) -> SavedModelEngine:
    """Verifies the model of the settings and makes its engine, not yet loaded.

    Args:
        settings: Settings that name the model.
        version: Version to take; `None`, that of the settings or the highest.

    Raises:
        ModelFolderError: If the folder holds no model that can be served.
    """
    folder = open_model_folder(settings.model, version or settings.version)
    return SavedModelEngine(
        folder, settings.name, settings.batch_size, settings.threads
    )


class Rotation:
    """Puts one model after another in front of an application's callers.

    A new version is verified, loaded, warmed and asked for a canary beside the one that
    answers, and takes its place at once. The old one answers what it has taken, then
    goes. A version that fails is told in the log and in the metrics, and the one that
    answers goes on. A version that is taken away makes room for the highest that is
    left.

    Args:
        app: Application, whose `state` has the metrics and gets the model.
        settings: Settings.
    """

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._refused: tuple[str, State] | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    async def take(self, engine: Engine) -> ServedModel | None:
        """Starts a model and puts it in front; returns the one before it."""
        settings, metrics = self._settings, self._app.state.metrics
        batcher = Batcher(
            engine, settings.batch_size, settings.max_queue, metrics.batch_run
        )
        model = ServedModel(engine, batcher)
        await model.start()
        before: ServedModel | None = self._app.state.model
        self._app.state.model = model
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
        path = self._settings.model
        newest = newest_version(path)
        wanted = self._settings.version or newest
        if newest is None or wanted is None:
            return
        if wanted == self._app.state.model.card.version:
            return
        state = await asyncio.to_thread(_state, path / wanted)
        if self._refused == (wanted, state):
            return
        engine = None
        try:
            engine = await asyncio.to_thread(open_engine, self._settings, wanted)
            await engine.start()
            await check_canary(engine)
        except (ModelFolderError, ServiceError) as error:
            self._refused = (wanted, state)
            self._app.state.metrics.loaded("refused")
            logger.error(
                "Version %s is refused, version %s goes on: %s",
                wanted,
                self._app.state.model.card.version,
                error,
            )
            if engine is not None:
                await engine.stop()
            return
        before = await self.take(engine)
        self._app.state.metrics.loaded("loaded")
        card = engine.card
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
