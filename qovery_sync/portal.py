"""What runs the coroutines of a blocking client, from its first call to its end?

One daemon thread runs one asyncio loop for each `Portal`. It starts with the first call and ends
with `close()`, with the garbage collection of the portal, or with the interpreter.
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from functools import partial
from typing import ParamSpec, TypeVar

from qovery_sync.forks import rest_at_forks
from qovery_sync.loop_thread import LoopThread, closed_error, exiting
from qovery_sync.steps import Iteration, Stay
from qovery_sync.visit import Callback, Visit

__all__ = ["Callback", "Portal"]

P = ParamSpec("P")
T = TypeVar("T")

_starting = threading.RLock()


class Portal:
    """Runs coroutines of one client on a background event loop.

    Threads may share a portal. After `fork()` the child gets a loop of its own with its first
    call, and the loop of the parent goes on undisturbed.
    """

    def __init__(self, on_stop: Callable[[], Awaitable[object]]) -> None:
        """`on_stop`, awaited once on a loop before it ends, must not refer to the portal."""
        self._on_stop = on_stop
        self._closed = False
        self._thread: LoopThread | None = None

    def call(self, function: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` on the loop and wait for its result.

        An exception here (Ctrl-C) cancels the coroutine. Raises `ConfigurationError` when the
        portal is closed, before the call or during it, and when called on the portal's own loop.
        """
        return self._running().cross(partial(function, *args, **kwargs))

    def call_back(self, function: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `call`, for a `function` that is given a `Callback`: callbacks run in this thread while it waits."""
        visit: Visit[T, None] = Visit(self._running(), lambda _: function(*args, **kwargs))
        return visit.begin()

    def iterate(self, iterator: AsyncIterator[T]) -> Iteration[T]:
        """Yield what `iterator` yields, one step at a time, and close it when left early.

        All steps run in one task and serve each `Callback`. `close()` waits until the stream is closed. After a
        `break`, or when the garbage collector ends it, the stream is closed without waiting.
        """
        return Iteration(self._running, iterator)

    def enter(self, context: AbstractAsyncContextManager[T]) -> AbstractContextManager[T]:
        """The blocking twin of `context`, which is entered and left in one task and serves each `Callback`.

        A context that is never left is cancelled by its garbage collection, or by `close()`.
        """
        return Stay(self._running, context)

    def close(self) -> None:
        """Cancel the calls under way, await `on_stop` and end the loop. May be called again."""
        with _starting:
            self._closed = True
            thread = self._thread
        if thread is not None:
            thread.stop()
            thread.wait_until_ended()

    def _running(self) -> LoopThread:
        thread = self._thread
        if thread is not None and thread.pid == os.getpid():
            return thread
        with _starting:
            if self._closed or exiting():
                raise closed_error()
            thread = self._thread
            if thread is None or thread.pid != os.getpid():
                thread = LoopThread(self._on_stop)
                # Exit has its own hook, whose order among the others is known.
                weakref.finalize(self, thread.stop).atexit = False
                try:
                    thread.begin()
                    self._thread = thread
                except BaseException:  # a signal handler may raise at any moment
                    self._thread = None
                    thread.stop()
                    raise
            return thread


def _forget_parent() -> None:
    global _starting  # noqa: PLW0603  # a process has one
    _starting = threading.RLock()  # a thread that does not exist here may have held the old one


rest_at_forks()
if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forget_parent)
