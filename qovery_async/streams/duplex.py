"""What is a connection that carries bytes both ways: that of a shell, of a forwarded port? It is never opened again."""

from __future__ import annotations

import time
from typing import Self

import anyio

from qovery_async.secrecy.secret import not_pickled
from qovery_async.streams.course import NORMAL, Again, Course, Fail, closed
from qovery_async.transport.exchange import Exchange
from qovery_async.transport.handshake import Handshakes
from qovery_async.transport.request import Call, Request
from qovery_async.transport.websocket import Closing, Connection


class Duplex:
    """An open connection that carries bytes both ways."""

    def __init__(self, request: Request, connection: Connection) -> None:
        self._request = request
        self._connection = connection
        self.ending: Closing | None = None
        """How the server closed it; None while it is open."""

    __reduce__ = not_pickled

    @classmethod
    async def open(cls, exchange: Exchange, call: Call, *, repeatable: bool) -> Self:
        """Opens it, and retries a handshake that had no effect; any failed one if it is `repeatable`.

        Raises:
            ConfigurationError: the request cannot be sent.
            ApiError: the handshake was refused.
            TransportError: no connection could be opened.
        """
        handshakes = Handshakes(exchange)
        request = handshakes.request(call)
        request.repeatable = repeatable
        course = Course(request, exchange.options.retries, exchange.options.pace)
        while True:
            opened = await handshakes.open(request)
            if isinstance(opened, Connection):
                return cls(request, opened)
            match course.after(opened, time.monotonic(), closed=handshakes.client_is_closed):
                case Again(delay, cause, renew):
                    if renew and not await handshakes.renew(request):
                        raise cause
                    await handshakes.wait(request, opened, delay)
                case Fail(error):
                    raise error
                case _:
                    raise AssertionError(opened)  # only an open connection can be complete

    async def receive(self) -> bytes:
        """The bytes that have come; none once the server has closed the connection normally.

        Raises:
            Unauthorized: the server closed it because of the token.
            Forbidden: the server closed it because of the token's permissions.
            StreamClosed: the server closed it otherwise, or it was lost.
        """
        while self.ending is None:
            frame = await self._connection.receive()
            if isinstance(frame, Closing):
                self.ending = frame
            elif isinstance(frame, bytes) and frame:
                return frame  # text belongs to no terminal and to no port
        if self.ending.code != NORMAL:
            raise closed(self._request, self.ending)
        return b""

    async def send(self, data: bytes) -> None:
        """Sends bytes as one frame.

        Raises:
            TransportError: the connection is closed.
        """
        await self._connection.send(data)

    async def close(self) -> None:
        """Closes the connection at once, even if the task is being cancelled."""
        with anyio.CancelScope(shield=True):
            await self._connection.close()
