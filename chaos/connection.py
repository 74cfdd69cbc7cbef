"""What happens to the bytes of one connection through the proxy?

They are cut, reset, stalled, delayed and garbled. The requests of a connection follow each other, so damage belongs
to the call that was named last.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket
import struct
import time
from collections import Counter, deque
from typing import Literal, Protocol

import attrs

from chaos.idle import TWICE, TWICE_AT_ONCE, Ears, Idle
from chaos.ledger import Ledger
from chaos.seal import sealed, unsealed

Direction = Literal["up", "down"]
Kind = Literal["cut", "reset", "stall", "delay", "garble"]

TAG = "X-Chaos-Call"
_TAG = re.compile(rb"X-Chaos-Call: (\d+-[0-9a-f]{8})\r\n")
_LONGEST_TAG = 64
_CHUNK = 65536

KINDS: dict[Kind, int] = {"cut": 4, "reset": 4, "stall": 2, "delay": 4, "garble": 1}
"""The kinds of damage, and their relative frequency."""
BYTES_BETWEEN: dict[Direction, float] = {"up": 9_000, "down": 18_000}
"""The bytes that pass without damage on average. A request has about 450 bytes, a response twice as many."""
DELAYS = (0.01, 0.15)
SIDES: dict[Direction, str] = {"up": "request", "down": "response"}


def tag_of(call: int) -> str:
    """The value of the header."""
    return sealed(str(call))


def call_of(tag: str) -> int | None:
    """The number of the call that a header names, or None if the header is garbled."""
    number = unsealed(tag)
    return int(number) if number and number.isdigit() else None


@attrs.frozen
class Damage:
    """Damage to a connection after `at` bytes in a direction."""

    kind: Kind
    direction: Direction
    at: int


class Surroundings(Protocol):
    """What the connections of a proxy share."""

    target: tuple[str, int]
    stall: float
    active: bool
    counts: Counter[str]
    gaps: deque[float]
    ledger: Ledger

    def draw(self, dice: random.Random, passed: dict[Direction, int]) -> Damage: ...


class _Ended(Exception):
    """The connection was ended on purpose."""


class Connection:
    """A client's connection, together with the proxy's own to the server."""

    def __init__(
        self, proxy: Surroundings, number: int, dice: random.Random, reader: Ears, writer: asyncio.StreamWriter
    ) -> None:
        self._proxy = proxy
        self._number = number
        self._dice = dice
        self._client = reader, writer
        self._idle = Idle(dice, reader, writer, counts=proxy.counts, gaps=proxy.gaps)
        self._passed: dict[Direction, int] = {"up": 0, "down": 0}
        self._damage = proxy.draw(dice, self._passed)
        self._tail = b""
        self._call: int | None = None
        self._changed: set[str] = set()
        """The directions in which bytes were changed, and whether responses reach later requests."""

    async def run(self) -> None:
        try:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(*self._proxy.target)
                try:
                    await self._pump_both(reader, writer)
                finally:
                    writer.close()
        finally:
            self._idle.stop()
            self._client[1].close()

    async def _pump_both(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Passes bytes in both directions until one side ends."""
        pumps = [
            asyncio.create_task(self._pump("up", self._client[0], writer)),
            asyncio.create_task(self._pump("down", reader, self._client[1])),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(self, direction: Direction, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK):
            if direction == "up":
                self._idle.requested()
                self._note(data)
                if self._idle.is_over:
                    raise _Ended
            rest = bytearray(data)
            while rest and self._proxy.active and self._due(direction, len(rest)):
                intact = self._damage.at - self._passed[direction]
                await self._pass(direction, writer, rest[:intact])
                del rest[:intact]
                await self._apply(direction, reader, rest)
                self._damage = self._proxy.draw(self._dice, self._passed)
            await self._pass(direction, writer, rest)

    def _due(self, direction: Direction, size: int) -> bool:
        if self._damage.at < self._passed[self._damage.direction]:  # its byte passed while the proxy was calm
            self._damage = self._proxy.draw(self._dice, self._passed)
        return self._damage.direction == direction and self._damage.at < self._passed[direction] + size

    async def _pass(self, direction: Direction, writer: asyncio.StreamWriter, data: bytearray) -> None:
        self._passed[direction] += len(data)
        if direction == "down":
            quiet = not self._proxy.active or bool(self._changed)
            data += self._idle.responding(bytes(data), quiet=quiet)
        if data:
            writer.write(bytes(data))
            await writer.drain()

    async def _apply(self, direction: Direction, reader: asyncio.StreamReader, rest: bytearray) -> None:
        kind = self._damage.kind
        name = f"{kind}, {SIDES[direction]}"
        self._proxy.counts[name] += 1
        self._proxy.ledger.enter(self._call, "damaged", name)
        if kind == "garble":
            rest[0] ^= 1 << self._dice.randrange(8)
            self._changed.add(SIDES[direction])
            self._taint()
        elif kind == "delay":
            await asyncio.sleep(self._dice.uniform(*DELAYS))
            if direction == "up" and reader.at_eof():
                raise _Ended  # the client has gone; its request must not arrive after its next one
        elif kind == "stall":
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._proxy.stall):
                    if direction == "down":
                        await asyncio.sleep(self._proxy.stall)  # the other pump notices when the client goes
                    while await reader.read(_CHUNK):
                        pass
            raise _Ended
        else:
            if kind == "reset":
                _reset(self._client[1])
            raise _Ended

    def _note(self, data: bytes) -> None:
        seen = self._tail + data
        end = 0
        for found in _TAG.finditer(seen):
            self._call, end = call_of(found[1].decode()), found.end()
            self._arrive()
        self._tail = seen[end:][-_LONGEST_TAG:]

    def _arrive(self) -> None:
        ledger, said = self._proxy.ledger, self._idle.said
        ledger.enter(self._call, "arrived", f"connection {self._number}")
        if said:
            detail = f"{time.monotonic() - self._idle.said_at:.4f} s after this: {said}"
            ledger.enter(self._call, "misused" if self._idle.noticeable else "crossed", detail)
            if said in (TWICE, TWICE_AT_ONCE) and not self._idle.noticeable:
                self._changed.add("crossed")
        self._taint()

    def _taint(self) -> None:
        for where in self._changed:
            self._proxy.ledger.enter(self._call, "garbled", where)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Closes a connection with RST: SO_LINGER of zero seconds makes the kernel send it instead of FIN."""
    peer: socket.socket = writer.get_extra_info("socket")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
