"""Which kept-alive connection may carry another request?

One whose peer has been silent since its last response. aiohttp asks only whether the connection is open as
far as its loop has noticed. That misses what is unread in the socket: a second response, which would be taken
for the response to the next request, or the end of the connection, which would lose that request.
"""

from __future__ import annotations

import select
from typing import Any
from weakref import WeakSet

import aiohttp
from aiohttp.connector import Connection


class Connector(aiohttp.TCPConnector):
    """aiohttp's pool, which hands out a used connection only while its peer is silent."""

    def __init__(self) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType]  # an argument of aiohttp is untyped
        self._used = WeakSet[Any]()

    async def connect(self, *args: Any, **kwargs: Any) -> Connection:
        """A new connection, or a used one that is open and silent."""
        while True:
            connection = await super().connect(*args, **kwargs)
            if connection.protocol not in self._used:
                self._used.add(connection.protocol)
                return connection
            if _is_silent(connection):
                return connection
            connection.close()


def _is_silent(connection: Connection) -> bool:
    """Whether nothing has come that no request asked for: no bytes, no end, no error."""
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None or transport.is_closing() or protocol.should_close:
        return False
    return not _can_read(transport.get_extra_info("socket"))


if hasattr(select, "poll"):

    def _can_read(socket: Any) -> bool:
        poll = select.poll()
        poll.register(socket, select.POLLIN)
        return bool(poll.poll(0))

else:  # Windows

    def _can_read(socket: Any) -> bool:
        return bool(select.select([socket], [], [], 0)[0])
