"""How does a command run to its end in a shell?"""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from typing import Self

import anyio

from qovery_async.deployments.selection import check_timeout
from qovery_async.errors import ResponseTooLarge, StreamClosed, TransportError
from qovery_async.shell.results import ShellFailed, ShellResult, ShellTimeout
from qovery_async.shell.session import ShellSession
from qovery_async.shell.wrapping import Printed, Wrapping
from qovery_async.streams.feed import ended
from qovery_async.transport.websocket import LOST

_INTERRUPT = b"\x03"
_ENDING = 1.0
"""Seconds that a command gets to end when it is interrupted."""

_LACKS = {"cat": "", "head": " for input", "stty": " for input"}


class RunningCommand:
    """A command in a shell: `async with` opens and closes the shell, and interrupts a command that has not ended."""

    def __init__(self, shell: ShellSession, wrapping: Wrapping) -> None:
        self._shell = shell
        self._shell._patience = math.inf  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # it is read all the time
        self._wrapping = wrapping
        self._printed = Printed(wrapping.marker)
        self._typing: asyncio.Task[None] | None = None

    @property
    def exit_code(self) -> int | None:
        """None until the command has ended."""
        return self._printed.exit_code

    async def __aenter__(self) -> Self:
        await self._shell.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        try:
            typed = self._typing is None or self._typing.done()
            if self._typing is not None:
                await ended(self._typing)
            if self.exit_code is None and self._shell.closing is None and typed:
                await self._interrupt()
        finally:
            await self._shell.__aexit__(*error)

    async def read(self) -> bytes:
        """What the command has printed since the last time; nothing at its end.

        Raises:
            ShellFailed: the connection ended before the command, or the command could not begin.
        """
        while self.exit_code is None:
            try:
                data = await self._shell.read()
            except StreamClosed:
                data = b""
            if not data:
                raise self._lost()
            output = self._printed.feed(data)
            if self._typing is None and self._printed.mode is not None:
                self._begin(self._printed.mode)
            if output:
                return output
        return b""

    async def result(self, timeout: float | None, largest: int) -> ShellResult:
        """The whole output and the exit code.

        Raises:
            ShellTimeout: `timeout` seconds have passed.
            ShellFailed: the connection ended before the command, or the command could not begin.
            ResponseTooLarge: the output has more than `largest` bytes.
        """
        if timeout is not None:
            check_timeout(timeout)
        output = bytearray()
        try:
            async with asyncio.timeout(timeout), self:
                while data := await self.read():
                    output += data
                    if len(output) > largest:
                        raise ResponseTooLarge(
                            f"{self._shell}: the output is larger than {largest} bytes; read it from client.shell as it "
                            "comes, or increase max_response_bytes"
                        )
        except TimeoutError:
            late = ShellTimeout(f"{self._shell}: the command had not ended within the timeout ({timeout} s)")
            late.output = bytes(output) + self._printed.rest
        except ShellFailed as error:
            error.output = bytes(output) + error.output
            raise
        else:
            assert self.exit_code is not None
            return ShellResult(self.exit_code, bytes(output))
        raise late

    def _begin(self, mode: str) -> None:
        """Sends the input."""
        sent = self._wrapping.input
        if mode != "raw" and (sent or not _LACKS[mode]):
            raise ShellFailed(f"{self._shell}: the container has no `{mode}`, which run needs{_LACKS[mode]}")
        self._typing = asyncio.create_task(self._type(sent))

    async def _type(self, data: bytes) -> None:
        with suppress(TransportError):  # the reader finds out why; and a command may end before it has read everything
            await self._shell.write(data)

    async def _interrupt(self) -> None:
        with suppress(TransportError), anyio.move_on_after(_ENDING, shield=True):
            await self._shell.write(_INTERRUPT)
            while await self._shell.read():
                pass

    def _lost(self) -> ShellFailed:
        closing = self._shell.closing
        how = closing.told if closing else "was lost"
        when = "before the exit code came: it is not known how the command ended"
        if self._printed.mode is None:
            when = "before the command began: does the service run, and does its container have `sh`, which run needs?"
        error = ShellFailed(f"{self._shell}: the connection {how} {when}")
        error.code, error.reason = (closing.code, closing.reason) if closing else (LOST, "")
        error.output = self._printed.rest
        return error
