"""Where do the forwarded ports of the emulator lead?"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import WSMsgType

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator
from qovery_async.emulator.http.connection import close_connection
from qovery_async.emulator.streams.channel import AGENT_TIMEOUTS
from tests.support.stream_world import SERVICE, World, ending, serving

pytestmark = pytest.mark.anyio

PATH = "/shell/portforward"
PORT = {**SERVICE, "port": "5432"}

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def database(talk: Talk) -> AsyncGenerator[int]:
    """A server on this machine; yields its port."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        port: int = server.sockets[0].getsockname()[1]
        yield port


async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sends what comes back in capitals, and ends after a line break."""
    while (data := await reader.read(2**16)) and b"\n" not in data:
        writer.write(data.upper())
    writer.close()


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    close_connection(writer.transport, reset=True)


async def test_one_that_is_attached_leads_to_a_server() -> None:
    async with database(shout) as port, serving() as served:
        served.streams.ports.attach("s1", 5432, port)
        async with served.open(PATH, PORT) as socket:
            await socket.send_bytes(b"select")
            assert await socket.receive_bytes() == b"SELECT"
            await socket.send_bytes(b"\n")
            assert await ending(socket) == (1000, "")
        async with served.open(PATH, {**PORT, "port": "80"}) as socket:
            await socket.send_bytes(b"others echo")
            assert await socket.receive_bytes() == b"others echo"
        served.streams.ports.detach("s1", 5432)
        async with served.open(PATH, PORT) as socket:
            await socket.send_bytes(b"echo")
            assert await socket.receive_bytes() == b"echo"


async def test_one_may_be_attached_that_the_service_does_not_declare() -> None:
    async with database(shout) as port, serving() as served:
        served.streams.ports.attach("s1", 9999, port)
        async with served.open(PATH, {**PORT, "port": "9999"}) as socket:
            await socket.send_bytes(b"a")
            assert await socket.receive_bytes() == b"A"


async def test_a_server_that_refuses_is_a_timeout_of_the_agent() -> None:
    async with serving() as served:
        served.streams.ports.attach("s1", 5432, 9)
        async with served.open(PATH, PORT) as socket:
            assert await ending(socket) == (1011, AGENT_TIMEOUTS[2])


async def test_a_server_that_breaks_the_connection_is_an_error() -> None:
    async with database(reset) as port, serving() as served:
        served.streams.ports.attach("s1", 5432, port)
        async with served.open(PATH, PORT) as socket:
            await socket.send_bytes(b"x")
            assert await ending(socket) == (1011, "Connection closed by the pod")


async def test_a_service_without_pods_leads_nowhere() -> None:
    async with database(shout) as port, serving(World(running=[])) as served:
        served.streams.ports.attach("s1", 5432, port)
        async with served.open(PATH, PORT) as socket:
            assert await ending(socket) == (1011, AGENT_TIMEOUTS[1])


async def test_a_client_that_leaves_ends_the_connection_to_the_server() -> None:
    ended = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        ended.set()
        writer.close()

    async with database(wait) as port, serving() as served:
        served.streams.ports.attach("s1", 5432, port)
        async with served.open(PATH, PORT) as socket:
            await socket.send_bytes(b"x")
        await asyncio.wait_for(ended.wait(), 5)


@pytest.mark.parametrize("largest", [64 * 1024, 8 * 2**20])
async def test_frames_of_8_mib_go_in_and_come_back(largest: int) -> None:
    data = os.urandom(8 * 2**20)
    async with serving() as served:
        served.streams.ports.largest = largest
        async with served.session.ws_connect(
            f"http://127.0.0.1:{served.port}{PATH}",
            params=PORT,
            headers={"Authorization": "Token qov_good"},
            max_msg_size=2**26,
        ) as socket:
            await socket.send_bytes(data)
            frames = []
            while sum(map(len, frames)) < len(data):
                message = await socket.receive()
                assert message.type is WSMsgType.BINARY
                frames.append(message.data)
            assert b"".join(frames) == data
            assert [len(frame) for frame in frames] == [largest] * (len(data) // largest)


async def test_that_of_a_database_is_open() -> None:
    async with (
        Emulator(world="demo") as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url, ws_url=emulator.ws_url) as client,
    ):
        orders = await client.find.service("shop/production/orders")
        pods = await client.streams.service_pods(orders.id)
        assert pods.pods[0].ports == [5432]
