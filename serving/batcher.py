"""Requests that share batches: a bounded and fair queue in front of an engine."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from typing import NamedTuple

import numpy as np

from serving.engine import Encoding, Engine
from serving.errors import DocumentRefused, Failure, ServiceError

# Of one batch; a text that is longer has one to itself.
BATCH_BYTES = 4 * 2**20
# Weight of the newest batch in the running mean of documents per second.
NEWEST = 0.2


class BatchRun(NamedTuple):
    """One call of the engine, for whoever counts.

    Attributes:
        documents: Documents in the batch.
        seconds: How long the engine took.
        waits: Seconds that each piece of the batch had waited for it.
        contexts: Context of the request that each piece is of.
        queued: Documents that wait for another batch.
    """

    documents: int
    seconds: float
    waits: list[float]
    contexts: list[Context]
    queued: int


class _Pending:
    """A request's documents on their way through the engine."""

    def __init__(self, documents: Sequence[bytes]) -> None:
        self.documents = documents
        self.taken = 0
        self.arrived = time.perf_counter()
        self.context = copy_context()
        self.parts: list[Encoding] = []
        self.answer: asyncio.Future[Encoding] = (
            asyncio.get_running_loop().create_future()
        )

    @property
    def waiting(self) -> int:
        """Documents that no batch has taken yet."""
        return len(self.documents) - self.taken

    def fail(self, error: Exception) -> None:
        """Answers with an error, if anyone still waits."""
        if not self.answer.done():
            self.answer.set_exception(error)

    def receive(self, part: Encoding) -> None:
        """Keeps the vectors of the next documents; answers after the last."""
        if not np.isfinite(part.embeddings).all():
            self.fail(
                ServiceError(
                    Failure.NON_FINITE_VECTOR,
                    "The model gave a vector that is not finite, so none is returned. "
                    "Its weights are damaged; train or export it again.",
                )
            )
        self.parts.append(part)
        encoded = sum(len(part.embeddings) for part in self.parts)
        if encoded == len(self.documents) and not self.answer.done():
            fields = zip(*self.parts, strict=True)
            self.answer.set_result(Encoding(*map(np.concatenate, fields)))


class _Piece(NamedTuple):
    pending: _Pending
    start: int
    stop: int


class _Room:
    """What a batch can still take."""

    def __init__(self, documents: int) -> None:
        self.documents = documents
        self.bytes = BATCH_BYTES
        self.full = False
        self.empty = True

    def take(self, size: int) -> bool:
        """Takes a document of that many bytes, if there is room for it."""
        if self.documents == 0 or (size > self.bytes and not self.empty):
            self.full = True
            return False
        self.documents -= 1
        self.bytes -= size
        self.empty = False
        return True


class Batcher:
    """Shares an engine among requests of any size.

    A batch is started as soon as the engine is free, so that a request never waits on
    an idle engine, and takes whatever has arrived meanwhile. A list that is longer than
    a batch goes to the end of the queue after each, so that a short one waits for a
    batch or two and not for the list.

    Args:
        engine: What runs a batch.
        batch_size: Most documents of a batch.
        max_queue: Most documents that wait. A request that finds the queue empty is
            taken whatever its size.
        *on_batch: Called after each batch.

    Attributes:
        queued: Documents that wait.
    """

    def __init__(
        self,
        engine: Engine,
        batch_size: int,
        max_queue: int,
        *on_batch: Callable[[BatchRun], None],
    ) -> None:
        self._engine = engine
        self._batch_size = batch_size
        self._max_queue = max_queue
        self._on_batch = on_batch
        self._queue: deque[_Pending] = deque()
        self.queued = 0
        self._worker: asyncio.Task[None] | None = None
        self._documents_per_second = 0.0

    async def encode(self, documents: Sequence[bytes]) -> Encoding:
        """Encodes documents. Whoever is cancelled meanwhile frees his place.

        Args:
            documents: UTF-8 texts, at least one.

        Returns:
            Vectors and counts, in the order of `documents`.

        Raises:
            ServiceError: If the queue is full, or a vector is not finite.
            DocumentRefused: If the model does not take one of them.
        """
        if self.queued and self.queued + len(documents) > self._max_queue:
            raise self._overloaded(len(documents))
        pending = _Pending(documents)
        self._queue.append(pending)
        self.queued += pending.waiting
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        try:
            return await pending.answer
        finally:
            self.queued -= pending.waiting
            pending.taken = len(documents)
            pending.answer.cancel()

    async def drain(self) -> None:
        """Waits until whatever was taken is answered."""
        while self._worker is not None:
            await asyncio.wait([self._worker])

    async def _work(self) -> None:
        """Runs batches until nothing waits."""
        try:
            while batch := self._next_batch():
                await self._run(batch)
        finally:
            self._worker = None

    def _next_batch(self) -> list[_Piece]:
        """Takes documents from the head of the queue; who has more goes to its end."""
        batch: list[_Piece] = []
        rest: list[_Pending] = []
        room = _Room(self._batch_size)
        while self._queue and not room.full:
            pending = self._queue.popleft()
            start = pending.taken
            while pending.waiting and room.take(len(pending.documents[pending.taken])):
                pending.taken += 1
            if pending.taken > start:
                batch.append(_Piece(pending, start, pending.taken))
                if pending.waiting:
                    rest.append(pending)
            elif pending.waiting:
                # The room ended just before this one, which stays first in line.
                self._queue.appendleft(pending)
        self.queued -= sum(stop - start for _, start, stop in batch)
        self._queue.extend(rest)
        return batch

    async def _run(self, batch: list[_Piece]) -> None:
        documents = [
            document
            for pending, start, stop in batch
            for document in pending.documents[start:stop]
        ]
        begin = time.perf_counter()
        try:
            encoding = await self._engine.encode(documents)
        except Exception as error:  # noqa: BLE001  Whatever it is, the caller is told.
            if len(batch) == 1:
                pending, start, _ = batch[0]
                if isinstance(error, DocumentRefused):
                    error = error.after(start)
                pending.fail(error)
                return
            # Only the request at fault is to fail.
            for piece in batch:
                await self._run([piece])
            return
        self._note(batch, len(documents), begin)
        embeddings, known_words, words = encoding
        place = 0
        for pending, start, stop in batch:
            end = place + stop - start
            pending.receive(
                Encoding(
                    embeddings[place:end], known_words[place:end], words[place:end]
                )
            )
            place = end

    def _note(self, batch: list[_Piece], documents: int, begin: float) -> None:
        seconds = time.perf_counter() - begin
        newest = documents / max(seconds, 1e-9)
        known = self._documents_per_second or newest
        self._documents_per_second = known + NEWEST * (newest - known)
        waits = [begin - piece.pending.arrived for piece in batch]
        contexts = [piece.pending.context for piece in batch]
        run = BatchRun(documents, seconds, waits, contexts, self.queued)
        for call in self._on_batch:
            call(run)

    def _overloaded(self, wanted: int) -> ServiceError:
        speed = self._documents_per_second or 1.0
        return ServiceError(
            Failure.QUEUE_FULL,
            f"The queue is full: {self.queued} documents wait of at most "
            f"{self._max_queue}, and {wanted} more were sent. Send them again after "
            "the seconds of `Retry-After`, or start the service with a larger "
            "KATE_MAX_QUEUE.",
            headers={"Retry-After": str(max(1, math.ceil(self.queued / speed)))},
        )
