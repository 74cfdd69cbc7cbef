"""What is a connection that carries bytes both ways: that of a shell, of a forwarded port?

It is opened again only with a new token, where the server refused the old one before any byte went either way.
"""

from __future__ import annotations

import asyncio
import time
from typing import Self

from qovery_async.errors import TransportError
from qovery_async.secrecy.secret import not_pickled
from qovery_async.streams.course import DENIED, NORMAL, Again, Course, Fail, closed
from qovery_async.transport import websocket
from qovery_async.transport.exchange import Exchange
from qovery_async.transport.handshake import Handshakes
from qovery_async.transport.request import Call, Request
from qovery_async.transport.sessions import CLOSED
from qovery_async.transport.shield import shielded
from qovery_async.transport.websocket import LOST, NO_CODE, Closing, Connection


class Duplex:
    """An open connection that carries bytes both ways.

    It is pinged here: a reader may pause for long, and a server that cannot pass on what it has received reads no ping
    either. So a missing pong means a lost connection only while it is read, and after all that was sent has been read.
    """

    def __init__(self, request: Request, connection: Connection, handshakes: Handshakes, course: Course) -> None:
        self._request = request
        self._connection = connection
        self._handshakes = handshakes
        self._course = course
        self.ending: Closing | None = None
        """How the server closed it; None while it is open."""
        self._received = False
        self._sent = 0
        self._reading_since: float | None = None
        self._pinging = asyncio.create_task(self._ping())

    __reduce__ = not_pickled

    @classmethod
    async def open(cls, exchange: Exchange, call: Call, *, repeatable: bool) -> Self:
        """Opens it, and retries a handshake that had no effect; any failed one if it is `repeatable`.

        Raises:
            ConfigurationError: the request cannot be sent.
            ApiError: the handshake was refused.
            TransportError: no connection could be opened.
        """
        handshakes = Handshakes(exchange, pings=False)
        request = handshakes.request(call)
        request.repeatable = repeatable
        course = Course(request, exchange.options.retries, exchange.options.pace)
        return cls(request, await _opened(request, handshakes, course), handshakes, course)

    async def receive(self) -> bytes:
        """The bytes that have come; none once the server has closed the connection normally.

        Raises:
            Unauthorized: the server closed it because of the token.
            Forbidden: the server closed it because of the token's permissions.
            StreamClosed: the server closed it otherwise, or it was lost.
            TransportError: the client was closed.
            ResponseTooLarge: a frame is larger than the client's `max_response_bytes`.
        """
        while self.ending is None:
            self._reading_since = time.monotonic()
            try:
                frame = await self._connection.receive()
            finally:
                self._reading_since = None
            if isinstance(frame, Closing):
                if self.ending is None and not await self._renewed(frame):
                    self.ending = frame
            elif isinstance(frame, bytes) and frame:
                self._received = True
                return frame  # text belongs to no terminal and to no port
        if self.ending.code in (NORMAL, NO_CODE):
            return b""
        if self._handshakes.client_is_closed:
            raise TransportError(f"{self._request}: {CLOSED}")
        raise closed(self._request, self.ending)

    async def send(self, data: bytes) -> None:
        """Sends bytes as one frame.

        Raises:
            TransportError: the connection is closed.
        """
        self._sent += 1
        await self._connection.send(data)

    async def close(self) -> None:
        """Closes the connection at once, even if the task is being cancelled."""
        self._pinging.cancel()
        with shielded():
            await self._connection.close()

    async def _renewed(self, refusal: Closing) -> bool:
        """Whether the connection is open again, with another token."""
        if refusal.code not in DENIED or self._received or self._sent:
            return False
        step = self._course.after(refusal, time.monotonic(), closed=self._handshakes.client_is_closed)
        if not isinstance(step, Again) or not await self._handshakes.renew(self._request):
            return False
        await self.close()
        self._connection = await _opened(self._request, self._handshakes, self._course)
        self._pinging = asyncio.create_task(self._ping())
        return True

    async def _ping(self) -> None:
        connection = self._connection
        while True:
            await asyncio.sleep(websocket.PING_EVERY)
            mark, since = b"%d" % self._sent, self._reading_since
            was_read = self._sent == 0 or connection.pong == mark
            connection.pong = b""
            try:
                await connection.ping(mark)
            except TransportError:
                return  # the reader finds out why
            await asyncio.sleep(websocket.PING_EVERY / 2)
            is_silent = since is not None and since == self._reading_since and connection.pong != mark
            if is_silent and was_read:
                self.ending = Closing(LOST, f"nothing came for {1.5 * websocket.PING_EVERY:g} s, not even a pong")
                await connection.close()
                return


async def _opened(request: Request, handshakes: Handshakes, course: Course) -> Connection:
    while True:
        opened = await handshakes.open(request)
        if isinstance(opened, Connection):
            return opened
        match course.after(opened, time.monotonic(), closed=handshakes.client_is_closed):
            case Again(delay, cause, renew):
                if renew and not await handshakes.renew(request):
                    raise cause
                await handshakes.wait(request, opened, delay)
            case Fail(error):
                raise error
            case _:
                raise AssertionError(opened)  # only an open connection can be complete
