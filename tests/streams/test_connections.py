"""How is a stream kept, and how does it end? With a real server on loopback."""

from __future__ import annotations

import asyncio
import gc

import anyio
import pytest

from qovery_async import (
    NO_RETRIES,
    AsyncQovery,
    Forbidden,
    ResponseTooLarge,
    StreamClosed,
    TransportError,
    Unauthorized,
)
from qovery_async.transport import websocket
from tests.streams.conftest import AT_ONCE, ReadStream
from tests.support.pushing import Peer, line, logs, pushing, sending, staying
from tests.support.server import TOKEN, serve

pytestmark = pytest.mark.anyio


class TestConnections:
    @pytest.mark.parametrize(("code", "error"), [(1007, Forbidden), (1008, Unauthorized)])
    async def test_that_are_denied_raise(self, read: ReadStream, code: int, error: type[Exception]) -> None:
        async with pushing(sending(line(0), code=code, reason=f"no, {TOKEN}")) as server:
            with pytest.raises(error, match=r"no, \*\*\*"):
                await read(server, logs)
        assert len(server.handshakes) == 1

    async def test_with_a_token_that_expired_go_on_with_another(self, read: ReadStream) -> None:
        tokens = iter(["old", "new"])
        async with pushing(sending(line(0), code=1008), sending(line(0), line(1))) as server:
            found = await read(server, logs, token=lambda: next(tokens))
        assert [each.message for each in found] == ["line 0", "line 1"]
        assert [handshake.headers["Authorization"] for handshake in server.handshakes] == ["Token old", "Token new"]

    async def test_without_data_end(self, read: ReadStream) -> None:
        async with pushing(sending(code=1011, reason="NotFound")) as server:
            assert await read(server, logs) == []

    async def test_are_not_opened_again_without_retries(self, read: ReadStream) -> None:
        async with pushing(sending(line(0), code=1011, reason="agent")) as server:
            with pytest.raises(
                StreamClosed, match=r"the connection was closed by the server with 1011 \(agent\)"
            ) as raised:
                await read(server, logs, retries=NO_RETRIES)
        assert (raised.value.code, raised.value.reason) == (1011, "agent")
        assert len(server.handshakes) == 1

    async def test_that_fall_silent_are_opened_again(self, read: ReadStream, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither pongs nor frames: pings find out."""
        monkeypatch.setattr(websocket, "PING_EVERY", 0.2)

        async def silent(peer: Peer) -> None:
            await peer.send(line(0))
            await peer.stall()

        async with pushing(silent, sending(line(0), line(1))) as server:
            found = await read(server, logs)
        assert [each.message for each in found] == ["line 0", "line 1"]

    async def test_that_only_answer_pings_stay(self, read: ReadStream, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(websocket, "PING_EVERY", 0.1)

        async def slow(peer: Peer) -> None:
            await asyncio.sleep(0.6)
            await peer.send(line(0))

        async with pushing(slow) as server:
            assert len(await read(server, logs, 1)) == 1
        assert len(server.handshakes) == 1

    async def test_with_a_frame_that_is_too_large_raise(self, read: ReadStream) -> None:
        async with pushing(sending(line(0, message="x" * 5000))) as server:
            with pytest.raises(ResponseTooLarge, match="a frame is larger than the client's max_response_bytes"):
                await read(server, logs, max_response_bytes=1000)
        assert len(server.handshakes) == 1

    async def test_are_closed_when_the_loop_is_left(self, read: ReadStream) -> None:
        async with pushing(staying) as server:
            assert len(await read(server, logs, 1)) == 1
            with anyio.fail_after(1):
                await server.peers[0].left.wait()
            assert server.peers[0].close_code == 1000

    async def test_are_closed_with_the_loop_even_without_a_block(self) -> None:
        async with pushing(staying) as server, AsyncQovery(TOKEN, **server.options) as client:
            async for _ in logs(client):
                break
            with anyio.fail_after(1):
                await server.peers[0].left.wait()

    async def test_end_when_the_stream_is_closed_elsewhere(self) -> None:
        async with pushing(staying) as server, AsyncQovery(TOKEN, **server.options) as client:
            stream = logs(client)

            async def close() -> None:
                await asyncio.sleep(0.1)
                await stream.close()

            with anyio.fail_after(5):
                async with asyncio.TaskGroup() as group:
                    group.create_task(close())
                    assert [each.message async for each in stream] == ["line 0"]

    async def test_end_when_the_stream_is_closed_before_they_are_opened(self) -> None:
        """Whatever the loop has just done: nobody waits for ever."""
        async with pushing(staying) as server, AsyncQovery(TOKEN, **server.options) as client:
            for steps in range(1, 8):
                stream = logs(client)
                with anyio.fail_after(5):
                    first = asyncio.ensure_future(anext(stream.pages(), None))
                    for _ in range(steps):
                        await asyncio.sleep(0)
                    await stream.close()
                    assert await first is None

    async def test_end_with_an_error_when_the_client_is_closed(self) -> None:
        async with pushing(staying) as server, AsyncQovery(TOKEN, retries=AT_ONCE, **server.options) as client:
            lines = aiter(logs(client))
            await anext(lines)
            await client.aclose()
            with anyio.fail_after(5), pytest.raises(TransportError, match="the client was closed"):
                await anext(lines)
            assert len(server.handshakes) == 1

    async def test_end_with_an_error_however_early_the_client_is_closed(self) -> None:
        """Also between the response and the open WebSocket."""

        async def read(client: AsyncQovery) -> None:
            async for _ in logs(client):
                pass

        async with pushing(staying) as server:
            for steps in range(1, 50):
                async with AsyncQovery(TOKEN, retries=AT_ONCE, **server.options) as client:
                    reading = asyncio.create_task(read(client))
                    for _ in range(steps):
                        await asyncio.sleep(0)
                    await client.aclose()
                    with anyio.fail_after(5), pytest.raises(TransportError, match="the client was closed"):
                        await reading

    async def test_end_when_the_task_is_cancelled(self) -> None:
        async with pushing(staying) as server, AsyncQovery(TOKEN, **server.options) as client:
            with anyio.CancelScope() as scope:
                async for _ in logs(client):
                    asyncio.get_running_loop().call_later(0.05, scope.cancel)
            with anyio.fail_after(1):
                await server.peers[0].left.wait()

    async def test_do_not_fill_the_pool_of_requests(self) -> None:
        """Aiohttp's pool has a hundred connections; streams have their own."""
        async with pushing(staying) as server, serve() as api:
            options = {**server.options, "base_url": api.url}
            async with AsyncQovery(TOKEN, **options) as client:
                streams = [aiter(logs(client)) for _ in range(120)]
                with anyio.fail_after(10):
                    await asyncio.gather(*(anext(stream) for stream in streams))
                    await client.organizations.list()
                    await asyncio.gather(*(stream.aclose() for stream in streams))

    async def test_leave_nothing_behind(self) -> None:
        async with pushing(sending(line(0), code=1011)) as server:
            async with AsyncQovery(TOKEN, retries=NO_RETRIES, **server.options) as client:
                for _ in range(20):
                    with pytest.raises(StreamClosed):
                        async for _ in logs(client):
                            pass
            await asyncio.sleep(0)
        gc.collect()
        assert [task for task in asyncio.all_tasks() if "Feed" in repr(task)] == []
