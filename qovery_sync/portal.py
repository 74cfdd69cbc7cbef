"""The bridge of the sync client: a background event loop that runs the async client.

One daemon thread runs one asyncio loop for each `Portal`. It starts with the first call and ends
with `close()`, with the garbage collection of the portal, or with the interpreter. A call hops to
the loop once and back once; anyio's `BlockingPortal` hops twice each way and costs twice as much.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import os
import sys
import threading
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextvars import Context
from functools import partial
from typing import Any, ParamSpec, TypeVar

from qovery_async.errors import ConfigurationError
from qovery_sync.call import Call

__all__ = ["Portal"]

P = ParamSpec("P")
T = TypeVar("T")

# Seconds an interrupted or closed call gets to unwind, so that its request really is cancelled.
UNWIND_SECONDS = 1.0
# Seconds `close()` and the interpreter's exit wait for the loop to end.
END_SECONDS = 5.0
# Seconds a fork waits for a loop that is in the midst of something.
PAUSE_SECONDS = 5.0

CLOSED = "this client is closed: make a new one"
OWN_LOOP = (
    "a call from the client's own event loop (a hook?) would wait for itself: "
    "make it from another thread, or after the hook has returned"
)
FORKED = "this iteration began before fork() and belongs to the parent process: begin a new one"

_starting = threading.RLock()
_forking = threading.local()
_exiting = False


class Portal:
    """Runs coroutines of one client on a background event loop.

    Threads may share a portal. After `fork()` the child gets a loop of its own with its first
    call, and the loop of the parent goes on undisturbed.
    """

    def __init__(self, on_stop: Callable[[], Awaitable[object]]) -> None:
        """`on_stop`, awaited once on a loop before it ends, must not refer to the portal."""
        self._on_stop = on_stop
        self._closed = False
        self._thread: _LoopThread | None = None

    def call(self, function: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` on the loop and wait for its result.

        An exception here (Ctrl-C) cancels the coroutine. Raises `ConfigurationError` when the
        portal is closed, before the call or during it, and when called on the portal's own loop.
        """
        return self._running().call(partial(function, *args, **kwargs))

    def iterate(self, iterator: AsyncIterator[T]) -> Iterator[T]:
        """Yield what `iterator` yields, one step at a time, and close it when left early."""
        thread = self._running()
        try:
            while True:
                try:
                    item = thread.call(iterator.__anext__)
                except StopAsyncIteration:
                    return
                yield item
        finally:
            thread.release(iterator)

    def close(self) -> None:
        """Cancel the calls under way, await `on_stop` and end the loop. May be called again."""
        with _starting:
            self._closed = True
            thread = self._thread
        if thread is not None:
            thread.stop()
            thread.wait_until_ended()

    def _running(self) -> _LoopThread:
        thread = self._thread
        if thread is not None and thread.pid == os.getpid():
            return thread
        with _starting:
            if self._closed or _exiting:
                raise _closed_error()
            thread = self._thread
            if thread is None or thread.pid != os.getpid():
                thread = _LoopThread(self._on_stop)
                thread.start()
                # Exit has its own hook, whose order among the others is known.
                weakref.finalize(self, thread.stop).atexit = False
                self._thread = thread
            return thread


