"""A WebSocket server that does to each connection what a test says: sends, closes, cuts, stalls, garbles, refuses."""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import attrs
from aiohttp import web

from qovery_async.emulator.http.connection import close_connection
from tests.support.server import close

IDS: dict[str, Any] = {"organization_id": "o1", "cluster_id": "c1", "project_id": "p1", "environment_id": "e1"}
"""The ids that a stream of a service needs beside its own."""

QUICK = {"base_url": "http://127.0.0.1:9"}
"""Options of a client that needs no API."""


@attrs.define(eq=False)
class Peer:
    """One connection, as the server sees it."""

    request: web.Request
    socket: web.WebSocketResponse
    left: asyncio.Event = attrs.Factory(asyncio.Event)
    """Set once the client has left."""
    close_code: int | None = None
    """The code that the client closed with."""

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query

    async def send(self, value: Any) -> None:
        """A text frame of JSON; a string or bytes are sent as they are."""
        if isinstance(value, bytes):
            await self.socket.send_bytes(value)
        else:
            await self.socket.send_str(value if isinstance(value, str) else json.dumps(value))

    async def close(self, code: int, reason: str = "") -> None:
        """A close frame."""
        await self.socket.close(code=code, message=reason.encode())

    def cut(self, *, after: bytes = b"") -> None:
        """The end of the connection without a close frame, after bytes that are no whole frame."""
        transport = self.request.transport
        assert transport is not None
        transport.write(after)
        transport.close()

    def reset(self) -> None:
        """The end of the connection in which frames on the way are lost, too."""
        close_connection(self.request.transport, reset=True)

    async def stall(self) -> None:
        """Nothing more, not even pongs."""
        transport = self.request.transport
        assert transport is not None
        transport.pause_reading()
        await asyncio.Event().wait()


Script = Callable[[Peer], Awaitable[None]]
"""What happens on a connection; it stays open when this ends."""

Refusal = web.Response
"""The response instead of a WebSocket."""


@attrs.define
class Pusher:
    """A running server: its address, and the handshakes and connections it has seen."""

    url: str = ""
    handshakes: list[web.Request] = attrs.Factory(list[web.Request])
    peers: list[Peer] = attrs.Factory(list[Peer])

    @property
    def options(self) -> dict[str, Any]:
        """What a client needs to stream from here."""
        return {**QUICK, "ws_url": self.url}

    @property
    def starts(self) -> list[str | None]:
        """The `start` of each handshake."""
        return [handshake.query.get("start") for handshake in self.handshakes]


@asynccontextmanager
async def pushing(*scripts: Script | Callable[[], Refusal]) -> AsyncGenerator[Pusher]:
    """Serves one connection after another by these scripts; the last one for ever."""
    pusher = Pusher()
    coming = [*scripts]

    async def handle(request: web.Request) -> web.StreamResponse:
        pusher.handshakes.append(request)
        script: Any = coming.pop(0) if len(coming) > 1 else coming[0]
        if inspect.iscoroutinefunction(script):
            return await _pushed(request, script, pusher)
        response: Refusal = script()
        return response

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    pusher.url = f"ws://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield pusher
    finally:
        await close(runner)


async def _pushed(request: web.Request, script: Script, pusher: Pusher) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    peer = Peer(request, socket)
    pusher.peers.append(peer)

    async def listen() -> None:
        async for _ in socket:
            pass
        peer.close_code = socket.close_code
        peer.left.set()

    listening = asyncio.create_task(listen())
    try:
        try:
            await script(peer)
        except ConnectionError:
            return socket  # the client has left
        await listening
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        peer.left.set()
    return socket


def line(number: int, *, at: int | None = None, message: str | None = None, pod: str = "pod-1") -> dict[str, Any]:
    """A line of a service; by default each is a millisecond after the one before it."""
    return {
        "created_at": 1_700_000_000_000 + (number if at is None else at),
        "message": f"line {number}" if message is None else message,
        "pod_name": pod,
        "container_name": "main",
        "version": "1",
        "severity_text": "INFO",
        "labels": {},
        "from_kube": False,
    }


def since(lines: Iterable[dict[str, Any]], start: str | None) -> list[dict[str, Any]]:
    """The lines that a handshake with this `start` is for."""
    return [entry for entry in lines if start is None or entry["created_at"] * 1_000_000 >= int(start)]


def logs(client: Any) -> Any:
    return client.streams.service_logs("s1", **IDS)


def sending(*frames: Any, code: int = 1000, reason: str = "") -> Any:
    """Sends frames and closes."""

    async def script(peer: Peer) -> None:
        for frame in frames:
            await peer.send(frame)
        await peer.close(code, reason)

    return script


async def staying(peer: Peer) -> None:
    """Sends a line, and stays open."""
    await peer.send(line(0))


def used_up(seconds: float) -> web.Response:
    """The response to a token without a request left for so many seconds."""
    left = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(time.time() + seconds)}
    return web.Response(status=429, headers=left)
