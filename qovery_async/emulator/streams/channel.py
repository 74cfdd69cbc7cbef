"""What goes over one open WebSocket, and how does it end?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import attrs
from aiohttp import WSCloseCode, WSMsgType, web

from qovery_async.emulator.faults.delivery import close as close_transport
from qovery_async.emulator.streams.handshake import Asked

LOST = 1006
"""The code of a connection that ends without a close frame: never sent, so asking for it resets the connection."""

AGENT_TIMEOUTS = (
    "Timeout exceeded for receiving agent response",
    "Timeout while connecting to pod",
    "Timeout while setting up port forward",
    "Retry budget exhausted",
)
"""Reasons that come with 1011 when the cluster's agent is slow."""


@attrs.frozen
class Close(Exception):
    """The server ends a stream with this code and reason; data sources may raise it at any time."""

    code: int
    reason: str = ""

    @classmethod
    def normal(cls) -> Close:
        return cls(WSCloseCode.OK)

    @classmethod
    def going_away(cls) -> Close:
        return cls(WSCloseCode.GOING_AWAY, "the emulator stops")

    @classmethod
    def permission(cls, reason: str = "Permission denied") -> Close:
        return cls(WSCloseCode.INVALID_TEXT, reason)

    @classmethod
    def auth(cls, reason: str = "Invalid token") -> Close:
        return cls(WSCloseCode.POLICY_VIOLATION, reason)

    @classmethod
    def internal(cls, reason: str = AGENT_TIMEOUTS[0]) -> Close:
        return cls(WSCloseCode.INTERNAL_ERROR, reason)

    @classmethod
    def not_found(cls) -> Close:
        """What the cluster's status and metrics end with where no agent reports any."""
        return cls(WSCloseCode.INTERNAL_ERROR, "NotFound")

    @classmethod
    def lost(cls) -> Close:
        return cls(LOST)


Hear = Callable[[bytes], Awaitable[None]]


@attrs.define(eq=False)
class Planned:
    """A close that is due for one of the next streams, once it has sent so many frames."""

    close: Close
    path: str
    after: int
    count: int


@attrs.define(eq=False)
class Channel:
    """An open stream; `frames` counts what was sent, `request_id` is what the handshake's answer said."""

    asked: Asked
    request_id: str
    planned: Planned | None
    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    frames: int = 0

    async def send(self, value: Any) -> None:
        """One text frame of JSON."""
        await self._sent(self.socket.send_str(json.dumps(value, separators=(",", ":"))))

    async def send_bytes(self, data: bytes) -> None:
        """One binary frame."""
        await self._sent(self.socket.send_bytes(data))

    async def run(self, work: Callable[[], Coroutine[Any, Any, None]], hear: Hear | None = None) -> None:
        """Does the work until it is done or the other side has left, and hands over what that one sends."""
        self._end_if_due()
        both = (asyncio.create_task(work()), asyncio.create_task(self._listen(hear)))
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            results = await asyncio.gather(*both, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def end(self, close: Close) -> None:
        if close.code == LOST:
            close_transport(self.transport, reset=True)
            await self.socket.close()
            return
        # A close frame has room for 123 bytes of reason, which must be whole characters.
        reason = close.reason.encode()[:123].decode(errors="ignore")
        await self.socket.close(code=close.code, message=reason.encode())

    async def _listen(self, hear: Hear | None) -> None:
        async for message in self.socket:
            if hear is None:
                continue
            if message.type is WSMsgType.BINARY:
                await hear(message.data)
            elif message.type is WSMsgType.TEXT:
                await hear(message.data.encode())

    async def _sent(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except ConnectionError:
            raise Close.lost() from None
        self.frames += 1
        # A planned close comes right behind its last frame, even where nothing else is going to be sent.
        self._end_if_due()

    def _end_if_due(self) -> None:
        if self.planned is not None and self.frames >= self.planned.after:
            raise self.planned.close


async def silence() -> None:
    """Nothing more comes, yet the stream stays open."""
    await asyncio.Event().wait()
