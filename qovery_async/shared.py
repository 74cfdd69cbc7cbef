"""How do many tasks that need the same answer at the same time get it from one effort?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Runs a function once for all who ask while it runs; who asks later begins it anew."""

    def __init__(self) -> None:
        self._running: dict[asyncio.AbstractEventLoop, asyncio.Task[T]] = {}

    async def run(self, function: Callable[[], Awaitable[T]]) -> T:
        loop = asyncio.get_running_loop()
        task = self._running.get(loop)
        if task is None:
            task = self._running[loop] = loop.create_task(_awaited(function))
            task.add_done_callback(self._forget)
        # Shielded: who asked first may be cancelled while others still wait.
        return await asyncio.shield(task)

    def _forget(self, task: asyncio.Task[T]) -> None:
        self._running.pop(task.get_loop(), None)
        if not task.cancelled():
            task.exception()  # taken, lest it is reported as lost when nobody waits any more


async def _awaited(function: Callable[[], Awaitable[T]]) -> T:
    return await function()
