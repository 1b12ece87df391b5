"""Indices of documents as they are served, each with the threads that read it."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from serving.engine import ModelCard
from serving.errors import Failure, ServiceError
from serving.settings import IndexSource, SettingsError

if TYPE_CHECKING:
    from serving.document_index import IndexReader

# Questions at once, and those that wait for their turn.
THREADS = 4
MOST_CALLS = 32

logger = logging.getLogger("serving")

Answer = TypeVar("Answer")


class ServedIndex:
    """An index and the threads that read it.

    Args:
        source: Where it is, and for which model.

    Attributes:
        source: Where it is, and for which model.

    Raises:
        SettingsError: If there is none.
    """

    def __init__(self, source: IndexSource) -> None:
        self.source = source
        # Only who serves an index has to have what reads one.
        from serving.document_index import IndexReader

        self._reader = IndexReader(source.path)
        self._threads = ThreadPoolExecutor(THREADS, "index")
        self._calls = 0

    @property
    def fingerprint(self) -> str:
        """Of the model whose vectors it holds."""
        return self._reader.fingerprint

    async def ask(
        self, card: ModelCard, question: "Callable[[IndexReader], Answer]"
    ) -> Answer:
        """Asks the index on a thread of its own.

        Args:
            card: The model that answers, whose vectors these have to be.
            question: What is asked.

        Raises:
            ServiceError: If the vectors are another model's, too many questions wait,
                or as the question does.
        """
        if self._calls >= MOST_CALLS:
            raise ServiceError(
                Failure.QUEUE_FULL,
                f"{self._calls} searches wait already. Send this one again later.",
                headers={"Retry-After": "1"},
            )
        self._calls += 1
        loop = asyncio.get_running_loop()
        answer = loop.run_in_executor(self._threads, self._ask, card, question)
        answer.add_done_callback(self._answered)
        # Who waits may give up; the thread goes on, and its place is taken till then.
        return await asyncio.shield(answer)

    def close(self) -> None:
        """Lets the threads go."""
        self._threads.shutdown(wait=False)

    def _answered(self, answer: "asyncio.Future[Any]") -> None:
        self._calls -= 1
        if not answer.cancelled():
            # Nobody may be left to hear of a failure.
            answer.exception()

    def _ask(
        self, card: ModelCard, question: "Callable[[IndexReader], Answer]"
    ) -> Answer:
        try:
            self._check(card)
            return question(self._reader)
        except (OSError, RuntimeError, ValueError) as error:
            logger.exception("The index could not be read")
            raise ServiceError(
                Failure.NOT_READY,
                "The index cannot be read now. The reason is in the log.",
            ) from error

    def _check(self, card: ModelCard) -> None:
        own = self.fingerprint
        if own != card.fingerprint:
            raise ServiceError(
                Failure.OTHER_INDEX,
                f"The index holds vectors of the model {own}; {card.name!r} version "
                f"{card.version} is {card.fingerprint}. Index the corpus with this "
                "version, and start the service with that index.",
            )


class ServedIndices:
    """The indices of a service, at most one for each model.

    Args:
        sources: Where they are.

    Raises:
        SettingsError: If one of them is not there, or two are for one model.
    """

    def __init__(self, sources: Iterable[IndexSource]) -> None:
        self._by_name: dict[str | None, ServedIndex] = {}
        for source in sources:
            if source.name in self._by_name:
                raise SettingsError(
                    f"KATE_INDEX names two indices of one model: "
                    f"{self._by_name[source.name].source} and {source}. Expected: "
                    "NAME=PATH with the names of different models."
                )
            self._by_name[source.name] = ServedIndex(source)
        self._first: str | None = None

    def check(self, cards: Iterable[ModelCard]) -> None:
        """Refuses an index that is not of its model, and one of none.

        Args:
            cards: The models, the one that answers where none is named first.

        Raises:
            SettingsError: If there is one.
        """
        by_name = {card.name: card for card in cards}
        self._first = next(iter(by_name), None)
        for name, index in self._by_name.items():
            card = by_name.get(self._first or "" if name is None else name)
            if card is None:
                raise SettingsError(
                    f"KATE_INDEX: {index.source} is for a model that is not served. "
                    f"Expected one of: {', '.join(by_name)}."
                )
            if index.fingerprint != card.fingerprint:
                raise SettingsError(
                    f"KATE_INDEX: {index.source} holds vectors of the model "
                    f"{index.fingerprint}; {card.name!r} is {card.fingerprint}. Index "
                    "the corpus with this model, in another folder."
                )

    def has(self, card: ModelCard) -> bool:
        """Whether a model has an index."""
        return self._find(card) is not None

    def of(self, card: ModelCard) -> ServedIndex:
        """Returns the index of a model.

        Raises:
            ServiceError: If it has none.
        """
        index = self._find(card)
        if index is None:
            raise ServiceError(
                Failure.NO_INDEX,
                f"No index is served for the model {card.name!r}. Make one with "
                "`kate index MODEL CORPUS -o INDEX`, and start the service with "
                "--index INDEX or KATE_INDEX.",
            )
        return index

    def _find(self, card: ModelCard) -> ServedIndex | None:
        index = self._by_name.get(card.name)
        if index is None and card.name == self._first:
            index = self._by_name.get(None)
        return index

    def close(self) -> None:
        """Lets the threads of all of them go."""
        for index in self._by_name.values():
            index.close()
