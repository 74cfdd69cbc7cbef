"""Which kept-alive connection may carry another request?

One whose peer has been silent since its last response. aiohttp asks only whether the connection is open as
far as its loop has noticed. That misses what is unread in the socket: a second response, which would be taken
for the response to the next request, or the end of the connection, which would lose that request.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp.connector import Connection


class Connector(aiohttp.TCPConnector):
    """aiohttp's pool, which hands out a used connection only while its peer is silent."""

    def __init__(self) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType]  # an argument of aiohttp is untyped
        # What looks whether a used connection can be read from; a new one has none yet.
        self._probes = WeakKeyDictionary[Any, Callable[[], list[Any]]]()

    async def connect(self, *args: Any, **kwargs: Any) -> Connection:
        """A new connection, or a used one that is open and silent."""
        while True:
            connection = await super().connect(*args, **kwargs)
            protocol: Any = connection.protocol
            can_read = self._probes.get(protocol)
            if can_read is None:
                if protocol is not None and protocol.transport is not None:
                    self._probes[protocol] = _probe(protocol.transport.get_extra_info("socket"))
                return connection
            transport = connection.transport
            # Nothing has come that no request asked for, neither to the loop nor to the socket: no bytes, end or error.
            if transport is not None and not transport.is_closing() and not protocol.should_close and not can_read():
                return connection
            connection.close()


if hasattr(select, "poll"):

    def _probe(socket: Any) -> Callable[[], list[Any]]:
        """What returns something where the socket can be read."""
        poll = select.poll()
        poll.register(socket, select.POLLIN)
        return partial(poll.poll, 0)

else:  # Windows

    def _probe(socket: Any) -> Callable[[], list[Any]]:
        return lambda: select.select([socket], [], [], 0)[0]
