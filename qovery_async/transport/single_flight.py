"""How do tasks that need the same result at the same time share one call?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from qovery_async.transport.loop import running_loop
from qovery_async.vocabulary.values import define

T = TypeVar("T")


@define(eq=False)
class _Run(Generic[T]):
    task: asyncio.Task[T]
    waiting: int = 0


class Shared(Generic[T]):
    """Runs a function once for all tasks of a loop that need it while it runs; a later task runs it again."""

    def __init__(self) -> None:
        self._running: dict[asyncio.AbstractEventLoop, _Run[T]] = {}

    async def run(self, function: Callable[[], Awaitable[T]]) -> T:
        """Awaits the result of the current run, or starts one. Every waiting task gets its exception."""
        loop = running_loop()
        current = self._running.get(loop)
        if current is None:
            current = self._running[loop] = _Run(loop.create_task(_awaited(function)))
            current.task.add_done_callback(self._forget)
        current.waiting += 1
        try:
            # Shielded: one task may be cancelled while others still wait.
            return await asyncio.shield(current.task)
        finally:
            current.waiting -= 1
            if not current.waiting and not current.task.done():
                # Every waiting task was cancelled, so the next one starts a new run.
                self._running.pop(loop, None)
                current.task.cancel()

    def _forget(self, task: asyncio.Task[T]) -> None:
        current = self._running.get(task.get_loop())
        if current is not None and current.task is task:
            del self._running[task.get_loop()]
        if not task.cancelled():
            task.exception()  # asyncio logs an exception that nothing has retrieved


async def _awaited(function: Callable[[], Awaitable[T]]) -> T:
    return await function()
