"""How do tasks that need the same result at the same time share one call?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import attrs

T = TypeVar("T")


@attrs.define(eq=False)
class _Execution(Generic[T]):
    task: asyncio.Task[T]
    waiters: int = 0


class Shared(Generic[T]):
    """Runs a function once for all tasks of a loop that call `run` while it runs."""

    def __init__(self) -> None:
        self._running: dict[asyncio.AbstractEventLoop, _Execution[T]] = {}

    async def run(self, function: Callable[[], Awaitable[T]]) -> T:
        """The result of the execution that is running, else of a new one of `function`."""
        loop = asyncio.get_running_loop()
        execution = self._running.get(loop)
        if execution is None:
            execution = self._running[loop] = _Execution(loop.create_task(_awaited(function)))
            execution.task.add_done_callback(self._forget)
        execution.waiters += 1
        try:
            # Shielded: the first task may be cancelled while others still wait.
            return await asyncio.shield(execution.task)
        finally:
            execution.waiters -= 1
            if not execution.waiters and not execution.task.done():
                # All tasks were cancelled. The next one must not join an execution that is ending.
                self._running.pop(loop, None)
                execution.task.cancel()

    def _forget(self, task: asyncio.Task[T]) -> None:
        execution = self._running.get(task.get_loop())
        if execution is not None and execution.task is task:
            del self._running[task.get_loop()]
        if not task.cancelled():
            task.exception()  # marks it as retrieved; asyncio would log it if no task is left to wait


async def _awaited(function: Callable[[], Awaitable[T]]) -> T:
    return await function()
