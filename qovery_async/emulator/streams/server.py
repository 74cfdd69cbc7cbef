"""Which WebSockets does the emulator speak, and who cuts them off?"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Collection
from fnmatch import fnmatchcase

from aiohttp import web

from qovery_async.emulator.shell.session import shell
from qovery_async.emulator.streams.channel import Channel, Close, Planned
from qovery_async.emulator.streams.frames import TELLERS
from qovery_async.emulator.streams.handshake import REQUIRED, Asked, Refusal, ask
from qovery_async.emulator.streams.port_forward import forward
from qovery_async.emulator.streams.sources import Source

__all__ = ["PATHS", "Close", "Streams"]

PATHS: Collection[str] = REQUIRED.keys()
"""Every path there is. The API's paths of the same shape have an id where these have a word."""

_logger = logging.getLogger("qovery.emulator")

REQUEST_ID = "X-Qovery-Request-Id"


class Streams:
    """The WebSockets of a world: `app.router.add_routes(streams.routes())`, `app.on_shutdown.append(streams.leave)`.

    `asked` has the last thousand streams that were asked for and let in, `open` what is open now.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._planned: list[Planned] = []
        self._open: list[Channel] = []
        self.asked: deque[Asked] = deque(maxlen=1000)

    @property
    def open(self) -> tuple[Channel, ...]:
        return tuple(channel for channel in self._open if not channel.socket.closed)

    def routes(self) -> list[web.RouteDef]:
        """Every path, for `app.router.add_routes`."""
        return [web.get(path, self.handle, allow_head=False) for path in PATHS]

    async def leave(self, _: web.Application) -> None:
        """Ends what is open, for `app.on_shutdown`: an application waits for its WebSockets."""
        await self.hang_up(Close.going_away())

    def close_next(self, close: Close, path: str = "*", *, after: int = 0, count: int = 1) -> None:
        """Ends the next `count` streams of a path (or glob) that way, once each has sent `after` frames."""
        self._planned.append(Planned(close, path, after, count))

    async def hang_up(self, close: Close, path: str = "*") -> int:
        """Ends what is open now; returns how many streams that were."""
        ending = [channel for channel in self.open if fnmatchcase(channel.asked.path, path)]
        await asyncio.gather(*(channel.end(close) for channel in ending))
        return len(ending)

    def forget(self) -> None:
        """Takes back what `close_next` has planned."""
        self._planned.clear()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {REQUEST_ID: str(uuid.uuid4())}
        try:
            asked = ask(request, self._source)
        except Refusal as refusal:
            return refusal.response(headers)
        socket = web.WebSocketResponse(protocols=("v1",), timeout=1.0)
        socket.headers.update(headers)
        await socket.prepare(request)
        self.asked.append(asked)
        channel = Channel(asked, headers[REQUEST_ID], self._next_plan(asked.path), socket, request.transport)
        self._open.append(channel)
        try:
            await self._serve(channel)
        except Close as close:
            await channel.end(close)
        except Exception:
            _logger.exception("%s", asked.path)
            await channel.end(Close.internal("The emulator has a bug; its log says more"))
        else:
            await channel.end(Close.normal())
        finally:
            self._open.remove(channel)
        return socket

    async def _serve(self, channel: Channel) -> None:
        path = channel.asked.path
        if path == "/shell/portforward":
            await forward(channel, self._source)
        elif path.startswith("/shell/"):
            await shell(channel, self._source)
        else:
            await channel.run(lambda: TELLERS[path](channel, self._source))

    def _next_plan(self, path: str) -> Planned | None:
        for planned in self._planned:
            if fnmatchcase(path, planned.path):
                planned.count -= 1
                if planned.count == 0:
                    self._planned.remove(planned)
                return planned
        return None
