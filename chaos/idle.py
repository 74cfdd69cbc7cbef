"""What may a server do on a connection that waits for the next request?

It may respond a second time, and it may close the connection, with a 408 or without. A client that sends a request
in the same moment cannot know it. One that sends it later must have noticed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import select
import socket
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from chaos.framing import Framing

TWICE_AT_ONCE = "second response, at once"
TWICE = "second response, while idle"
CLOSED = "closed, while idle"
TIMED_OUT = "408 and closed, while idle"
SHARES = {TWICE_AT_ONCE: 0.005, TWICE: 0.03, CLOSED: 0.03, TIMED_OUT: 0.03}
"""The shares of responses after which each is to happen. Often the next request comes before."""
NOTICEABLE = 0.1
"""Seconds after which a client must have noticed it."""
_408 = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_ONE_SEGMENT = 60_000
"""So many bytes reach a client on the same machine in one piece."""


class Ears(asyncio.StreamReader):
    """A reader that knows how many bytes have come, also those that nobody has read."""

    heard = 0

    def feed_data(self, data: Any) -> None:  # typeshed has another type than the documentation
        self.heard += len(data)
        super().feed_data(data)


class Idle:
    """The noise on one connection between its requests.

    `gaps` holds the last times between a response and the next request on any connection, in seconds: noise comes
    after a part of such a time, and so about when a client uses the connection.
    """

    def __init__(
        self,
        dice: random.Random,
        reader: Ears,
        writer: asyncio.StreamWriter,
        *,
        counts: Counter[str],
        gaps: deque[float],
    ) -> None:
        self.said = ""
        """What was done on this connection that no request asked for."""
        self.said_at = 0.0
        self.noticeable = False
        """Whether the client has had the time to notice it."""
        self._dice = dice
        self._reader, self._writer = reader, writer
        self._counts, self._gaps = counts, gaps
        self._framing = Framing()
        self._heard = 0
        self._idle_since: float | None = None
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def is_over(self) -> bool:
        """Whether the connection has been closed for requests."""
        return self.said in (CLOSED, TIMED_OUT)

    def responding(self, data: bytes, *, quiet: bool) -> bytes:
        """Takes bytes that are passed to the client. Returns more to pass together with them.

        `quiet` connections get no noise.
        """
        if not self._framing.feed(data) or quiet or self.said:
            return b""
        self._heard, self._idle_since = self._reader.heard, time.monotonic()
        kind = self._dice.choices([*SHARES, ""], [*SHARES.values(), 1 - sum(SHARES.values())])[0]
        if kind == TWICE_AT_ONCE:
            is_one_segment = len(data) + len(self._framing.last) < _ONE_SEGMENT
            if is_one_segment and not self._writer.transport.get_write_buffer_size():
                self._note(kind)
                self.noticeable = True
                return self._framing.last
        elif kind and self._gaps:
            self._set(self._dice.random() * self._dice.choice(self._gaps), lambda: self._act(kind))
        return b""

    def requested(self) -> None:
        """Takes note that the client has sent something."""
        if self._idle_since is not None:
            self._gaps.append(time.monotonic() - self._idle_since)
            self._idle_since = None
        self.stop()

    def stop(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _act(self, kind: str) -> None:
        if not self._is_silent():
            return
        self._note(kind)
        if kind != CLOSED:
            self._writer.write(self._framing.last if kind == TWICE else _408)
        if self.is_over:
            with contextlib.suppress(OSError):  # the client has just reset it
                self._writer.write_eof()
        self._set(NOTICEABLE, self._wait)

    def _wait(self) -> None:
        self.noticeable = self._is_silent()

    def _note(self, kind: str) -> None:
        self.said, self.said_at = kind, time.monotonic()
        self._counts[kind] += 1

    def _set(self, delay: float, act: Callable[[], None]) -> None:
        self._alarm = asyncio.get_running_loop().call_later(delay, act)

    def _is_silent(self) -> bool:
        """Whether the client has sent nothing since the response, not even to the kernel."""
        if self._writer.is_closing() or self._reader.heard != self._heard:
            return False
        peer: socket.socket = self._writer.get_extra_info("socket")
        return not select.select([peer], [], [], 0)[0]
