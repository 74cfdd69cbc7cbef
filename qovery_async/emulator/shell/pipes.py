"""What do commands read from and write to?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import attrs

Write = Callable[[bytes], Awaitable[None]]
Read = Callable[[], Awaitable[bytes]]

LIMIT = 1024 * 1024
"""The largest value, file or captured output, in bytes."""


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
