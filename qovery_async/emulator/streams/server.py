"""Which WebSockets does the emulator serve, and how do tests close them?"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Collection
from fnmatch import fnmatchcase

from aiohttp import web

from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.streams.channel import Channel, Close, PlannedClose
from qovery_async.emulator.streams.frames import SENDERS
from qovery_async.emulator.streams.handshake import REQUIRED, StreamRequest, accept
from qovery_async.emulator.streams.port_forward import Ports, forward
from qovery_async.emulator.streams.shell import shell
from qovery_async.emulator.streams.sources import StreamSource

PATHS: Collection[str] = REQUIRED.keys()
"""The paths of all streams. Operations whose paths have the same shape have an id where these have a word."""

REQUEST_ID = "X-Qovery-Request-Id"

LARGEST = 64 * 2**20
"""The most bytes that a frame of a client may have."""

_logger = logging.getLogger("qovery.emulator")


class StreamServer:
    """The WebSockets of a source: `app.router.add_routes(streams.routes())`, `app.on_shutdown.append(streams.leave)`.

    `requests` holds the last thousand accepted requests, `open` the streams that are open now, `ports` what forwarded
    ports lead to.
    """

    def __init__(self, source: StreamSource) -> None:
        self._source = source
        self._planned: list[PlannedClose] = []
        self._open: list[Channel] = []
        self.requests: deque[StreamRequest] = deque(maxlen=1000)
        self.ports = Ports()

    @property
    def open(self) -> tuple[Channel, ...]:
        """The streams that are open now."""
        return tuple(channel for channel in self._open if not channel.socket.closed)

    def routes(self) -> list[web.RouteDef]:
        """The routes of all streams, for `app.router.add_routes`."""
        return [web.get(path, self.handle, allow_head=False) for path in PATHS]

    async def leave(self, _: web.Application) -> None:
        """Closes all streams, for `app.on_shutdown`: an application waits for its WebSockets."""
        await self.hang_up(Close.going_away())

    def close_next(self, close: Close, path: str = "*", *, after: int = 0, count: int = 1) -> None:
        """Closes the next `count` streams whose path matches a pattern, once each has sent `after` frames."""
        self._planned.append(PlannedClose(close, path, after, count))

    async def hang_up(self, close: Close, path: str = "*") -> int:
        """Closes the open streams whose path matches a pattern. Returns how many were closed."""
        ending = [channel for channel in self.open if fnmatchcase(channel.request.path, path)]
        await asyncio.gather(*(channel.end(close) for channel in ending))
        return len(ending)

    def forget(self) -> None:
        """Cancels all that `close_next` has planned."""
        self._planned.clear()

    async def handle(self, handshake: web.Request) -> web.StreamResponse:
        """Serves one stream, from its handshake to its end."""
        headers = {REQUEST_ID: str(uuid.uuid4())}
        try:
            request, rates = accept(handshake, self._source)
        except Refusal as refusal:
            body = refusal.body("detail", handshake.path)
            return web.json_response(body, status=refusal.status, headers={**headers, **refusal.headers})
        socket = web.WebSocketResponse(protocols=("v1",), timeout=1.0, max_msg_size=LARGEST)
        socket.headers.update({**headers, **rates})
        await socket.prepare(handshake)
        self.requests.append(request)
        channel = Channel(request, headers[REQUEST_ID], self._next_plan(request.path), socket, handshake.transport)
        self._open.append(channel)
        try:
            await self._serve(channel)
        except Close as close:
            await channel.end(close)
        except Exception:
            _logger.exception("%s", request.path)
            await channel.end(Close.internal("the emulator has a bug; its log has the traceback"))
        else:
            await channel.end(Close.normal())
        finally:
            self._open.remove(channel)
        return socket

    async def _serve(self, channel: Channel) -> None:
        path = channel.request.path
        if path == "/shell/portforward":
            await forward(channel, self._source, self.ports)
        elif path.startswith("/shell/"):
            await shell(channel, self._source)
        else:
            await channel.run(lambda: SENDERS[path](channel, self._source))

    def _next_plan(self, path: str) -> PlannedClose | None:
        for planned in self._planned:
            if fnmatchcase(path, planned.path):
                planned.count -= 1
                if planned.count == 0:
                    self._planned.remove(planned)
                return planned
        return None
