"""A WebSocket server that does to each forwarded connection what a test says, and programs that connect to the port."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import socket
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import attrs
from aiohttp import WSMsgType, web

from qovery_async.emulator.http.connection import close_connection
from tests.support.pushing import IDS, QUICK
from tests.support.server import close

WHERE: dict[str, Any] = {**IDS, "service_type": "DATABASE"}
"""The ids that a port of a service needs beside its own."""


@attrs.define(eq=False)
class Pod:
    """One forwarded connection, as the server sees it."""

    request: web.Request
    socket: web.WebSocketResponse
    over: asyncio.Event = attrs.Factory(asyncio.Event)
    """Set once the connection has ended."""

    async def left(self) -> None:
        """Waits until the client has left."""
        with anyio.fail_after(5):
            await self.over.wait()

    async def read(self, size: int) -> bytes:
        """At least so many bytes, or all until the client leaves."""
        found = bytearray()
        while len(found) < size:
            message = await self.socket.receive()
            if message.type is not WSMsgType.BINARY:
                break
            found += message.data
        return bytes(found)

    async def send(self, data: bytes) -> None:
        await self.socket.send_bytes(data)

    async def close(self, code: int, reason: str = "") -> None:
        await self.socket.close(code=code, message=reason.encode())

    def cut(self, *, after: bytes = b"") -> None:
        """The end of the connection without a close frame, after bytes that are no whole frame."""
        assert self.request.transport is not None
        self.request.transport.write(after)
        close_connection(self.request.transport, reset=False)


Script = Callable[[Pod], Awaitable[None]]
"""What happens on a connection, which is closed with 1000 when this ends."""


@attrs.define
class Pods:
    """A running server: its address, and the handshakes and connections that it has seen."""

    url: str = ""
    handshakes: list[web.Request] = attrs.Factory(list[web.Request])
    reached: list[Pod] = attrs.Factory(list[Pod])
    news: asyncio.Condition = attrs.Factory(asyncio.Condition)

    @property
    def options(self) -> dict[str, Any]:
        """What a client needs to get here."""
        return {**QUICK, "ws_url": self.url}

    async def pod(self, number: int = 0) -> Pod:
        """A connection, once it is there."""
        async with self.news:
            await self.news.wait_for(lambda: len(self.reached) > number)
        return self.reached[number]


@asynccontextmanager
async def serving_pods(*scripts: Script | Callable[[], web.Response]) -> AsyncGenerator[Pods]:
    """Serves one connection after another by these scripts, or refuses it; the last one for ever."""
    pods, coming = Pods(), [*scripts]

    async def handle(request: web.Request) -> web.StreamResponse:
        pods.handshakes.append(request)
        script: Any = coming.pop(0) if len(coming) > 1 else coming[0]
        if not inspect.iscoroutinefunction(script):
            response: web.Response = script()
            return response
        websocket = web.WebSocketResponse(max_msg_size=2**26, timeout=0.2)
        await websocket.prepare(request)
        pod = Pod(request, websocket)
        async with pods.news:
            pods.reached.append(pod)
            pods.news.notify_all()
        try:
            with contextlib.suppress(ConnectionError):
                await script(pod)
                await pod.close(1000)
        finally:
            pod.over.set()
        return websocket

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    pods.url = f"ws://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield pods
    finally:
        await close(runner)


async def echo(pod: Pod) -> None:
    """Sends every frame back until the client leaves."""
    async for message in pod.socket:
        await pod.send(message.data)


async def listen(pod: Pod) -> None:
    """Reads until the client leaves."""
    async for _ in pod.socket:
        pass


@attrs.define(eq=False)
class Program:
    """A program that is connected to the local port."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def read(self, size: int = -1) -> bytes:
        """So many bytes; all to the end without a number.

        Raises:
            ConnectionResetError: the connection was reset.
        """
        return await (self.reader.read() if size < 0 else self.reader.readexactly(size))

    async def until_reset(self) -> bytes:
        """What comes before the connection is reset; fails where it ends otherwise."""
        found = bytearray()
        try:
            while data := await self.reader.read(2**20):
                found += data
        except ConnectionResetError:
            return bytes(found)
        raise AssertionError(f"the data ended without a reset, after {len(found)} bytes")

    def shut_down(self) -> None:
        """Ends the data, and goes on to read."""
        self.writer.write_eof()

    def vanish(self) -> None:
        """Ends the connection with a reset."""
        peer = self.writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@asynccontextmanager
async def connected(address: Any) -> AsyncGenerator[Program]:
    """A program, connected until the block is left."""
    # The kernel connects at once. Done by the loop, a reset that follows could fail the connecting itself.
    reader, writer = await asyncio.open_connection(sock=socket.create_connection((address.host, address.port)))
    try:
        yield Program(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
