"""A world of one service behind the emulator's WebSockets, and a client that knows where it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import anyio
import attrs
from aiohttp import WSMsgType, web
from aiohttp.typedefs import Middleware

from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.shell.container import Container
from qovery_async.emulator.streams.handshake import StreamRequest
from qovery_async.emulator.streams.server import StreamServer
from qovery_async.emulator.streams.sources import LogLine, Pod, Tail
from tests.support.server import close

HEADERS = {"Authorization": "Token qov_good"}
SERVICE = {"organization": "o1", "cluster": "c1", "project": "p1", "environment": "e1", "service": "s1"}
SHELL = {**SERVICE, "tty_width": "80", "tty_height": "24"}
START = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)


def line(number: int, message: str = "", **more: Any) -> LogLine:
    return LogLine(
        created_at=START + timedelta(seconds=number), message=message or f"line {number}", pod_name="pod-1", **more
    )


@attrs.define
class World:
    """A source for streams: its attributes are what it returns, `news` is what happens while somebody listens."""

    past: list[LogLine] = attrs.Factory(list[LogLine])
    news: asyncio.Queue[Any] = attrs.Factory(asyncio.Queue[Any])
    states: list[Any] = attrs.Factory(list[Any])
    running: list[Pod] = attrs.Factory(lambda: [Pod("pod-1", (80, 5432))])
    inside: Container = attrs.Factory(lambda: Container(pod_name="pod-1"))
    left: int = 0

    def admit(self, authorization: str, path: str) -> Mapping[str, str]:
        if authorization not in {"Token qov_good", "Bearer eyJ.good.jwt"}:
            raise Refusal(401, "unknown token")
        return {}

    def check(self, request: StreamRequest) -> None:
        if request.get("organization") != "o1":
            raise Refusal(403, "not yours")

    def service_logs(self, request: StreamRequest) -> Tail[LogLine]:
        return Tail(self.past, self._live())

    infra_logs = service_logs

    async def deployment_logs(self, request: StreamRequest) -> AsyncGenerator[Sequence[Mapping[str, Any]]]:
        for state in self.states:
            yield state
        if request.get("version") is None:
            async for batch in self._live():
                yield batch

    async def watch(self, request: StreamRequest) -> AsyncGenerator[Any]:
        for state in self.states:
            yield state
        async for state in self._live():
            yield state

    async def preview(self, request: StreamRequest) -> Mapping[str, Any]:
        return {"type": "diff", "payload": request.get("preview_id"), "service_type": "TERRAFORM"}

    def pods(self, request: StreamRequest) -> Sequence[Pod]:
        return self.running

    def nodes(self, request: StreamRequest) -> Sequence[str]:
        return ("node-1", "node-2")

    def container(self, request: StreamRequest) -> Container:
        return self.inside

    async def _live(self) -> AsyncGenerator[Any]:
        try:
            while True:
                news = await self.news.get()
                if isinstance(news, Exception):
                    raise news
                yield news
        finally:
            self.left += 1


@attrs.frozen
class Served:
    world: World
    streams: StreamServer
    port: int
    session: aiohttp.ClientSession

    def open(
        self,
        path: str,
        parameters: Mapping[str, str] = SERVICE,
        *,
        headers: Mapping[str, str] = HEADERS,
        protocols: Iterable[str] = (),
        autoping: bool = True,
    ) -> AbstractAsyncContextManager[aiohttp.ClientWebSocketResponse]:
        """A WebSocket, let in by a good token unless the headers say otherwise."""
        return self.session.ws_connect(
            f"http://127.0.0.1:{self.port}{path}",
            params=parameters,
            headers=headers,
            protocols=protocols,
            autoping=autoping,
        )


@asynccontextmanager
async def serving(world: World | None = None, *middlewares: Middleware) -> AsyncGenerator[Served]:
    streams = StreamServer(world := world or World())
    app = web.Application(middlewares=middlewares)
    app.router.add_routes(streams.routes())
    app.on_shutdown.append(streams.leave)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        with anyio.fail_after(10):
            async with aiohttp.ClientSession() as session:
                yield Served(world, streams, runner.addresses[0][1], session)
    finally:
        await close(runner)


async def soon(condition: Callable[[], bool]) -> None:
    """Waits until the condition holds."""
    with anyio.fail_after(5):
        while not condition():
            await asyncio.sleep(0.01)


async def ending(socket: aiohttp.ClientWebSocketResponse) -> tuple[Any, Any]:
    """How a stream ends, whatever comes before."""
    while True:
        message = await socket.receive()
        if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR}:
            return socket.close_code, message.extra
