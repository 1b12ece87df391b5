"""Models as they are served: each with its engine, and the queue in front of it."""

import asyncio
import time
from collections.abc import Iterator

import numpy as np

from serving.batcher import Batcher
from serving.engine import Arrays, Engine, ModelCard
from serving.errors import Failure, ServiceError

# Waiting calls of functions that share no batches.
MOST_CALLS = 32


class ServedModel:
    """A model with the queue in front of it.

    Args:
        engine: What runs the model.
        batcher: The queue in front of it.

    Attributes:
        engine: What runs the model.
        batcher: Its queue.
        loaded: When it was started, seconds since 1970.
    """

    def __init__(self, engine: Engine, batcher: Batcher) -> None:
        self.engine = engine
        self.batcher = batcher
        self.loaded = 0.0
        self._calls = 0
        # One call at a time, so that they take turns with the batches.
        self._turn = asyncio.Lock()

    @property
    def card(self) -> ModelCard:
        """What the model says of itself."""
        return self.engine.card

    async def start(self) -> None:
        """Loads and warms the model."""
        await self.engine.start()
        self.loaded = time.time()

    async def stop(self) -> None:
        """Answers what was taken, then puts the model down."""
        await self.batcher.drain()
        await self.engine.stop()

    async def run(self, signature: str, inputs: Arrays) -> Arrays:
        """Calls a function of the model past the batches, in turn.

        Raises:
            ServiceError: If as many calls wait as may, or the model refuses the inputs
                or answers with numbers that are not finite.
        """
        if self._calls >= MOST_CALLS:
            raise ServiceError(
                Failure.QUEUE_FULL,
                f"{self._calls} calls wait already. Send this one again later.",
                headers={"Retry-After": "1"},
            )
        self._calls += 1
        try:
            async with self._turn:
                outputs = await self.engine.run(signature, inputs)
        finally:
            self._calls -= 1
        for name, output in outputs.items():
            if output.dtype.kind == "f" and not np.isfinite(output).all():
                raise ServiceError(
                    Failure.NON_FINITE_VECTOR,
                    f"The model's {name!r} of this request is not finite.",
                )
        return outputs


class ServedModels:
    """The models of a service by name; the first answers where none is named."""

    def __init__(self) -> None:
        self._by_name: dict[str, ServedModel] = {}

    def __iter__(self) -> Iterator[ServedModel]:
        return iter(list(self._by_name.values()))

    def __len__(self) -> int:
        return len(self._by_name)

    def put(self, model: ServedModel) -> ServedModel | None:
        """Puts a model in the place of its name; returns the one before it."""
        before = self._by_name.get(model.card.name)
        self._by_name[model.card.name] = model
        return before

    def take_all(self) -> list[ServedModel]:
        """Leaves none, and returns those that were there."""
        models = list(self)
        self._by_name.clear()
        return models

    def find(self, name: str | None = None, version: str | None = None) -> ServedModel:
        """Returns the model that was asked for.

        Args:
            name: Its name; `None` takes the first.
            version: Its version; `None` takes whichever answers.

        Raises:
            ServiceError: If there is no such model, or none is loaded yet.
        """
        if not self._by_name:
            raise ServiceError(Failure.NOT_READY, "The model is not loaded yet.")
        if name is None:
            name = next(iter(self._by_name))
        if name not in self._by_name:
            names = " or ".join(map(repr, self._by_name))
            raise ServiceError(
                Failure.MODEL_NOT_FOUND,
                f"There is no model {name!r:.200} here. Expected: {names}.",
                "model",
            )
        model = self._by_name[name]
        if version is not None and version != model.card.version:
            raise ServiceError(
                Failure.MODEL_NOT_FOUND,
                f"There is no version {version!r:.200} of {name!r} here. "
                f"Expected: {model.card.version!r}.",
                "version",
            )
        return model
