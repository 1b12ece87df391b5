"""The queue in front of an engine: shared, fair, bounded, and never stuck."""

import asyncio

import numpy as np
import pytest

from serving import batcher as module
from serving.batcher import Batcher
from serving.engine import Encoding
from serving.errors import Failure, ServiceError


class SlowEngine:
    """Encodes a text as its length, once it is let; notes its batches."""

    def __init__(self):
        self.batches = []
        self.free = asyncio.Event()
        self.free.set()

    async def encode(self, documents):
        self.batches.append(list(documents))
        await self.free.wait()
        await asyncio.sleep(0)
        if b"bad" in documents:
            raise ValueError("bad")
        lengths = np.array([[len(text)] for text in documents], np.float32)
        lengths[[text == b"nan" for text in documents]] = np.nan
        counts = np.arange(len(documents))
        return Encoding(lengths, counts, counts)


def lengths(encoding):
    return encoding.embeddings[:, 0].tolist()


def texts(*sizes):
    return [b"x" * size for size in sizes]


async def settled():
    """Lets every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


def run(test, batch_size=4, max_queue=100):
    """Runs a test with an engine and its batcher."""

    async def whole():
        engine = SlowEngine()
        batches = []
        batcher = Batcher(engine, batch_size, max_queue, batches.append)
        await test(engine, batcher)
        assert batcher.queued == 0
        assert sum(b.documents for b in batches) <= sum(map(len, engine.batches))
        await asyncio.wait_for(batcher.drain(), 5)

    asyncio.run(whole())


@pytest.mark.parametrize("count", [1, 3, 4, 5, 8, 9, 50])
def test_a_list_of_any_length_comes_back_whole_and_in_order(count):
    async def test(engine, batcher):
        found = await batcher.encode(texts(*range(count)))
        assert lengths(found) == list(range(count))
        assert found.embeddings.shape == (count, 1)
        assert [len(batch) for batch in engine.batches] == [4] * (count // 4) + (
            [count % 4] if count % 4 else []
        )

    run(test)


def test_what_arrives_while_the_engine_works_shares_the_next_batch():
    async def test(engine, batcher):
        engine.free.clear()
        first = asyncio.create_task(batcher.encode(texts(1)))
        await settled()
        others = [asyncio.create_task(batcher.encode(texts(i))) for i in (2, 3, 4)]
        await settled()
        assert batcher.queued == 3
        engine.free.set()
        found = await asyncio.gather(first, *others)
        assert [lengths(f) for f in found] == [[1], [2], [3], [4]]
        assert engine.batches == [texts(1), texts(2, 3, 4)]

    run(test)


def test_an_idle_engine_is_not_waited_for():
    async def test(engine, batcher):
        engine.free.clear()
        task = asyncio.create_task(batcher.encode(texts(1)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert engine.batches == [texts(1)]
        engine.free.set()
        await task

    run(test)


def test_a_short_list_waits_for_a_batch_and_not_for_a_long_list():
    async def test(engine, batcher):
        engine.free.clear()
        long = asyncio.create_task(batcher.encode(texts(*[9] * 20)))
        await settled()
        short = asyncio.create_task(batcher.encode(texts(1, 2)))
        await settled()
        engine.free.set()
        assert lengths(await short) == [1, 2]
        assert not long.done()
        assert len(await long) == 3
        # The first went before the short one came; the long list had been in line.
        assert [b"x" in batch for batch in engine.batches].index(True) <= 2

    run(test)


def test_lists_take_turns():
    async def test(engine, batcher):
        found = await asyncio.gather(
            batcher.encode(texts(*[1] * 10)), batcher.encode(texts(*[2] * 10))
        )
        assert [set(lengths(f)) for f in found] == [{1.0}, {2.0}]
        kinds = [sorted({len(text) for text in batch}) for batch in engine.batches]
        assert kinds == [[1], [2], [1], [2], [1, 2]]

    run(test)


def test_a_batch_ends_at_its_bytes_and_a_longer_text_has_one_to_itself(monkeypatch):
    monkeypatch.setattr(module, "BATCH_BYTES", 10)

    async def test(engine, batcher):
        found = await asyncio.gather(
            batcher.encode(texts(6, 4, 1)), batcher.encode(texts(50, 3))
        )
        assert [lengths(f) for f in found] == [[6, 4, 1], [50, 3]]
        sizes = [[len(text) for text in batch] for batch in engine.batches]
        assert sizes == [[6, 4], [50], [1, 3]]

    run(test)


def test_a_full_queue_refuses_one_text_as_it_does_a_list():
    async def test(engine, batcher):
        engine.free.clear()
        running = asyncio.create_task(batcher.encode(texts(1, 1, 1, 1)))
        await settled()
        waiting = asyncio.create_task(batcher.encode(texts(1, 1)))
        last = asyncio.create_task(batcher.encode(texts(1)))
        await settled()
        assert batcher.queued == 3
        for documents in (texts(1), texts(1, 1)):
            with pytest.raises(ServiceError) as caught:
                await batcher.encode(documents)
            assert caught.value.failure is Failure.QUEUE_FULL
            assert "3 documents wait of at most 3" in caught.value.message
            assert int(caught.value.headers["Retry-After"]) >= 1
        engine.free.set()
        assert len(lengths(await last)) == 1
        await asyncio.gather(running, waiting)
        assert lengths(await batcher.encode(texts(7))) == [7]

    run(test, max_queue=3)


def test_a_list_longer_than_the_queue_is_taken_where_nobody_waits():
    async def test(_, batcher):
        assert len(lengths(await batcher.encode(texts(*[1] * 9)))) == 9

    run(test, max_queue=3)


def test_whoever_is_out_of_time_is_told_and_frees_his_place():
    async def test(engine, batcher):
        engine.free.clear()
        first = asyncio.create_task(batcher.encode(texts(1)))
        await settled()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await batcher.encode(texts(2, 2))
        assert batcher.queued == 0
        engine.free.set()
        await first
        await settled()
        assert engine.batches == [texts(1)]

    run(test)


def test_whoever_hangs_up_in_the_middle_frees_his_place():
    async def test(engine, batcher):
        engine.free.clear()
        gone = asyncio.create_task(batcher.encode(texts(*[1] * 10)))
        await settled()
        assert batcher.queued == 6
        gone.cancel()
        await settled()
        assert batcher.queued == 0
        other = asyncio.create_task(batcher.encode(texts(5)))
        engine.free.set()
        assert lengths(await other) == [5]
        assert engine.batches == [texts(1, 1, 1, 1), texts(5)]

    run(test)


def test_only_the_request_at_fault_fails():
    async def test(engine, batcher):
        engine.free.clear()
        first = asyncio.create_task(batcher.encode(texts(1)))
        await settled()
        tasks = [
            asyncio.create_task(batcher.encode(documents))
            for documents in (texts(2), [b"bad"], texts(3))
        ]
        await settled()
        engine.free.set()
        good, bad, also_good = await asyncio.gather(*tasks, return_exceptions=True)
        await first
        assert lengths(good) == [2]
        assert lengths(also_good) == [3]
        assert isinstance(bad, ValueError)
        # The engine goes on.
        assert lengths(await batcher.encode(texts(4))) == [4]

    run(test)


def test_only_the_request_with_a_vector_that_is_not_finite_fails():
    async def test(_, batcher):
        found = await asyncio.gather(
            batcher.encode(texts(2)),
            batcher.encode([b"fine", b"nan"]),
            return_exceptions=True,
        )
        assert lengths(found[0]) == [2]
        assert found[1].failure is Failure.NON_FINITE_VECTOR

    run(test)


def test_draining_waits_for_what_was_taken():
    async def test(engine, batcher):
        engine.free.clear()
        task = asyncio.create_task(batcher.encode(texts(*range(9))))
        await settled()
        draining = asyncio.create_task(batcher.drain())
        await settled()
        assert not draining.done()
        engine.free.set()
        await draining
        assert lengths(await task) == list(range(9))

    run(test)


def test_batches_are_told_with_their_waits():
    async def whole():
        told = []
        batcher = Batcher(SlowEngine(), 4, 10, told.append)
        await asyncio.gather(batcher.encode(texts(1, 2)), batcher.encode(texts(3)))
        assert [batch.documents for batch in told] == [3]
        assert len(told[0].waits) == 2
        assert all(wait >= 0 for wait in [*told[0].waits, told[0].seconds])

    asyncio.run(whole())