class _LoopThread(threading.Thread):
    """The thread and its loop. Knows nothing of the portal, which stays collectable."""

    def __init__(self, on_stop: Callable[[], Awaitable[object]]) -> None:
        super().__init__(name="qovery-sync", daemon=True)
        self.pid = os.getpid()
        self._on_stop = on_stop
        # An empty context, here and below: what the first caller's holds must stay collectable.
        self._loop = Context().run(asyncio.new_event_loop)
        self._stopping = asyncio.Event()
        self._calls: set[Call[Any]] = set()
        self._inherited: list[object] = []

    def run(self) -> None:
        # In a forked child this frame is never unwound: all that hangs on `self`, the loop and
        # through `on_stop` the client's sessions, stays alive there and is never finalized.
        try:
            Context().run(self._loop.run_until_complete, self._serve())
        finally:
            # `asyncio.Runner` would wait for the executor in a new thread, which Python 3.12
            # cannot start at exit.
            self._loop.close()
            # A call scheduled after the last turn of the loop would wait for ever.
            for call in self._calls.copy():
                call.settle()

    async def _serve(self) -> None:
        await self._stopping.wait()
        await _cancel({call.task for call in self._calls.copy() if call.task is not None})
        try:
            await self._on_stop()
        finally:
            this = asyncio.current_task()
            await _cancel({task for task in asyncio.all_tasks() if task is not this})
            await self._loop.shutdown_asyncgens()

    def call(self, function: Callable[[], Awaitable[T]]) -> T:
        if self.pid != os.getpid():
            raise ConfigurationError(FORKED)
        if threading.get_ident() == self.ident:
            raise ConfigurationError(OWN_LOOP)
        call = Call(function)
        # First listed, then scheduled: `run` closes the loop first and then settles the listed.
        self._calls.add(call)
        try:
            if not self._schedule(self._begin, call):
                call.settle()
            if sys.platform == "win32":
                while not call.outcome.done():  # there, Ctrl-C does not interrupt a wait
                    concurrent.futures.wait([call.outcome], timeout=0.1)
            return call.outcome.result()
        except concurrent.futures.CancelledError:
            if self._stopping.is_set() or self._loop.is_closed():
                raise _closed_error() from None
            raise
        except BaseException:
            if not call.outcome.done():
                self._schedule(call.cancel)
                concurrent.futures.wait([call.outcome], timeout=UNWIND_SECONDS)
            raise
        finally:
            self._calls.discard(call)
            del call  # or an error, which holds this frame by its traceback, is in a cycle

    def release(self, iterator: AsyncIterator[object]) -> None:
        """Close an async iterator that nobody will step on."""
        aclose: Callable[[], Awaitable[object]] | None = getattr(iterator, "aclose", None)
        if self.pid != os.getpid():
            # Finalized here, it would reach for the loop of the parent.
            self._inherited.append(iterator)
        elif aclose is None:
            return
        elif threading.get_ident() == self.ident:
            # Collected on the loop's own thread, which cannot wait for itself.
            call = Call(aclose)
            self._calls.add(call)
            call.outcome.add_done_callback(lambda _: self._calls.discard(call))
            self._begin(call)
        else:
            with contextlib.suppress(ConfigurationError):  # a loop that ends closes its iterators
                self.call(aclose)

    def stop(self) -> None:
        """Ask the loop to end. Does not wait: the garbage collector may be the caller."""
        if self.pid == os.getpid():
            self._schedule(self._stopping.set)

    def pause(self) -> _Pause | None:
        pause = _Pause()
        return pause if self.pid == os.getpid() and self._schedule(pause.hold) else None

    def wait_until_ended(self) -> None:
        if self.pid == os.getpid() and threading.get_ident() != self.ident:
            self.join(END_SECONDS)

    def _schedule(self, callback: Callable[..., object], *args: object) -> bool:
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:  # the loop has ended
            return False
        return True

    def _begin(self, call: Call[Any]) -> None:
        if self._stopping.is_set():
            call.settle()
        else:
            call.begin()


async def _cancel(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=UNWIND_SECONDS)


def _closed_error() -> BaseException:
    # At exit a daemon thread ends silently anyway: it should not leave a traceback instead.
    if _exiting and threading.current_thread().daemon:
        return SystemExit()
    return ConfigurationError(CLOSED)


def _end_all() -> None:
    global _exiting  # noqa: PLW0603  # a process exits once
    _exiting = True
    threads = [thread for thread in threading.enumerate() if isinstance(thread, _LoopThread)]
    for thread in threads:
        thread.stop()
    for thread in threads:
        thread.wait_until_ended()


class _Pause:
    """A loop at rest, so that none of its locks (of imports, of logging) is held in a child for ever."""

    def __init__(self) -> None:
        self._reached, self._over = threading.Event(), threading.Event()
        self.end = self._over.set

    def hold(self) -> None:
        self._reached.set()
        self._over.wait(PAUSE_SECONDS)

    def wait_until_reached(self) -> None:
        self._reached.wait(PAUSE_SECONDS)


def _pause_all() -> None:
    here = threading.current_thread()
    threads = [thread for thread in threading.enumerate() if isinstance(thread, _LoopThread) and thread is not here]
    _forking.pauses = [pause for thread in threads if (pause := thread.pause()) is not None]
    for pause in _forking.pauses:
        pause.wait_until_reached()


def _resume_all() -> None:
    for pause in _forking.pauses:
        pause.end()


def _forget_parent() -> None:
    global _starting  # noqa: PLW0603  # a process has one
    _starting = threading.RLock()  # a thread that does not exist here may have held the old one


atexit.register(_end_all)
if sys.platform != "win32":
    os.register_at_fork(before=_pause_all, after_in_parent=_resume_all, after_in_child=_forget_parent)
