"""How does a thread follow a task on the loop that needs it on the way?

A visit is one task and the thread that waits for it. The thread crosses as often as needed: it comes back with a
function of the user to run, with a value that the task yields, or with the outcome of the task.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar, cast

from qovery_sync.crossing import Crossing, Outcome
from qovery_sync.loop_thread import LoopThread

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
M = TypeVar("M")

IN_USE = "another thread or a callback is using this iteration or context: begin a new one there"
ONCE = "this iteration or context has ended: begin a new one"
NOBODY_WAITS = "a function of the caller was awaited outside the call it was given to"


class Callback(Generic[P, R]):
    """A plain function, made awaitable on the loop; it runs in the thread of the caller."""

    runs_in_callers_thread = True

    def __init__(self, function: Callable[P, R]) -> None:
        self._function = function

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """What the function returned, or raised, in the thread of the caller."""
        visit = _current.get(None)
        if visit is None:
            raise RuntimeError(NOBODY_WAITS)
        return await visit.ask(partial(self._function, *args, **kwargs))


class Visit(Generic[T, M]):
    """One task on the loop, and the steps by which a thread follows it."""

    def __init__(self, thread: LoopThread, life: Callable[[Visit[T, M]], Awaitable[object]]) -> None:
        """`life` may hand out values by `give`; what it returns or raises comes last."""
        self.over = False
        self._thread = thread
        self._using = threading.Lock()
        # What follows is touched on the loop alone.
        self._call: Crossing[object] = Crossing(partial(life, self), thread)
        self._task: asyncio.Task[None] | None = None
        self._news: deque[Outcome[Any] | _Errand[Any]] = deque()
        self._has_news = asyncio.Event()
        self._reply: asyncio.Future[M] | None = None
        self._abandoned = False

    # In the thread that waits.

    def begin(self) -> T:
        """Begin, and wait for the first value, or the last."""
        return cast("T", self._follow(self._start))

    def go_on(self, message: M) -> T:
        """Have `give` return `message`, and wait for the next value, or the last."""
        return cast("T", self._follow(partial(self._resume, message)))

    def end(self) -> None:
        """Cancel the task and wait for its end."""
        with suppress(concurrent.futures.CancelledError):
            self._follow(self._call.cancel)

    def leave(self) -> None:
        """Have the task cancelled. Does not wait: the garbage collector may be the caller."""
        if not self.over:
            self._thread.schedule(self._abandon)

    def can_be_followed(self) -> bool:
        """Whether a thread can still wait for the task."""
        return not self.over and self._thread.can_be_waited_for()

    def is_lost(self) -> bool:
        """Whether the loop ends, or belongs to the parent of this process."""
        return self._thread.stopping or self._thread.pid != os.getpid()

    def _follow(self, prompt: Callable[[], None]) -> object:
        if not self._using.acquire(blocking=False):
            raise RuntimeError(IN_USE)
        try:
            if self.over:
                raise RuntimeError(ONCE)
            return self._thread.get(self._wait(prompt))
        finally:
            self._using.release()

    def _wait(self, prompt: Callable[[], None]) -> Outcome[Any]:
        try:
            news = self._cross(prompt)
        except BaseException:  # Ctrl-C, while it waits or in a function of the user
            self.over = True
            self._thread.cancel(self._call)
            raise
        self.over = news is self._call
        return news

    def _cross(self, prompt: Callable[[], None]) -> Outcome[Any]:
        # No `try` around the loop: Python lets Ctrl-C out at its end, past the `except`.
        news = self._thread.cross(partial(self._next, prompt))
        while isinstance(news, _Errand):
            news = self._thread.cross(partial(self._next, news.run()))
        return news

    # On the loop.

    async def give(self, value: T) -> M:
        """Hand out a value, and wait until the thread comes back."""
        self._reply = asyncio.get_running_loop().create_future()
        given: Outcome[T] = Outcome()
        given.value = value
        self._tell(given)
        try:
            return await self._reply
        finally:
            self._reply = None

    async def ask(self, function: Callable[[], R]) -> R:
        """Have the thread run `function`, now or when it comes back."""
        if self._task is None:
            raise asyncio.CancelledError(NOBODY_WAITS)
        errand: _Errand[R] = _Errand(function)
        self._tell(errand)
        return (await errand.outcome).get()

    async def _next(self, prompt: Callable[[], None]) -> Outcome[Any] | _Errand[Any]:
        prompt()
        while True:
            while self._news:
                news = self._news.popleft()
                if not (isinstance(news, _Errand) and news.outcome.done()):  # whoever asked may have given up
                    return news
            self._has_news.clear()
            await self._has_news.wait()

    def _tell(self, news: Outcome[Any] | _Errand[Any]) -> None:
        self._news.append(news)
        self._has_news.set()

    def _start(self) -> None:
        _current.set(self)  # in the context of this crossing, which becomes the task's
        self._thread.resident.add(self._call)
        self._task = asyncio.get_running_loop().create_task(self._call.run())
        self._task.add_done_callback(self._finish)

    def _resume(self, message: M) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_result(message)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._thread.resident.discard(self._call)
        self._task = None
        for news in self._news:
            if isinstance(news, _Errand):
                news.outcome.cancel()
        if task.cancelled():
            self._call.error = asyncio.CancelledError()
        if self._abandoned and self._call.error is not None and not self._call.is_cancelled:
            about = {"message": "what an iteration or context left open did not close", "exception": self._call.error}
            task.get_loop().call_exception_handler(about)
        self._tell(self._call)

    def _abandon(self) -> None:
        self._abandoned = True
        self._call.cancel()


class _Errand(Generic[R]):
    """A function that the task wants run in the thread."""

    def __init__(self, function: Callable[[], R]) -> None:
        self._function = function
        self.outcome: asyncio.Future[Outcome[R]] = asyncio.get_running_loop().create_future()

    def run(self) -> Callable[[], None]:
        """Run it here, in the thread; what comes back takes the outcome to the loop."""
        outcome: Outcome[R] = Outcome()
        try:
            outcome.value = self._function()
        except Exception as error:  # noqa: BLE001  # it is raised where the function is awaited
            outcome.error = error
        return partial(self._settle, outcome)

    def _settle(self, outcome: Outcome[R]) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)


_current: ContextVar[Visit[Any, Any]] = ContextVar("_current")
