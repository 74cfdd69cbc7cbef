"""Do outcomes come as their calls end, and no faster than they are taken?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from qovery_async import AsyncQovery
from qovery_sync import Qovery
from tests.support.busy import IDS, Api
from tests.support.server import SECONDS, TOKEN, in_thread, serve

pytestmark = pytest.mark.anyio


class TestStream:
    async def test_outcomes_come_as_calls_end(self) -> None:
        async def wait(seconds: float) -> float:
            await asyncio.sleep(seconds)
            return seconds

        async with AsyncQovery(TOKEN) as client:
            ended = [outcome.result async for outcome in client.bulk.stream(wait, [0.05, 0.0, 0.02])]
        assert ended == [0.0, 0.02, 0.05]

    async def test_no_item_is_taken_before_there_is_room_for_it(self) -> None:
        taken = 0

        async def items() -> AsyncIterator[int]:
            nonlocal taken
            while True:  # endless
                taken += 1
                yield taken

        async def call(item: int) -> int:
            await asyncio.sleep(0)
            return item

        async with AsyncQovery(TOKEN) as client:
            seen = 0
            stream = client.bulk.stream(call, items(), concurrency=4)
            async for _ in stream:
                seen += 1
                await asyncio.sleep(0.001)
                assert taken <= seen + 4
                if seen == 50:
                    break

    async def test_leaving_it_cancels_the_calls_under_way(self) -> None:
        ended: list[str] = []

        async def call(item: int) -> int:
            try:
                await asyncio.sleep(0 if item == 0 else SECONDS)
            finally:
                ended.append(f"call {item}")
            return item

        async with AsyncQovery(TOKEN) as client:
            stream = client.bulk.stream(call, range(4))
            assert (await anext(stream)).item == 0
            await stream.aclose()
        assert sorted(ended) == ["call 0", "call 1", "call 2", "call 3"]

    async def test_what_the_items_raise_ends_it_at_once(self) -> None:
        cancelled: list[int] = []

        async def call(item: int) -> None:
            try:
                await asyncio.Event().wait()  # for ever
            finally:
                cancelled.append(item)

        async def broken() -> AsyncIterator[int]:
            yield 0
            await asyncio.sleep(0.01)
            raise LookupError("no more")

        async with AsyncQovery(TOKEN) as client:
            with pytest.raises(LookupError, match="no more"):
                await client.bulk.map(call, broken())
        assert cancelled == [0]

    async def test_a_cancelled_task_leaves_no_call_behind(self) -> None:
        running: set[int] = set()

        async def call(item: int) -> None:
            running.add(item)
            try:
                await asyncio.sleep(SECONDS)
            finally:
                running.discard(item)

        async with AsyncQovery(TOKEN) as client:
            task = asyncio.ensure_future(client.bulk.map(call, range(100), concurrency=8))
            while len(running) < 8:
                await asyncio.sleep(0.001)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert running == set()

    def test_the_blocking_face_takes_items_and_gives_outcomes_in_the_callers_thread(self) -> None:
        here = threading.current_thread().name
        threads: list[str] = []

        def items() -> Iterator[str]:
            for name in IDS[:5]:
                threads.append(threading.current_thread().name)
                yield name

        with in_thread(serve(Api())) as server, Qovery(TOKEN, base_url=server.url) as client:
            ended = {outcome.item: outcome.result.name for outcome in client.bulk.stream(client.projects.get, items())}
        assert ended == {name: name for name in IDS[:5]}
        assert set(threads) == {here}
