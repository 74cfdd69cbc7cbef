"""What is an open shell to the one who uses it?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Self, cast

import anyio

from qovery_async.errors import ConfigurationError, QoveryError, StreamClosed, TransportError
from qovery_async.runtime.core import Core
from qovery_async.runtime.resource import Resource
from qovery_async.streams.backlog import Backlog
from qovery_async.streams.duplex import Duplex
from qovery_async.streams.feed import ended
from qovery_async.transport.request import Call
from qovery_async.transport.websocket import Closing

CHUNK = 4096
"""The most that is sent in one frame, in bytes, as by Qovery's command line."""

UNREAD = 60.0
"""Seconds after which a write fails that waits because nobody reads what the shell prints."""

_END_OF_INPUT = b"\x04"
_LEFT = "it has been left, or was never entered: use it within `with`, once"
_ELSEWHERE = "the event loop, and the process, in which it was entered: open another one here"


class ShellSession(Resource):
    """A shell: a program in a terminal of a container. `async with` opens and closes it.

    What the program prints to its output and its errors comes as one; the terminal echoes what is written, and ends
    lines with CR LF, unless the program turns that off (`stty raw -echo`). A lost connection is not opened again: that
    would be another shell.
    """

    def __init__(self, core: Core, call: Callable[[], Awaitable[Call]], operation: str) -> None:
        super().__init__(core)
        self._call: Callable[[], Awaitable[Call]] | None = call
        self._operation = operation
        self._duplex: Duplex | None = None
        self._unread = Backlog[bytes]("wait")
        self._receiving: asyncio.Task[None] | None = None
        self._failure: QoveryError | None = None
        self._writing = anyio.Lock()
        self._wait: anyio.CancelScope | None = None
        self._patience = UNREAD

    def __repr__(self) -> str:
        return f"<ShellSession {self._operation}>"

    def __str__(self) -> str:
        return self._operation

    async def __aenter__(self) -> Self:
        call, self._call = self._call, None
        if call is None:
            raise ConfigurationError(f"{self._operation}: a shell is entered once; open another one")
        self._duplex = await Duplex.open(self._core.exchange, await call(), repeatable=False)
        self._receiving = asyncio.create_task(self._receive(self._duplex))
        self._receiving.add_done_callback(lambda _: self._unread.end())
        return self

    async def __aexit__(self, *error: object) -> None:
        receiving, self._receiving = self._receiving, None
        if receiving is not None and self._duplex is not None:
            try:
                await ended(receiving)
            finally:
                await self._duplex.close()

    @property
    def closing(self) -> Closing | None:
        """The `code` and `reason` with which the server closed the connection; None while it is open.

        1000 says that the program has ended, and not how: `client.shell.run` returns an exit code.
        """
        return None if self._duplex is None else self._duplex.ending

    async def write(self, data: bytes | str) -> None:
        """Send input to the terminal, a string as UTF-8. Waits while the program takes no more.

        Large input is for a task of its own, beside one that reads: a program that nobody reads from stops reading.

        Raises:
            StreamClosed: the shell has ended, or the connection was lost.
            TransportError: the program has not taken the data, because nobody has read what it printed for 60 s.
            ConfigurationError: the data is neither bytes nor a string, or the shell is not open.
        """
        sent = _encoded(data)
        duplex = self._open()
        async with self._writing:
            for start in range(0, len(sent), CHUNK):
                with anyio.CancelScope() as self._wait:
                    try:
                        await self._send(duplex, sent[start : start + CHUNK])
                    except BaseException:
                        data = sent = b""  # no traceback shows them
                        raise
                if self._wait.cancelled_caught:
                    raise TransportError(
                        f"{self._operation}: the program takes no more input, since nobody has read what it printed for "
                        f"{self._patience:g} s: read in one task while another one writes"
                    )

    async def eof(self) -> None:
        """Send the byte 0x04 (Ctrl-D), which ends the input of a program at the beginning of a line.

        The connection stays open: read on until the shell ends. In raw mode, the program gets the byte.

        Raises:
            StreamClosed: the shell has ended, or the connection was lost.
        """
        await self.write(_END_OF_INPUT)

    async def read(self) -> bytes:
        """Read what the program has printed since the last time. Waits for at least one byte; no bytes are the end.

        Raises:
            Unauthorized: the server closed the connection because of the token.
            Forbidden: the server closed it because of the token's permissions.
            StreamClosed: the connection was lost, or the server closed it before the program had ended.
            ConfigurationError: the shell is not open.
        """
        self._open()
        chunks = await self._unread.take()
        if not chunks and self._failure is not None:
            raise self._failure.with_traceback(None)
        return b"".join(chunks)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Iterates over what the program prints, as it comes, until it ends."""
        while data := await self.read():
            yield data

    def _open(self) -> Duplex:
        if self._duplex is None or self._receiving is None:
            raise ConfigurationError(f"{self._operation}: the shell is not open: {_LEFT}")
        if self._receiving.get_loop() is not asyncio.get_running_loop():
            raise ConfigurationError(f"{self._operation}: the shell belongs to {_ELSEWHERE}")
        return self._duplex

    async def _send(self, duplex: Duplex, data: bytes) -> None:
        """Errors are raised without the frames that hold the data."""
        try:
            if duplex.ending is None:
                await duplex.send(data)
                return
        except TransportError:
            pass
        del data
        ending = duplex.ending
        how = f"the connection {ending.told}" if ending else "the connection was lost"
        failure = StreamClosed(f"{self._operation}: {how}, so nothing can be written to the shell")
        if ending is not None:
            failure.code, failure.reason = ending.code, ending.reason
        raise failure

    async def _receive(self, duplex: Duplex) -> None:
        try:
            while data := await duplex.receive():
                if not self._unread.put([data], len(data)):
                    await self._room()
        except QoveryError as error:
            self._failure = error.with_traceback(None)

    async def _room(self) -> None:
        """Waits until something is read. Meanwhile the server can send no more, and the program soon stops."""
        while True:
            with anyio.move_on_after(self._patience):
                await self._unread.room()
                return
            if self._wait is not None:
                self._wait.cancel()


def _encoded(data: bytes | str) -> bytes:
    if isinstance(data, str):
        return data.encode(errors="surrogateescape")
    if isinstance(cast("object", data), bytes | bytearray | memoryview):
        return bytes(data)
    raise ConfigurationError(f"a shell is written bytes or a string, got {type(data).__name__}")
