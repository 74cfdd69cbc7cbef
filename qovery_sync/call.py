"""How does a coroutine on the background loop get its outcome to a caller that waits in another thread?"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Call(Generic[T]):
    """One coroutine on the loop, and the outcome its caller waits for."""

    def __init__(self, function: Callable[[], Awaitable[T]]) -> None:
        self._function = function
        self.outcome: concurrent.futures.Future[T] = concurrent.futures.Future()
        self.task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self.task = asyncio.get_running_loop().create_task(self._run())
        self.task.add_done_callback(self.settle)

    def cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()

    def settle(self, _: object = None) -> None:
        """Make sure that nobody waits for ever."""
        with contextlib.suppress(concurrent.futures.InvalidStateError):
            if not self.outcome.done():
                self.outcome.set_exception(concurrent.futures.CancelledError())

    async def _run(self) -> None:
        try:
            result = await self._function()
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001  # SystemExit too: out of the task, it would end the loop
            self.outcome.set_exception(error)
        else:
            self.outcome.set_result(result)
        finally:
            del self  # or an error, which holds this frame by its traceback, is in a cycle
