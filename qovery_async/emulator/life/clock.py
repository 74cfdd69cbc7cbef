"""What time is it in the emulator, and which functions run when?

One clock drives everything that takes time. A `SteppedClock` stands still until a test advances it. A `RunningClock`
runs on the event loop, at any speed. Both call functions in the order in which they are due; functions that are due at
the same time run in the order in which they were scheduled.
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
"""The default start of a stepped clock. It is fixed, so that two runs can be compared."""


@attrs.define(order=True)
class Timer:
    """A scheduled function."""

    due: float
    number: int
    function: Callable[[], object] | None = attrs.field(order=False)

    def cancel(self) -> None:
        """Cancels the call. Does nothing if the function has run."""
        self.function = None


class Clock(ABC):
    """The emulator's time, and the functions that are scheduled on it."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._timers: list[Timer] = []
        self._numbers = itertools.count()
        self.moved: list[Callable[[], object]] = []
        """Functions that are called when scheduled functions have run, or time was advanced."""

    def now(self) -> datetime:
        """The current time, in UTC."""
        return self._start + timedelta(seconds=self._elapsed())

    def call_later(self, seconds: float, function: Callable[[], object]) -> Timer:
        """Calls `function` after `seconds` of this clock's time.

        Raises:
            ValueError: `seconds` is negative or not finite.
        """
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"seconds must be zero or more, got {seconds!r}")
        timer = Timer(self._elapsed() + seconds, next(self._numbers), function)
        heapq.heappush(self._timers, timer)
        return timer

    @abstractmethod
    def advance(self, seconds: float) -> None:
        """Moves a `SteppedClock` forward.

        Raises:
            RuntimeError: The clock runs by itself.
        """

    @abstractmethod
    def run_out(self, limit: float = 86_400) -> float:
        """Moves a `SteppedClock` forward until nothing is scheduled. Returns the seconds that this took.

        Raises:
            RuntimeError: The clock runs by itself.
        """

    @abstractmethod
    def in_real_seconds(self, seconds: float) -> float:
        """How many real seconds `seconds` of this clock take. A stepped clock returns them unchanged."""

    @abstractmethod
    def _elapsed(self) -> float:
        """Seconds of this clock since its start."""

    def _next(self) -> Timer | None:
        while self._timers and self._timers[0].function is None:
            heapq.heappop(self._timers)
        return self._timers[0] if self._timers else None

    def _pop(self, until: float) -> Timer | None:
        timer = self._next()
        return heapq.heappop(self._timers) if timer is not None and timer.due <= until else None

    def _tell(self) -> None:
        for function in self.moved:
            function()

    def close(self) -> None:
        """Cancels all scheduled functions."""
        self._timers.clear()


class SteppedClock(Clock):
    """A clock that stands still until `advance`. Each function sees exactly the time at which it is due."""

    def __init__(self, start: datetime = EPOCH) -> None:
        super().__init__(start)
        self._now = 0.0

    def advance(self, seconds: float) -> None:
        """Moves the clock forward by `seconds` and runs what becomes due, also what is scheduled on the way.

        If a function raises, the clock stops at its time and the other functions stay scheduled.

        Raises:
            ValueError: `seconds` is negative or not finite.
        """
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"seconds must be zero or more, got {seconds!r}")
        until = self._now + seconds
        try:
            while timer := self._pop(until):
                self._now = timer.due
                _run(timer)
            self._now = until
        finally:
            self._tell()

    def run_out(self, limit: float = 86_400) -> float:
        """Advances until nothing is scheduled, at most by `limit` seconds. Returns the seconds it advanced."""
        began = self._now
        while (timer := self._next()) is not None and timer.due <= began + limit:
            self.advance(timer.due - self._now)
        return self._now - began

    def in_real_seconds(self, seconds: float) -> float:
        """The same seconds: when a test advances the clock cannot be known."""
        return seconds

    def _elapsed(self) -> float:
        return self._now


class RunningClock(Clock):
    """A clock that runs `speed` times as fast as real time, on the event loop that is running.

    Raises:
        ValueError: `speed` is not a finite number above 0.
    """

    def __init__(self, speed: float = 1.0, *, start: datetime | None = None) -> None:
        if not (math.isfinite(speed) and speed > 0):
            raise ValueError(f"speed must be more than zero, got {speed!r}")
        super().__init__(start or datetime.now(UTC))
        self._speed = speed
        self._alarm: asyncio.TimerHandle | None = None
        self._began = time.monotonic()

    def call_later(self, seconds: float, function: Callable[[], object]) -> Timer:
        """Calls `function` on the running event loop after `seconds` of this clock's time."""
        loop = asyncio.get_running_loop()
        timer = super().call_later(seconds, function)
        self._set_alarm(loop)
        return timer

    def advance(self, seconds: float) -> None:
        """Raises `RuntimeError`: this clock runs by itself."""
        raise RuntimeError(
            f"cannot advance a running clock by {seconds} s; make the emulator with speed=None to move its clock"
        )

    def run_out(self, limit: float = 86_400) -> float:
        """Raises `RuntimeError`: this clock runs by itself."""
        raise RuntimeError(
            f"cannot advance a running clock by up to {limit} s; make the emulator with speed=None to move its clock"
        )

    def close(self) -> None:
        """Cancels all scheduled functions and the alarm on the event loop."""
        super().close()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def in_real_seconds(self, seconds: float) -> float:
        """How many real seconds `seconds` of this clock take."""
        return seconds / self._speed

    def _elapsed(self) -> float:
        return (time.monotonic() - self._began) * self._speed

    def _set_alarm(self, loop: asyncio.AbstractEventLoop) -> None:
        # One alarm, for the earliest timer: asyncio does not keep the order of timers with the same due time.
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if (timer := self._next()) is not None:
            self._alarm = loop.call_later(max(0.0, timer.due - self._elapsed()) / self._speed, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        self._alarm = None
        try:
            # Only what is due now. What these functions schedule gets the next alarm.
            until = self._elapsed()
            while timer := self._pop(until):
                _run(timer)
        finally:
            self._set_alarm(loop)
            self._tell()


def stamp(moment: datetime) -> str:
    """A time as responses have it: `2026-01-05T09:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _run(timer: Timer) -> None:
    function, timer.function = timer.function, None
    if function is not None:
        function()
