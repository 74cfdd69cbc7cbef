"""What time is it in the emulator, and which functions run when?

One clock drives everything that takes time. A `SteppedClock` stands still until a test advances it. A `RunningClock`
runs on the event loop, at any speed. Both call functions in the order in which they are due; functions that are due at
the same time run in the order in which they were scheduled.

`elapsed` counts the seconds that deployments and the rate limit wait for. `now` is what is written down: the real time
where a clock runs, so that clients never read of the future, however fast it runs.
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
    what: tuple[object, ...] = attrs.field(default=(), order=False)
    """What it does, so that it can be saved. What a test schedules has no words for it."""

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

    @abstractmethod
    def now(self) -> datetime:
        """The time to write down, in UTC."""

    @abstractmethod
    def elapsed(self) -> float:
        """Seconds of this clock since its start."""

    @property
    def timers(self) -> list[Timer]:
        """What is scheduled, in the order in which it will run."""
        return sorted(timer for timer in self._timers if timer.function is not None)

    def call_later(self, seconds: float, function: Callable[[], object], *what: object) -> Timer:
        """Calls `function` after `seconds` of this clock's time. `what` says in plain words what that does.

        Raises:
            ValueError: `seconds` is negative or not finite.
        """
        timer = Timer(self.elapsed() + _forward(seconds), next(self._numbers), function, what)
        heapq.heappush(self._timers, timer)
        return timer

    @abstractmethod
    def advance(self, seconds: float) -> None:
        """Moves the clock forward by `seconds` and runs what becomes due, also what is scheduled on the way.

        Raises:
            ValueError: `seconds` is negative or not finite.
        """

    @abstractmethod
    def run_out(self, limit: float = 86_400) -> float:
        """Moves a `SteppedClock` forward until nothing is scheduled. Returns the seconds that this took.

        Raises:
            RuntimeError: The clock runs by itself.
        """

    @abstractmethod
    def in_real_seconds(self, seconds: float) -> float:
        """How long `seconds` of this clock take in the time that `now` tells."""

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

    @abstractmethod
    def resume(self, now: datetime, elapsed: float) -> None:
        """Goes on from what another clock told, before anything is scheduled."""

    def close(self) -> None:
        """Cancels all scheduled functions."""
        self._timers.clear()


class SteppedClock(Clock):
    """A clock that stands still until `advance`. Each function sees exactly the time at which it is due."""

    def __init__(self, start: datetime = EPOCH) -> None:
        super().__init__(start)
        self._now = 0.0

    def now(self) -> datetime:
        """The start and what has elapsed since."""
        return self._start + timedelta(seconds=self._now)

    def elapsed(self) -> float:
        """The sum of all advances."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Moves the clock forward by `seconds` and runs what becomes due, also what is scheduled on the way.

        If a function raises, the clock stops at its time and the other functions stay scheduled.

        Raises:
            ValueError: `seconds` is negative or not finite.
        """
        until = self._now + _forward(seconds)
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

    def resume(self, now: datetime, elapsed: float) -> None:
        """Stands where the other clock stood."""
        self._start, self._now = now - timedelta(seconds=elapsed), elapsed


class RunningClock(Clock):
    """A clock that runs `speed` times as fast as real time, on the event loop that is running. `now` is the real time.

    Raises:
        ValueError: `speed` is not a finite number above 0.
    """

    def __init__(self, speed: float = 1.0, *, start: datetime | None = None) -> None:
        if not (math.isfinite(speed) and speed > 0):
            raise ValueError(f"speed must be more than zero, got {speed!r}")
        super().__init__(start or datetime.now(UTC))
        self.speed = speed
        self._alarm: asyncio.TimerHandle | None = None
        self._began = time.monotonic()
        self._skipped = 0.0
        self._held: float | None = None
        """Where the clock stands while it is advanced, so that each function sees the time at which it is due."""

    def now(self) -> datetime:
        """The real time, which goes on if the machine's clock is set back."""
        return self._start + timedelta(0, time.monotonic() - self._began)

    def elapsed(self) -> float:
        """Real seconds since the start times `speed`, and all advances."""
        return self._held if self._held is not None else self._ran() + self._skipped

    def call_later(self, seconds: float, function: Callable[[], object], *what: object) -> Timer:
        """Calls `function` on the running event loop after `seconds` of this clock's time."""
        loop = asyncio.get_running_loop()
        timer = super().call_later(seconds, function, *what)
        self._set_alarm(loop)
        return timer

    def advance(self, seconds: float) -> None:
        """Skips `seconds`: what becomes due runs at once. It is called on the clock's event loop; `now` does not change.

        Raises:
            ValueError: `seconds` is negative or not finite.
            RuntimeError: No event loop is running.
        """
        until, loop = self.elapsed() + _forward(seconds), asyncio.get_running_loop()
        self._held = held = self.elapsed()
        try:
            while timer := self._pop(until):
                self._held = held = max(timer.due, held)
                _run(timer)
            held = until
        finally:
            self._held, self._skipped = None, held - self._ran()
            self._set_alarm(loop)
            self._tell()

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
        return seconds / self.speed

    def resume(self, now: datetime, elapsed: float) -> None:
        """Goes on counting. It tells the real time, or goes on from what was told if that is later."""
        self._start = max(self._start, now)
        self._skipped = elapsed - self._ran()

    def _ran(self) -> float:
        return (time.monotonic() - self._began) * self.speed

    def _set_alarm(self, loop: asyncio.AbstractEventLoop) -> None:
        # One alarm, for the earliest timer: asyncio does not keep the order of timers with the same due time.
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if (timer := self._next()) is not None:
            self._alarm = loop.call_later(max(0.0, timer.due - self.elapsed()) / self.speed, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        self._alarm = None
        try:
            # Only what is due now. What these functions schedule gets the next alarm.
            until = self.elapsed()
            while timer := self._pop(until):
                _run(timer)
        finally:
            self._set_alarm(loop)
            self._tell()


def stamp(moment: datetime) -> str:
    """A time as responses have it: `2026-01-05T09:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _forward(seconds: float) -> float:
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError(f"seconds must be zero or more, got {seconds!r}")
    return seconds


def _run(timer: Timer) -> None:
    function, timer.function = timer.function, None
    if function is not None:
        function()
