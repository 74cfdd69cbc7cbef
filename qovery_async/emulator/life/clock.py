"""What time is it in the emulator, and what happens when?

Everything that takes time asks one clock. A `SteppedClock` stands still until a test moves it; a `RunningClock` goes
with the running event loop, at any speed. Both keep the same order: by due time, then first asked, first done.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import attrs

EPOCH: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""Where a stepped clock begins unless told: a fixed Monday morning, so that runs can be compared."""


@attrs.define(order=True)
class Timer:
    """A function that waits for its time."""

    due: float
    number: int
    function: Callable[[], object] | None = attrs.field(order=False)

    def cancel(self) -> None:
        """Forgets the function; one that has run does not mind."""
        self.function = None


class Clock(ABC):
    """The time, and what waits for it."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._timers: list[Timer] = []
        self._numbers = itertools.count()

    def now(self) -> datetime:
        """The present moment, with its time zone (UTC)."""
        return self._start + timedelta(seconds=self._elapsed())

    def call_later(self, seconds: float, function: Callable[[], object]) -> Timer:
        """Calls `function` once `seconds` of this clock's time have gone by."""
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"seconds must be zero or more, got {seconds!r}")
        timer = Timer(self._elapsed() + seconds, next(self._numbers), function)
        heapq.heappush(self._timers, timer)
        return timer

    @abstractmethod
    def in_real_seconds(self, seconds: float) -> float:
        """How long `seconds` of this clock's time take; nobody knows of one that stands still, so those count as real."""

    @abstractmethod
    def _elapsed(self) -> float:
        """Seconds of this clock's time since its start."""

    def _next(self) -> Timer | None:
        while self._timers and self._timers[0].function is None:
            heapq.heappop(self._timers)
        return self._timers[0] if self._timers else None

    def _pop(self, until: float) -> Timer | None:
        timer = self._next()
        return heapq.heappop(self._timers) if timer is not None and timer.due <= until else None

    def close(self) -> None:
        """Forgets all that waits, so that nothing holds the loop."""
        self._timers.clear()


class SteppedClock(Clock):
    """Moves only when told; each function sees the very moment it was due at."""

    def __init__(self, start: datetime = EPOCH) -> None:
        super().__init__(start)
        self._now = 0.0

    def advance(self, seconds: float) -> None:
        """Moves on, doing what falls due in order, including what those functions ask for on the way.

        When a function raises, the clock stands at its moment and the rest still waits.
        """
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"seconds must be zero or more, got {seconds!r}")
        until = self._now + seconds
        while timer := self._pop(until):
            self._now = timer.due
            _run(timer)
        self._now = until

    def run_out(self, limit: float = 86_400) -> float:
        """Moves on until nothing waits any more, at most `limit` seconds; returns the seconds it took."""
        began = self._now
        while (timer := self._next()) is not None and timer.due <= began + limit:
            self.advance(timer.due - self._now)
        return self._now - began

    def in_real_seconds(self, seconds: float) -> float:
        return seconds

    def _elapsed(self) -> float:
        return self._now


class RunningClock(Clock):
    """Goes by itself, `speed` times as fast as real time, on the event loop that runs when it is asked to wait."""

    def __init__(self, speed: float = 1.0, *, start: datetime | None = None) -> None:
        if not (math.isfinite(speed) and speed > 0):
            raise ValueError(f"speed must be more than zero, got {speed!r}")
        super().__init__(start or datetime.now(UTC))
        self._speed = speed
        self._alarm: asyncio.TimerHandle | None = None
        self._began = time.monotonic()

    def call_later(self, seconds: float, function: Callable[[], object]) -> Timer:
        """Calls `function` from the running event loop once `seconds` of this clock's time have gone by."""
        loop = asyncio.get_running_loop()
        timer = super().call_later(seconds, function)
        self._set_alarm(loop)
        return timer

    def close(self) -> None:
        super().close()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def in_real_seconds(self, seconds: float) -> float:
        return seconds / self._speed

    def _elapsed(self) -> float:
        return (time.monotonic() - self._began) * self._speed

    def _set_alarm(self, loop: asyncio.AbstractEventLoop) -> None:
        # One alarm for the earliest: asyncio alone would not keep the order of equal times.
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if (timer := self._next()) is not None:
            self._alarm = loop.call_later(max(0.0, timer.due - self._elapsed()) / self._speed, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        self._alarm = None
        try:
            # What was due when the alarm rang; a function that asks for more waits for the next one.
            until = self._elapsed()
            while timer := self._pop(until):
                _run(timer)
        finally:
            self._set_alarm(loop)


def stamp(moment: datetime) -> str:
    """A moment as answers write it: `2026-01-05T09:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _run(timer: Timer) -> None:
    function, timer.function = timer.function, None
    if function is not None:
        function()
