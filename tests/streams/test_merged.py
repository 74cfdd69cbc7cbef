"""Several streams at once, over real connections, in both faces."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import Any

import anyio
import pytest

from qovery_async import AsyncQovery, Unauthorized
from qovery_async.errors import ConfigurationError
from qovery_async.streams import merging
from qovery_async.streams.merged import Merged
from tests.streams.conftest import AT_ONCE, ReadStream
from tests.support.pushing import IDS, Peer, line, logs, pushing, staying
from tests.support.server import TOKEN, in_thread
from tests.support.stream_world import soon

pytestmark = pytest.mark.anyio


def several(client: Any, names: str = "ab", **options: Any) -> Any:
    streams = client.streams
    return streams.merge({name: streams.service_logs(name, **IDS) for name in names}, **options)


def service(peer: Peer) -> str:
    return peer.query["service"]


async def turns(peer: Peer) -> None:
    """Service `a` has the even lines, `b` the odd ones."""
    for number in range(0, 200, 2):
        await peer.send(line(number + "ab".index(service(peer))))
    await peer.close(1000)


async def test_lines_come_in_the_order_of_time_each_with_its_key(read: ReadStream) -> None:
    async with pushing(turns) as server:
        found = await read(server, several)
    assert [(key, item.message) for key, item in found] == [("ab"[n % 2], f"line {n}") for n in range(200)]


async def test_a_quiet_stream_does_not_hold_back_the_others(read: ReadStream) -> None:
    async def serve(peer: Peer) -> None:
        if service(peer) == "a":
            await peer.send(line(1))

    async with pushing(serve) as server:
        assert [key for key, _ in await read(server, lambda client: several(client, window=0.05), 1)] == ["a"]


async def test_connections_that_are_lost_lose_and_double_nothing(read: ReadStream) -> None:
    async def serve(peer: Peer) -> None:
        begin = int(peer.query.get("start") or 0) // 1_000_000
        lines = [entry for entry in map(line, range(100)) if entry["created_at"] >= begin]
        opened = sum(service(other) == service(peer) for other in server.peers)
        for entry in lines:
            if opened < 4 and entry["message"] == f"line {20 * opened}":
                peer.cut()
                return
            await peer.send(entry)
        await peer.close(1000)

    async with pushing(serve) as server:
        found = await read(server, lambda client: several(client, "abc"))
    for name in "abc":
        assert [item.message for key, item in found if key == name] == [f"line {n}" for n in range(100)]
    assert len(server.peers) == 12


async def failing(peer: Peer) -> None:
    """Service `a` is refused after a line, `b` goes on."""
    await peer.send(line(0))
    if service(peer) == "a":
        await peer.close(1008, "no")
    else:
        await asyncio.sleep(0.05)
        await peer.send(line(1))
        await peer.close(1000)


class TestFailures:
    """One of the streams fails."""

    async def test_raise_once_all_is_given_that_came_before(self) -> None:
        found: list[Any] = []
        async with pushing(failing) as server:
            async with AsyncQovery(TOKEN, **server.options) as client:

                async def collect() -> None:
                    async for key, _ in several(client):
                        found.append(key)

                with pytest.raises(Unauthorized, match="no"):
                    await collect()
            with anyio.fail_after(5):
                await asyncio.gather(*(peer.left.wait() for peer in server.peers))
        assert "a" in found

    async def test_raise_in_both_faces(self, read: ReadStream) -> None:
        async with pushing(failing) as server:
            with pytest.raises(Unauthorized):
                await read(server, several)

    async def test_can_be_skipped(self, read: ReadStream, caplog: pytest.LogCaptureFixture) -> None:
        kept: list[Any] = []

        def opened(client: Any) -> Any:
            kept.append(several(client, on_error="skip"))
            return kept[0]

        async with pushing(failing) as server:
            found = await read(server, opened)
        assert sorted(key for key, _ in found) == ["a", "b", "b"]
        assert {key: type(error) for key, error in kept[0].failures.items()} == {"a": Unauthorized}
        assert ["the others go on" in record.message for record in caplog.records] == [True]


class TestEnd:
    """Leaving closes every connection."""

    async def test_a_loop_that_is_cancelled_twice_closes_all(self) -> None:
        """As by a deadline around a task that is being cancelled."""

        async def serve(peer: Peer) -> None:
            await peer.send(line(0))

        async with pushing(serve) as server, AsyncQovery(TOKEN, **server.options) as client:

            async def follow() -> None:
                async for _ in several(client, "abcde", window=0):
                    began.set()

            began = asyncio.Event()
            following = asyncio.create_task(follow())
            await began.wait()
            following.cancel()
            await asyncio.sleep(0)
            following.cancel()
            await asyncio.wait([following])
            with anyio.fail_after(5):
                await asyncio.gather(*(peer.left.wait() for peer in server.peers))

    @pytest.mark.parametrize("opening", [several, logs])
    def test_closing_does_not_wait_for_a_loop_that_stands_still(self, opening: Any) -> None:
        """As that of the parent stands still in a process that was forked."""

        async def serve(peer: Peer) -> None:
            await peer.send(line(0))

        async def close() -> None:
            with anyio.fail_after(5):
                await stream.close()

        with in_thread(pushing(serve)) as server, closing(asyncio.new_event_loop()) as loop:
            client = AsyncQovery(TOKEN, **server.options)
            stream = opening(client)
            pages = stream.pages()
            assert loop.run_until_complete(anext(pages))
            asyncio.run(close())
            loop.run_until_complete(pages.aclose())
            loop.run_until_complete(client.aclose())

    async def test_leaving_the_loop_closes_all(self, read: ReadStream) -> None:
        async def serve(peer: Peer) -> None:
            await peer.send(line(0))

        async with pushing(serve) as server:
            await read(server, lambda client: several(client, "abcde"), 3)
            with anyio.fail_after(5):
                await asyncio.gather(*(peer.left.wait() for peer in server.peers))
            assert len(server.peers) == 5

    async def test_closing_from_elsewhere_ends_the_loop(self) -> None:
        async def serve(peer: Peer) -> None:
            await peer.send(line(0))

        async with pushing(serve) as server, AsyncQovery(TOKEN, **server.options) as client:
            both = several(client)
            with anyio.fail_after(5):
                async for _ in both:
                    closing = asyncio.create_task(both.close())
                await closing
                await asyncio.gather(*(peer.left.wait() for peer in server.peers))

    async def test_closing_while_the_streams_are_looked_up_ends_the_loop(self) -> None:
        async with pushing(staying) as server, AsyncQovery(TOKEN, **server.options) as client:

            async def streams() -> dict[str, Any]:
                await closed.wait()
                return {"a": logs(client)}

            closed = asyncio.Event()
            merged = Merged(client._core, streams, 1.0, "raise")
            with anyio.fail_after(5):
                first = asyncio.ensure_future(anext(merged.pages(), None))
                await asyncio.sleep(0)
                await merged.close()
                closed.set()
                assert await first is None

    async def test_no_streams_end_at_once(self, read: ReadStream) -> None:
        async with pushing(turns) as server:
            assert await read(server, lambda client: several(client, "")) == []


async def test_a_slow_reader_makes_the_servers_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is bounded: the connections are read no further."""
    monkeypatch.setattr(merging, "ITEMS", 50)
    sent = dict.fromkeys("ab", 0)

    async def serve(peer: Peer) -> None:
        for number in range(20_000):
            await peer.send(line(number, message="x" * 2_000))
            sent[service(peer)] += 1

    async with pushing(serve) as server, AsyncQovery(TOKEN, **server.options) as client:
        with anyio.fail_after(20):
            async with several(client) as both:
                async for _ in both:
                    await soon(lambda: all(sent.values()))
                    before: dict[str, int] = {}
                    while before != sent:
                        before = {**sent}
                        await asyncio.sleep(0.3)
                    assert max(sent.values()) < 20_000
                    break


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"window": -1}, "window must be a number of seconds, 0 or more, got -1"),
        ({"window": True}, "window must be"),
        ({"window": float("inf")}, "window must be"),
        ({"on_error": "ignore"}, "on_error must be 'raise' or 'skip', got 'ignore'"),
    ],
)
async def test_options_are_checked(wrong: Any, message: str) -> None:
    async with AsyncQovery(TOKEN) as client:
        with pytest.raises(ConfigurationError, match=message):
            client.streams.merge({}, **wrong)


@pytest.mark.parametrize("wrong", [None, "ab", ["ab"], {"a": "b"}, {"a": None}])
async def test_what_is_no_stream_is_refused(wrong: Any) -> None:
    async with AsyncQovery(TOKEN, retries=AT_ONCE) as client:
        with pytest.raises(ConfigurationError, match="streams must be a mapping of keys to streams"):
            client.streams.merge(wrong)
