"""How are bytes damaged between the client and the emulator?

A TCP proxy cuts, resets, stalls, delays and garbles connections. Of HTTP it knows only the header that names the
call. The requests of a connection follow each other, so damage belongs to the call that was named last.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket
import struct
import zlib
from collections import Counter, defaultdict
from types import TracebackType
from typing import Literal, Self

import attrs

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
SHUT_FOR = (0.02, 0.06)
OPEN_FOR = (0.3, 1.2)


def tag_of(call: int) -> str:
    """The value of the header. Its checksum reveals garbled digits."""
    return f"{call}-{zlib.crc32(str(call).encode()):08x}"


def call_of(tag: str) -> int | None:
    """The number of the call that a header names, or None if the header is garbled."""
    number, _, _ = tag.partition("-")
    return int(number) if number.isdigit() and tag == tag_of(int(number)) else None


@attrs.frozen
class Damage:
    """Damage to a connection after `at` bytes in a direction."""

    kind: Kind
    direction: Direction
    at: int


class Proxy:
    """A proxy from a local port to `target`. It does damage between `begin` and `calm`.

    `stall` is in seconds. With the same seed, the nth connection gets the same damage at the same bytes. Timing
    decides which call uses which connection.
    """

    def __init__(self, target: tuple[str, int], seed: int, *, stall: float) -> None:
        self.target = target
        self.stall = stall
        self.counts: Counter[str] = Counter()
        """How often each kind of damage was done."""
        self.arrivals: Counter[int] = Counter()
        """The requests of each call that were passed on, at least in part."""
        self.garbled: defaultdict[int, set[str]] = defaultdict(set)
        """The directions in which bytes of a call, or earlier bytes of its connection, were changed."""
        self.connections = 0
        self.active = False
        self.port = 0
        self._seed = seed
        self._dice = random.Random(f"{seed}/shut")
        self._server: asyncio.Server | None = None
        self._shutter: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.calm()
        self._close()
        for task in self._running.copy():
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def begin(self) -> None:
        """Starts the damage."""
        self.active = True
        self._shutter = asyncio.create_task(self._shut_now_and_then())

    async def calm(self) -> None:
        """Stops the damage; bytes pass unchanged."""
        self.active = False
        if self._shutter is not None:
            self._shutter.cancel()
            await asyncio.gather(self._shutter, return_exceptions=True)
            self._shutter = None
        if self._server is None:
            await self._open()

    def draw(self, dice: random.Random, passed: dict[Direction, int]) -> Damage:
        """The next damage of a connection, where `passed` bytes have passed in each direction."""
        kind: Kind = dice.choices(list(KINDS), list(KINDS.values()))[0]
        direction: Direction = dice.choice(("up", "down"))
        return Damage(kind, direction, passed[direction] + int(dice.expovariate(1 / BYTES_BETWEEN[direction])))

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _shut_now_and_then(self) -> None:
        """Refuses connections for a moment, again and again."""
        while True:
            await asyncio.sleep(self._dice.uniform(*OPEN_FOR))
            self._close()
            self.counts["connections refused for a moment"] += 1
            await asyncio.sleep(self._dice.uniform(*SHUT_FOR))
            await self._open()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        dice = random.Random(f"{self._seed}/{self.connections}")
        task = asyncio.create_task(_Connection(self, dice, reader, writer).run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)


class _Ended(Exception):
    """The connection was cut on purpose."""


class _Connection:
    """A client's connection, together with the proxy's own to the server."""

    def __init__(
        self, proxy: Proxy, dice: random.Random, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._proxy = proxy
        self._dice = dice
        self._client = reader, writer
        self._passed: dict[Direction, int] = {"up": 0, "down": 0}
        self._damage = proxy.draw(dice, self._passed)
        self._tail = b""
        self._call: int | None = None
        self._garbled: set[str] = set()

    async def run(self) -> None:
        try:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(*self._proxy.target)
                try:
                    await self._pump_both(reader, writer)
                finally:
                    writer.close()
        finally:
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
                self._note(data)
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
        if data:
            writer.write(bytes(data))
            await writer.drain()

    async def _apply(self, direction: Direction, reader: asyncio.StreamReader, rest: bytearray) -> None:
        kind = self._damage.kind
        self._proxy.counts[f"{kind}, {'request' if direction == 'up' else 'response'}"] += 1
        if kind == "garble":
            rest[0] ^= 1 << self._dice.randrange(8)
            self._garbled.add(direction)
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
            if self._call is not None:
                self._proxy.arrivals[self._call] += 1
                if self._garbled:
                    self._taint()
        self._tail = seen[end:][-_LONGEST_TAG:]

    def _taint(self) -> None:
        if self._call is not None:
            self._proxy.garbled[self._call] |= self._garbled


def _reset(writer: asyncio.StreamWriter) -> None:
    """Closes a connection with RST: SO_LINGER of zero seconds makes the kernel send it instead of FIN."""
    peer: socket.socket = writer.get_extra_info("socket")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
