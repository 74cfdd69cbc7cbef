"""How does one coroutine run on the loop, and how is it ended from another thread?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Generic, Protocol, TypeVar, cast

from anyio import CancelScope

T = TypeVar("T")

# anyio would import this on the loop with the first call: a fork meanwhile would hang the first call of the child.
import_module("anyio._backends._asyncio")

# Seconds a cancelled call gets to unwind, so that its request really is cancelled.
UNWIND_SECONDS = 1.0


class Home(Protocol):
    """What a call needs to know of the loop it runs on."""

    stopping: bool


class Outcome(Generic[T]):
    """What a function returned or raised, on its way to another thread."""

    value: T | None = None
    error: BaseException | None = None

    @property
    def is_cancelled(self) -> bool:
        """Whether the function was cancelled."""
        return isinstance(self.error, asyncio.CancelledError)

    def get(self) -> T:
        """Return or raise it. Not to be asked twice."""
        if self.error is None:
            return cast("T", self.value)
        # An error holds the frames it passed, and they hold this: let go of it, or it is in a cycle.
        error, self.error = self.error, None
        try:
            raise error
        finally:
            del error


class Crossing(Outcome[T]):
    """One coroutine on the loop, in a cancel scope of its own, and its outcome."""

    task: asyncio.Task[None] | None = None
    _scope: CancelScope | None = None
    _cancelled = False
    _when_over: Callable[[], object] | None = None

    def __init__(self, function: Callable[[], Awaitable[T]], home: Home) -> None:
        self._function = function
        self._home = home

    def begin(self, when_over: Callable[[], object]) -> None:
        """Run in a task of its own. `when_over` is called before that ends, so that nobody waits another turn of the loop."""
        self._when_over = when_over
        asyncio.get_running_loop().create_task(self.run()).add_done_callback(self._never_ran)

    async def run(self) -> None:
        """Never raises: out of a task, SystemExit would end the loop, and any error be in a cycle."""
        task = asyncio.current_task()
        assert task is not None
        task.remove_done_callback(self._never_ran)
        try:
            if self._cancelled or self._home.stopping:
                self.error = asyncio.CancelledError()
                return
            self.task = task
            with CancelScope() as self._scope:
                self.value = await self._function()
            if self._scope.cancelled_caught:
                self.error = asyncio.CancelledError()
        except BaseException as error:  # noqa: BLE001  # it is raised in the thread that waits
            self.error = error
        finally:
            self.task = self._scope = None
            if self._when_over is not None:
                self._when_over()

    def _never_ran(self, _: asyncio.Task[None]) -> None:
        """For a task that somebody cancelled before its first step."""
        self.error = asyncio.CancelledError()
        if self._when_over is not None:
            self._when_over()

    def cancel(self, when_over: Callable[[], object] | None = None) -> None:
        """Cancel it once, so that what it cleans up may be awaited, and insist when that takes too long."""
        self._cancelled = True
        if self.task is not None:
            self._when_over = when_over or self._when_over
            self.task.cancel()
            asyncio.get_running_loop().call_later(UNWIND_SECONDS, self._insist)
        elif when_over is not None:
            when_over()

    def _insist(self) -> None:
        if self._scope is not None:
            self._scope.cancel()
