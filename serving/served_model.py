"""A model as it is served: its engine, and the queue in front of it."""

import time

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
            ServiceError: If as many calls wait as may, or the model refuses the inputs.
        """
        if self._calls >= MOST_CALLS:
            raise ServiceError(
                Failure.QUEUE_FULL,
                f"{self._calls} calls wait already. Send this one again later.",
                headers={"Retry-After": "1"},
            )
        self._calls += 1
        try:
            return await self.engine.run(signature, inputs)
        finally:
            self._calls -= 1

    def require(self, name: str | None, version: str | None = None) -> "ServedModel":
        """Returns this model, if it is the one that was asked for.

        Args:
            name: Name asked for; `None`, whichever is served.
            version: Version asked for; `None`, whichever is served.

        Raises:
            ServiceError: If another was asked for.
        """
        if name is not None and name != self.card.name:
            raise ServiceError(
                Failure.MODEL_NOT_FOUND,
                f"There is no model {name!r:.200} here. Expected: {self.card.name!r}.",
                "model",
            )
        if version is not None and version != self.card.version:
            raise ServiceError(
                Failure.MODEL_NOT_FOUND,
                f"There is no version {version!r:.200} of {self.card.name!r} here. "
                f"Expected: {self.card.version!r}.",
                "version",
            )
        return self
