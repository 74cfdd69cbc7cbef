"""How does what takes too long end? One timer watches all that a session waits for.

`asyncio.timeout` sets and cancels a timer for each wait, which costs as much as a tenth of a call. Its rules of
cancellation hold here too: a task that someone else cancels as well stays cancelled.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


class Expired(Exception):
    """The time is over. It tells a limit from a `TimeoutError` of what was awaited."""


class _Limit:
    """The time that a task has for something."""

    __slots__ = ("ends", "is_over", "task")

    def __init__(self, task: asyncio.Task[Any], ends: float) -> None:
        self.task = task
        self.ends = ends
        self.is_over = False


class Watch:
    """Cancels tasks when their time is over, and turns that cancellation into `Expired`."""

    __slots__ = ("_limits", "_loop", "_timer", "_wakes")

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._limits: set[_Limit] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._wakes = math.inf
        """When the timer looks at the limits next: never after the first of them ends."""

    async def within(self, seconds: float | None, awaited: Awaitable[T]) -> T:
        """What `awaited` results in, within so many seconds; None is no limit.

        Raises:
            Expired: it takes longer, and was cancelled.
        """
        if seconds is None:
            return await awaited
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("a call must run in a task")
        cancelling = task.cancelling()
        limit = _Limit(task, loop.time() + seconds)
        self._limits.add(limit)
        if limit.ends < self._wakes or loop is not self._loop:
            self._wake(loop, limit.ends)
        try:
            return await awaited
        except asyncio.CancelledError:
            # More requests to cancel than the timer's own: someone else wants the task to end.
            if not limit.is_over or task.cancelling() - 1 > cancelling:
                raise
        finally:
            self._limits.discard(limit)
            if limit.is_over:
                task.uncancel()
        raise Expired

    def rest(self) -> None:
        """Ends the timer, unless something is being watched."""
        if self._timer is not None and not self._limits:
            self._timer.cancel()
            self._timer, self._wakes = None, math.inf

    def _wake(self, loop: asyncio.AbstractEventLoop, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._loop, self._wakes = loop, at
        self._timer = loop.call_at(at, self._look)

    def _look(self) -> None:
        """Cancels what is over, and sets the timer for what is not."""
        self._timer, self._wakes = None, math.inf
        loop = asyncio.get_running_loop()
        now = loop.time()
        for limit in [limit for limit in self._limits if limit.ends <= now]:
            self._limits.discard(limit)
            limit.is_over = True
            limit.task.cancel()
        if self._limits:
            self._wake(loop, min(limit.ends for limit in self._limits))
