"""How do the bytes of one TCP connection get through a WebSocket of its own, and how does either end the other?

What the TCP client sees of each end is the table in docs/port-forward.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable

from qovery_async.errors import QoveryError, TransportError
from qovery_async.streams.duplex import Duplex
from qovery_async.vocabulary.values import define

PIECE = 64 * 1024
"""The most bytes that are sent in a frame."""

SILENCE = 10.0
"""Seconds that the server may be silent once the client has ended its data.

The protocol has no half-close, and a client that is gone looks like one that only listens.
"""

_LINGER = 2.0
"""Seconds for a client to read the last bytes: closing while some of its own are unread could destroy them."""


async def carry(
    opened: Callable[[], Awaitable[Duplex]],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    failed: Callable[[QoveryError], None],
) -> None:
    """Carries bytes both ways until either side ends, and closes both.

    Calls `failed` if the WebSocket cannot be opened, or ends otherwise than by a normal close. That comes before the
    TCP client sees the end, which can then look up the reason.

    Raises:
        OSError: the TCP client is gone.
    """
    # What was written is in the hands of the kernel before the next frame is read.
    writer.transport.set_write_buffer_limits(high=0)
    carrying = asyncio.create_task(_carry(opened, reader, writer, failed))
    gone = asyncio.create_task(_gone(writer))
    try:
        await asyncio.wait((carrying, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        _reset(writer)
        carrying.cancel()
        gone.cancel()
        await asyncio.wait((carrying, gone))
    if not carrying.cancelled():
        carrying.result()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection at once, so that the other side takes it for broken. One that is complete is left alone."""
    peer: socket.socket | None = writer.get_extra_info("socket")
    if peer is not None and not writer.transport.is_closing():
        to_be_reset(peer)
    writer.transport.abort()


def to_be_reset(peer: socket.socket) -> None:
    """Makes the end of a connection a reset."""
    with contextlib.suppress(OSError):  # it is closed already
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _carry(
    opened: Callable[[], Awaitable[Duplex]],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    failed: Callable[[QoveryError], None],
) -> None:
    duplex: Duplex | None = None
    try:
        duplex = await opened()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None) as limit:
                await _Tunnel(duplex, reader, writer, limit).run()
    except QoveryError as error:
        failed(error)
    finally:
        _reset(writer)
        if duplex is not None:
            await duplex.close()


@define(eq=False)
class _Tunnel:
    duplex: Duplex
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    limit: asyncio.Timeout
    """Ends the silence of the server after the end of the client's data."""
    _has_ended: bool = False
    """Whether the client has ended its data."""
    _is_writing: bool = False

    async def run(self) -> None:
        """Ends with the server's data."""
        sending = asyncio.create_task(self._send())
        try:
            await self._receive()
        finally:
            sending.cancel()
            await asyncio.wait((sending,))
        self.limit.reschedule(None)
        await self._complete()

    async def _send(self) -> None:
        with contextlib.suppress(OSError, TransportError):  # the other direction finds out why
            while data := await self.reader.read(PIECE):
                await self.duplex.send(data)
            self._has_ended = True
            self._listen()

    async def _receive(self) -> None:
        while data := await self.duplex.receive():
            self._is_writing = True
            self.limit.reschedule(None)
            self.writer.write(data)
            await self.writer.drain()
            self._is_writing = False
            self._listen()

    def _listen(self) -> None:
        if self._has_ended and not self._is_writing:
            self.limit.reschedule(asyncio.get_running_loop().time() + SILENCE)

    async def _complete(self) -> None:
        """Ends the data for the client, and closes once it has done so, too."""
        self.writer.write_eof()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER):
                while await self.reader.read(PIECE):
                    pass
        self.writer.close()


async def _gone(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        await writer.wait_closed()
