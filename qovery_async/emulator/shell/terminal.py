"""What does a terminal do with typed and printed bytes?"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

INTERRUPT, END, ERASE = 0x03, 0x04, 0x7F
FRAME = 4096
WAITING = 1024 * 1024
"""How many typed bytes are kept for a program that does not read. Further ones are dropped, in raw mode they wait."""

LINE = 4095
"""The longest unfinished line, as on Linux. Further bytes are dropped until it ends."""


class Interrupted(Exception):
    """Ctrl-C was typed."""


class Terminal:
    """The line discipline of a Linux terminal.

    Typed bytes are echoed and kept until the line ends. Ctrl-C interrupts. Ctrl-D ends the input at the beginning of a
    line, and passes on the unfinished line elsewhere. LF is printed as CR LF. `stty` switches `echo`, `post` (CR LF),
    `raw` (no lines) and, in raw mode, `signals` (Ctrl-C).
    """

    def __init__(self, send: Callable[[bytes], Awaitable[None]], width: int = 0, height: int = 0) -> None:
        self.width, self.height = width, height
        self.echo, self.post, self.raw, self.signals = True, True, False, True
        self._send = send
        self._line = bytearray()
        self._lines: deque[bytes] = deque()
        self._waiting = 0
        self._interrupted = False
        self._changed = asyncio.Event()
        self._taken = asyncio.Event()

    async def type(self, data: bytes) -> None:
        """Receives typed bytes."""
        if self.raw:
            echo = await self._type_raw(bytes(data))
        else:
            echo = b"".join(self._key(byte) for byte in data)
        if self.echo and echo:
            await self._send(echo)
        self._changed.set()
        # The program runs between two frames, even if many frames are queued.
        await asyncio.sleep(0)

    async def write(self, data: bytes) -> None:
        """Sends what a program prints."""
        if self.post:
            data = data.replace(b"\n", b"\r\n")
        for start in range(0, len(data), FRAME):
            await self._send(data[start : start + FRAME])

    async def read(self) -> bytes:
        """The next line with its line end, an unfinished line after Ctrl-D, or no bytes at the end of the input."""
        while not self._lines:
            await self._wait()
        self._check()
        line = self._lines.popleft()
        self._waiting -= len(line)
        self._taken.set()
        return line

    async def sleep(self, seconds: float) -> None:
        """Waits. Raises `Interrupted` if Ctrl-C is typed meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self._wait()
        except TimeoutError:
            return

    async def _type_raw(self, data: bytes) -> bytes:
        typed = data
        if self.signals and bytes((INTERRUPT,)) in data:
            self._interrupt()
            typed = data.rpartition(bytes((INTERRUPT,)))[2]
        while self._waiting and self._waiting + len(typed) > WAITING:
            self._taken.clear()
            await self._taken.wait()
        if typed:
            self._pass_on(typed)
        return data

    async def _wait(self) -> None:
        self._check()
        self._changed.clear()
        await self._changed.wait()
        self._check()

    def _check(self) -> None:
        if self._interrupted:
            self._interrupted = False
            raise Interrupted

    def _key(self, byte: int) -> bytes:
        """Processes one typed byte and returns its echo."""
        if byte == INTERRUPT:
            self._interrupt()
            return b"^C"
        if byte == END:
            self._finish()
            return b""
        if byte == ERASE:
            return self._erase()
        if byte in b"\r\n":
            self._line.append(0x0A)
            self._finish()
            return b"\r\n" if self.post else b"\n"
        if len(self._line) >= LINE:
            return b"\a"
        self._line.append(byte)
        return bytes((byte,)) if byte >= 0x20 or byte == 0x09 else b"^" + bytes((byte + 0x40,))

    def _interrupt(self) -> None:
        self._line.clear()
        self._lines.clear()
        self._waiting = 0
        self._interrupted = True

    def _erase(self) -> bytes:
        if not self._line:
            return b""
        while len(self._line) > 1 and 0x80 <= self._line[-1] < 0xC0:
            self._line.pop()  # continuation bytes of a UTF-8 character
        self._line.pop()
        return b"\b \b"

    def _finish(self) -> None:
        line = bytes(self._line)
        self._line.clear()
        self._pass_on(line)

    def _pass_on(self, data: bytes) -> None:
        if self._waiting + len(data) <= WAITING:
            self._lines.append(data)
            self._waiting += len(data)
