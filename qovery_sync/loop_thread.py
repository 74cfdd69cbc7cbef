"""How does a client's loop live in its thread, and how does a call cross to it and back?

A call hops to the loop once and back once, in a cancel scope of anyio's. anyio's `BlockingPortal` hops twice each way
and costs twice as much; `anyio.from_thread.run` waits in a way that Ctrl-C can break, see latch.py.
"""

from __future__ import annotations

import _thread
import asyncio
import atexit
import concurrent.futures
import os
import threading
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any, TypeVar
from weakref import ref

from qovery_async.errors import ConfigurationError
from qovery_sync.crossing import UNWIND_SECONDS, Crossing, Outcome
from qovery_sync.latch import Latch

T = TypeVar("T")

# Seconds `close()` and the interpreter's exit wait for the loop to end.
END_SECONDS = 5.0
# Seconds between two checks whether a thread still waits for a loop that ends.
DRAIN_SECONDS = 0.001

CLOSED = "this client is closed: make a new one"
OWN_LOOP = (
    "a call from the client's own event loop (a hook?) would wait for itself: "
    "make it from another thread, or after the hook has returned"
)
FORKED = "this began before fork() and belongs to the parent process: begin a new one"

_exiting = False


class LoopThread(threading.Thread):
    """The thread and its loop. It holds no reference to the portal, which stays collectable."""

    def __init__(self, on_stop: Callable[[], Awaitable[object]]) -> None:
        super().__init__(name="qovery-sync", daemon=True)
        self.pid = os.getpid()
        self.stopping = False
        # Calls that go on between two crossings, until the loop ends.
        self.resident: set[Crossing[Any]] = set()
        self._on_stop = on_stop
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begun = Latch()
        self._failure: BaseException | None = None
        self._asked_to_stop = asyncio.Event()
        # What waits for the loop. The loop runs until none is left, and refuses calls once it has ended. Weak: a
        # signal handler's exception can keep a thread from removing its call.
        self._waiting: set[ref[Any]] = set()
        self._ended = False

    def begin(self) -> None:
        """Start, and wait until the loop runs. Interrupted here, the thread must be told to stop."""
        # From a thread that no signal handler interrupts: `start` does not survive an exception half-way.
        _thread.start_new_thread(self._start, ())
        self._begun.wait()
        if self._failure is not None:
            raise self._failure

    def _start(self) -> None:
        try:
            self.start()
        except BaseException as error:  # noqa: BLE001  # it is raised in the thread of the first call
            self._failure = error
            self._begun.open()

    def run(self) -> None:
        """Run the loop until it is asked to stop."""
        # In a forked child this frame is never unwound: `self`, the loop and, through `on_stop`, the client's
        # sessions stay alive there and are never finalized.
        # An empty context, here and below: what the first caller's context holds must stay collectable.
        try:
            loop = self._loop = Context().run(asyncio.new_event_loop)
        except BaseException as error:  # noqa: BLE001  # it is raised in the thread of the first call
            self._failure = error
            self._begun.open()
            return
        try:
            Context().run(loop.run_until_complete, self._serve())
        finally:
            # `asyncio.Runner` would wait for the executor in a new thread, which Python 3.12
            # cannot start at exit.
            loop.close()

    async def _serve(self) -> None:
        self._begun.open()
        try:
            if not self.stopping:
                await self._asked_to_stop.wait()
            await self._cancel_calls()
            try:
                await self._on_stop()
            finally:
                this = asyncio.current_task()
                await _cancel({task for task in asyncio.all_tasks() if task is not this})
                await asyncio.get_running_loop().shutdown_asyncgens()
        finally:
            self._ended = True
            while self.is_awaited():  # noqa: ASYNC110  # a thread that waits may vanish without setting an event
                await asyncio.sleep(DRAIN_SECONDS)

    async def _cancel_calls(self) -> None:
        calls: list[Crossing[Any]] = [call for mark in self._waiting.copy() if isinstance(call := mark(), Crossing)]
        calls.extend(self.resident)
        tasks = {call.task for call in calls if call.task is not None}
        for call in calls:
            call.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=UNWIND_SECONDS)

    def cross(self, function: Callable[[], Awaitable[T]]) -> T:
        """Run `function` on the loop and wait for its outcome; an exception here (Ctrl-C) cancels it."""
        if self.pid != os.getpid():
            raise ConfigurationError(FORKED)
        if threading.get_ident() == self.ident:
            raise ConfigurationError(OWN_LOOP)
        call = Crossing(function, self)
        mark = ref(call)
        try:
            # Listed before it is scheduled: a loop that ends sets `_ended` first and then looks at the list.
            self._waiting.add(mark)
            self._carry(call)
        except BaseException:
            self.cancel(call)
            raise
        finally:
            self._waiting.discard(mark)
        return self.get(call)

    def get(self, outcome: Outcome[T]) -> T:
        """Return or raise an outcome; a cancelled one raises that the client is closed where it is."""
        if outcome.is_cancelled:
            raise closed_error() if self.stopping else concurrent.futures.CancelledError
        return outcome.get()

    def _carry(self, call: Crossing[Any]) -> None:
        over = Latch()
        if self._ended or not self.schedule(call.begin, over.open):
            raise closed_error()
        over.wait()

    def cancel(self, call: Crossing[Any]) -> None:
        """Cancel a call and give it a moment to unwind."""
        over = Latch()
        if self.schedule(call.cancel, over.open) and self.can_be_waited_for():
            over.wait(UNWIND_SECONDS)

    def schedule(self, callback: Callable[..., object], *args: object) -> bool:
        """Have the loop call it; False where the loop has ended. Does not wait: the garbage collector may be the caller."""
        if self._loop is None or self.pid != os.getpid():
            return False
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:  # the loop has ended
            return False
        return True

    def when_idle(self, callback: Callable[[], object]) -> bool:
        """Have the loop call it between two callbacks; False where the loop has ended."""
        if self.pid != os.getpid():
            return False
        self._begun.wait(END_SECONDS)

        def call_back() -> None:
            self._waiting.discard(mark)
            callback()

        mark = ref(call_back)
        self._waiting.add(mark)
        if not self._ended and self.schedule(call_back):
            return True
        self._waiting.discard(mark)
        return False

    def is_awaited(self) -> bool:
        """Whether a thread still waits for the loop."""
        # A copy, which no other thread can change meanwhile.
        return any(mark() is not None for mark in self._waiting.copy())

    def stop(self) -> None:
        """Ask the loop to end. Does not wait: the garbage collector may be the caller."""
        if self.pid == os.getpid():
            self.stopping = True
            self.schedule(self._asked_to_stop.set)

    def wait_until_ended(self) -> None:
        """Wait for the end of the thread, a few seconds at most."""
        if self.can_be_waited_for() and self.is_alive():
            self.join(END_SECONDS)

    def can_be_waited_for(self) -> bool:
        """Whether this thread may wait for the loop: not from the loop itself, nor in a forked child."""
        return self.pid == os.getpid() and threading.get_ident() != self.ident


async def _cancel(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=UNWIND_SECONDS)


def closed_error() -> BaseException:
    """What a call of a closed client raises."""
    # At exit a daemon thread ends silently: it should not print a traceback.
    if _exiting and threading.current_thread().daemon:
        return SystemExit()
    return ConfigurationError(CLOSED)


def exiting() -> bool:
    """Whether the interpreter is ending."""
    return _exiting


def loop_threads() -> list[LoopThread]:
    """The loops of this process that run."""
    return [thread for thread in threading.enumerate() if isinstance(thread, LoopThread) and thread.is_alive()]


def _end_all() -> None:
    global _exiting  # noqa: PLW0603  # a process exits once
    _exiting = True
    threads = loop_threads()
    for thread in threads:
        thread.stop()
    for thread in threads:
        thread.wait_until_ended()


atexit.register(_end_all)
