"""What do commands read from and write to?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import attrs

Write = Callable[[bytes], Awaitable[None]]
Read = Callable[[], Awaitable[bytes]]

LIMIT = 1024 * 1024
"""The largest value, file or captured output, in bytes."""


ROOM = 64 * 1024
"""How many bytes a pipe holds before its writer waits, as on Linux."""


class BrokenPipe(Exception):
    """Nobody reads what a command prints any more: SIGPIPE."""


class TooLong(Exception):
    """Something in a script grew beyond `LIMIT`."""


@attrs.frozen
class Pipes:
    """Where a command reads and writes. `read` returns a line, or an empty one at the end."""

    read: Read
    out: Write
    err: Write


@attrs.define
class Buffer:
    """Captured output."""

    data: bytes = b""

    async def write(self, data: bytes) -> None:
        """Appends to the output."""
        self.data = checked(self.data + data)


class Pipe:
    """What one command prints while the next one reads it."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._is_complete = False
        self._is_broken = False
        self._changed = asyncio.Event()

    async def write(self, data: bytes) -> None:
        """Waits while the pipe is full. Raises `BrokenPipe` if the reader has ended."""
        while len(self._data) >= ROOM and not self._is_broken:
            await self._change()
        if self._is_broken:
            raise BrokenPipe
        self._data += data
        self._changed.set()

    async def read(self) -> bytes:
        """A line, or what there is of one."""
        while not self._data and not self._is_complete:
            await self._change()
        size = self._data.find(b"\n") + 1 or len(self._data)
        line = bytes(self._data[:size])
        del self._data[:size]
        self._changed.set()
        return line

    def complete(self) -> None:
        """The writer has ended."""
        self._is_complete = True
        self._changed.set()

    def break_off(self) -> None:
        """The reader has ended."""
        self._is_broken = True
        self._changed.set()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


def lines(data: bytes) -> Read:
    """A `Read` that returns the lines of `data`."""
    left = iter(data.splitlines(keepends=True))

    async def read() -> bytes:
        return next(left, b"")

    return read


def checked(data: bytes) -> bytes:
    """The same bytes. Raises `TooLong` if they exceed `LIMIT`."""
    if len(data) > LIMIT:
        raise TooLong
    return data
