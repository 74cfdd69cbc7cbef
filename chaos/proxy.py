"""Which connections run through the proxy between the clients and the emulator?

A TCP proxy that knows little of HTTP: the header that names the call, and where a response ends.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from types import TracebackType
from typing import Self, cast

from chaos.connection import BYTES_BETWEEN, KINDS, Connection, Damage, Direction, Kind
from chaos.idle import Ears
from chaos.ledger import Ledger

SHUT_FOR = (0.02, 0.06)
OPEN_FOR = (0.3, 1.2)


class Proxy:
    """A proxy from a local port to `target`. It does damage between `begin` and `calm`.

    `stall` is in seconds. With the same seed, the nth connection gets the same damage at the same bytes. Timing
    decides which call uses which connection.
    """

    def __init__(self, target: tuple[str, int], seed: int, ledger: Ledger, *, stall: float) -> None:
        self.target = target
        self.stall = stall
        self.ledger = ledger
        self.counts: Counter[str] = Counter()
        """How often each kind of damage was done."""
        self.gaps: deque[float] = deque(maxlen=200)
        """The last times between a response and the next request on a connection, in seconds."""
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
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: asyncio.StreamReaderProtocol(Ears(), self._accept), "127.0.0.1", self.port
        )
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
        connection = Connection(self, self.connections, dice, cast("Ears", reader), writer)
        task = asyncio.create_task(connection.run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
