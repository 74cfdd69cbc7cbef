"""How do many tasks that need the same answer at the same time get it from one effort?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import attrs

T = TypeVar("T")


@attrs.define(eq=False)
class _Effort(Generic[T]):
    task: asyncio.Task[T]
    waiting: int = 0


class Shared(Generic[T]):
    """Runs a function once for all who ask while it runs; who asks later begins it anew."""

    def __init__(self) -> None:
        self._running: dict[asyncio.AbstractEventLoop, _Effort[T]] = {}

    async def run(self, function: Callable[[], Awaitable[T]]) -> T:
        loop = asyncio.get_running_loop()
        effort = self._running.get(loop)
        if effort is None:
            effort = self._running[loop] = _Effort(loop.create_task(_awaited(function)))
            effort.task.add_done_callback(self._forget)
        effort.waiting += 1
        try:
            # Shielded: who asked first may be cancelled while others still wait.
            return await asyncio.shield(effort.task)
        finally:
            effort.waiting -= 1
            if not effort.waiting and not effort.task.done():
                # All have been cancelled. Whoever asks now does not get what they left behind.
                self._running.pop(loop, None)
                effort.task.cancel()

    def _forget(self, task: asyncio.Task[T]) -> None:
        effort = self._running.get(task.get_loop())
        if effort is not None and effort.task is task:
            del self._running[task.get_loop()]
        if not task.cancelled():
            task.exception()  # taken, lest it is reported as lost when nobody waits any more


async def _awaited(function: Callable[[], Awaitable[T]]) -> T:
    return await function()
