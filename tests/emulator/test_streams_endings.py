"""How does a stream end, by itself and on demand, and does a forwarded port pass bytes on?"""

from __future__ import annotations

import asyncio

import aiohttp
import anyio
import pytest
from aiohttp import WSMsgType

from qovery_async.emulator import Fault, Faults
from qovery_async.emulator.http.connection import close_connection
from qovery_async.emulator.streams.channel import AGENT_TIMEOUTS
from qovery_async.emulator.streams.server import Close
from qovery_async.emulator.streams.sources import Pod
from tests.support.stream_world import HEADERS, SERVICE, World, ending, line, serving

pytestmark = pytest.mark.anyio

PORT = {**SERVICE, "port": "5432", "LocalPort": "1"}


class TestEndings:
    """Close codes, on demand or because the world says so."""

    @pytest.mark.parametrize(
        ("close", "code", "reason"),
        [
            (Close.normal(), 1000, ""),
            (Close.permission("no"), 1007, "no"),
            (Close.auth(), 1008, "Invalid token"),
            *[(Close.internal(reason), 1011, reason) for reason in AGENT_TIMEOUTS],
            (Close.not_found(), 1011, "NotFound"),
            (Close(4321, "ä" * 100), 4321, "ä" * 61),
        ],
    )
    async def test_the_next_stream_ends_as_planned(self, close: Close, code: int, reason: str) -> None:
        async with serving() as served:
            served.streams.close_next(close)
            async with served.open("/service/pods") as socket:
                assert await ending(socket) == (code, reason)
            async with served.open("/service/pods") as socket:
                assert (await socket.receive_json())["pods"]

    async def test_a_planned_end_comes_behind_its_frame_and_for_its_path(self) -> None:
        async with serving(World([line(number) for number in range(5)])) as served:
            served.streams.close_next(Close.internal(), "/service/logs", after=2, count=2)
            async with served.open("/service/pods") as socket:
                await socket.receive_json()
            for _ in range(2):
                async with served.open("/service/logs") as socket:
                    messages = [(await socket.receive_json())["message"] for _ in range(2)]
                    assert messages == ["line 0", "line 1"]
                    assert (await ending(socket))[0] == 1011
            assert served.world.left == 0, "a stream that never got to the news"

    async def test_plans_can_be_taken_back(self) -> None:
        async with serving() as served:
            served.streams.close_next(Close.auth(), count=9)
            served.streams.forget()
            async with served.open("/service/pods") as socket:
                await socket.receive_json()

    async def test_a_connection_can_be_lost(self) -> None:
        async with serving(World([line(0)])) as served:
            served.streams.close_next(Close.lost(), after=1)
            async with served.open("/service/logs") as socket:
                await socket.receive_json()
                assert (await ending(socket))[0] == 1006

    @pytest.mark.parametrize("close", [Close.internal("away"), Close.lost()])
    async def test_open_streams_can_be_cut_off(self, close: Close) -> None:
        async with (
            serving() as served,
            served.open("/service/pods") as pods,
            served.open("/service/logs") as logs,
        ):
            await pods.receive_json()
            assert await served.streams.hang_up(close, "/service/l*") == 1
            assert (await ending(logs))[0] == close.code
            assert [channel.request.path for channel in served.streams.open] == ["/service/pods"]

    async def test_the_world_may_end_a_stream(self) -> None:
        async with serving() as served, served.open("/cluster/status") as socket:
            served.world.news.put_nowait(Close.not_found())
            assert await ending(socket) == (1011, "NotFound")

    async def test_a_bug_is_logged_and_ends_the_stream(self, caplog: pytest.LogCaptureFixture) -> None:
        async with serving() as served, served.open("/service/status") as socket:
            served.world.news.put_nowait(ZeroDivisionError())
            assert (await ending(socket))[0] == 1011
        assert "/service/status" in caplog.text

    async def test_streams_end_with_the_server(self) -> None:
        with anyio.fail_after(5):
            async with aiohttp.ClientSession() as session:
                async with serving() as served:
                    url = f"http://127.0.0.1:{served.port}/service/pods"
                    socket = await session.ws_connect(url, params=SERVICE, headers=HEADERS)
                    await socket.receive_json()
                    waiting = asyncio.create_task(ending(socket))
                    await asyncio.sleep(0)
                assert (await waiting)[0] == 1001

    async def test_faults_strike_the_handshake_and_nothing_after(self) -> None:
        faults = Faults()
        faults.add(Fault.status(503), count=1)
        late = faults.add(Fault.truncated())
        async with serving(None, faults.middleware) as served:
            with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
                await served.open("/service/pods")
            async with served.open("/service/pods") as socket:
                assert (await socket.receive_json())["pods"]
        assert late.inflicted == 0

    async def test_pings_are_answered(self) -> None:
        async with serving() as served, served.open("/service/pods", autoping=False) as socket:
            await socket.receive_json()
            await socket.ping(b"there?")
            pong = await socket.receive()
            assert (pong.type, bytes(pong.data)) == (WSMsgType.PONG, b"there?")


class TestPortForward:
    """Bytes go in and come back."""

    async def test_returns_every_byte_whatever_the_frames(self) -> None:
        data = bytes(range(256)) * 300
        async with serving() as served, served.open("/shell/portforward", PORT) as socket:
            await socket.send_bytes(data)
            await socket.send_bytes(b"end")
            back, frames = b"", 0
            while len(back) < len(data) + 3:
                back += await socket.receive_bytes()
                frames += 1
            assert back == data + b"end"
            assert frames > 2

    async def test_each_connection_is_its_own(self) -> None:
        async with (
            serving() as served,
            served.open("/shell/portforward", PORT) as one,
            served.open("/shell/portforward", PORT) as other,
        ):
            await one.send_bytes(b"1")
            await other.send_bytes(b"2")
            assert (await one.receive_bytes(), await other.receive_bytes()) == (b"1", b"2")

    @pytest.mark.parametrize(
        ("running", "reason"), [([], AGENT_TIMEOUTS[1]), ([Pod("pod-1", (80,))], AGENT_TIMEOUTS[2])]
    )
    async def test_fails_where_nobody_listens(self, running: list[Pod], reason: str) -> None:
        async with (
            serving(World(running=running)) as served,
            served.open("/shell/portforward", PORT) as socket,
        ):
            assert await ending(socket) == (1011, reason)

    async def test_is_cut_off_on_demand(self) -> None:
        async with serving() as served:
            served.streams.close_next(Close.lost(), "/shell/*", after=1)
            async with served.open("/shell/portforward", PORT) as socket:
                await socket.send_bytes(b"x")
                assert await socket.receive_bytes() == b"x"
                assert (await ending(socket))[0] == 1006


async def test_a_reset_of_a_connection_that_the_client_has_closed_is_no_error() -> None:
    server = await asyncio.start_server(lambda _, accepted: accepted.close(), "127.0.0.1")
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        transport = writer.transport
        assert isinstance(transport, asyncio.Transport)
        transport.abort()
        await asyncio.sleep(0)  # the loop closes the socket in its next turn
        close_connection(transport, reset=True)
