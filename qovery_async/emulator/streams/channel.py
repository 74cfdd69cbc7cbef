"""How does one open WebSocket send, receive and close?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Literal

import attrs
from aiohttp import WSCloseCode, WSMsgType, web

from qovery_async.emulator.http.connection import close_connection
from qovery_async.emulator.streams.handshake import StreamRequest

LOST = 1006
"""The code of a connection that ends without a close frame. It is never sent; the connection is reset instead."""

# Reserved bits are set, which no frame may have.
_GARBAGE = b"\xff" * 8

AGENT_TIMEOUTS = (
    "Timeout exceeded for receiving agent response",
    "Timeout while connecting to pod",
    "Timeout while setting up port forward",
    "Retry budget exhausted",
)
"""The reasons of code 1011 when the cluster's agent is too slow."""


@attrs.frozen
class Close(Exception):
    """A close by the server with this code and reason. Sources may raise it at any time."""

    code: int
    reason: str = ""
    ending: Literal["frame", "reset", "garbage", "stall"] = "frame"

    @classmethod
    def normal(cls) -> Close:
        """1000: the stream is complete."""
        return cls(WSCloseCode.OK)

    @classmethod
    def going_away(cls) -> Close:
        """1001: the emulator stops."""
        return cls(WSCloseCode.GOING_AWAY, "the emulator stops")

    @classmethod
    def permission(cls, reason: str = "Permission denied") -> Close:
        """1007: the token may not read this stream."""
        return cls(WSCloseCode.INVALID_TEXT, reason)

    @classmethod
    def auth(cls, reason: str = "Invalid token") -> Close:
        """1008: the token is invalid."""
        return cls(WSCloseCode.POLICY_VIOLATION, reason)

    @classmethod
    def internal(cls, reason: str = AGENT_TIMEOUTS[0]) -> Close:
        """1011: an error behind the API, by default the agent's time-out."""
        return cls(WSCloseCode.INTERNAL_ERROR, reason)

    @classmethod
    def not_found(cls) -> Close:
        """1011 with `NotFound`: no agent reports the status or the metrics of the cluster."""
        return cls(WSCloseCode.INTERNAL_ERROR, "NotFound")

    @classmethod
    def lost(cls) -> Close:
        """1006: the connection is reset without a close frame."""
        return cls(LOST, ending="reset")

    @classmethod
    def garbled(cls) -> Close:
        """1006: bytes that are no frame, then the end of the connection."""
        return cls(LOST, ending="garbage")

    @classmethod
    def stalled(cls) -> Close:
        """The stream stays open, but nothing comes any more, not even pongs."""
        return cls(LOST, ending="stall")


Receive = Callable[[bytes], Awaitable[None]]


@attrs.define(eq=False)
class PlannedClose:
    """A close of the next `count` streams of a path, once each has sent `after` frames."""

    close: Close
    path: str
    after: int
    count: int


@attrs.define(eq=False)
class Channel:
    """An open stream. `frames` counts the frames sent; `request_id` is the one in the handshake's response."""

    request: StreamRequest
    request_id: str
    planned: PlannedClose | None
    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    frames: int = 0
    _stalled: asyncio.Event = attrs.field(init=False, factory=asyncio.Event)

    async def send(self, value: Any) -> None:
        """Sends a text frame of JSON."""
        await self._sent(self.socket.send_str(json.dumps(value, separators=(",", ":"))))

    async def send_bytes(self, data: bytes) -> None:
        """Sends a binary frame."""
        await self._sent(self.socket.send_bytes(data))

    async def run(self, work: Callable[[], Coroutine[Any, Any, None]], receive: Receive | None = None) -> None:
        """Runs `work` until it ends or the client leaves. `receive` gets the frames that the client sends."""
        self._end_if_due()
        both = (asyncio.create_task(work()), asyncio.create_task(self._listen(receive)))
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
        """Closes the stream."""
        self._stalled.set()
        if close.ending == "stall" and self.transport is not None:
            self._stalled.clear()
            self.transport.pause_reading()
            await self._stalled.wait()  # until the server stops, or the stream is closed otherwise
            return
        if close.ending != "frame":
            if close.ending == "garbage" and self.transport is not None:
                self.transport.write(_GARBAGE)
            close_connection(self.transport, reset=close.ending == "reset")
            await self.socket.close()
            return
        # The reason may have 123 bytes at most and must not end within a character.
        reason = close.reason.encode()[:123].decode(errors="ignore")
        await self.socket.close(code=close.code, message=reason.encode())

    async def _listen(self, receive: Receive | None) -> None:
        async for message in self.socket:
            if receive is None:
                continue
            if message.type is WSMsgType.BINARY:
                await receive(message.data)
            elif message.type is WSMsgType.TEXT:
                await receive(message.data.encode())

    async def _sent(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except ConnectionError:
            raise Close.lost() from None
        self.frames += 1
        # The planned close follows its last frame at once, even if no other frame would follow.
        self._end_if_due()

    def _end_if_due(self) -> None:
        if self.planned is not None and self.frames >= self.planned.after:
            raise self.planned.close


async def stay_open() -> None:
    """Waits until cancelled, so that the stream stays open."""
    await asyncio.Event().wait()
