"""On which session do streams run, and in which loop?"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from qovery_async import AsyncQovery
from qovery_sync import Qovery
from tests.support.pushing import Pusher, line, logs, pushing, sending, staying
from tests.support.server import TOKEN, in_thread


@pytest.mark.anyio
async def test_a_session_of_the_user_carries_streams_and_stays_open() -> None:
    started: list[Any] = []
    trace = aiohttp.TraceConfig()

    async def note(_: object, __: object, params: Any) -> None:
        started.append(params.url)

    trace.on_request_start.append(note)
    async with (
        pushing(staying) as server,
        aiohttp.ClientSession(headers={"X-Mine": "1"}, trace_configs=[trace]) as session,
    ):
        async with AsyncQovery(TOKEN, session=session, **server.options) as client:
            async for each in logs(client):
                assert each.message == "line 0"
                break
        assert not session.closed
    assert server.handshakes[0].headers["X-Mine"] == "1"
    assert len(started) == 1


async def read(client: AsyncQovery) -> list[str]:
    return [each.message async for each in logs(client)]


def test_a_client_streams_in_one_loop_after_another() -> None:
    with in_thread(pushing(sending(line(0)))) as server:
        client = AsyncQovery(TOKEN, **server.options)
        assert asyncio.run(read(client)) == ["line 0"]
        assert asyncio.run(read(client)) == ["line 0"]
        asyncio.run(client.aclose())


def test_a_loop_that_ends_closes_a_stream_that_is_left_open() -> None:
    async def begin(client: AsyncQovery) -> None:
        stream = aiter(logs(client))
        assert (await anext(stream)).message == "line 0"

    def left(server: Pusher) -> bool:
        return server.peers[0].left.is_set()

    with in_thread(pushing(staying)) as server:
        asyncio.run(begin(AsyncQovery(TOKEN, **server.options)))
        for _ in range(100):
            if left(server):
                break
            asyncio.run(asyncio.sleep(0.02))
        assert left(server)


def test_threads_share_a_blocking_client() -> None:
    lines = [f"line {number}" for number in range(50)]
    frames = [line(number) for number in range(50)]
    with in_thread(pushing(sending(*frames))) as server, Qovery(TOKEN, **server.options) as client:

        def found() -> list[str]:
            return [each.message for each in logs(client)]

        async def at_once() -> list[list[str]]:
            return await asyncio.gather(*(asyncio.to_thread(found) for _ in range(4)))

        assert asyncio.run(at_once()) == [lines] * 4
