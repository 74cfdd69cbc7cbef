"""What the scripts of the portal's tests begin with."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import logging
import os
import random
import signal
import sys
import threading
import time
import warnings
import weakref
from collections.abc import AsyncIterator, Callable

last_words: list[Callable[[], object]] = []


def say(line: str) -> None:
    """Print in one piece, which other threads and processes cannot break."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@atexit.register  # before the portal's own hook, so that it runs after it
def show_threads_left() -> None:
    for function in last_words:
        function()
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(2)
    others = [t.name for t in threading.enumerate() if t is not threading.current_thread()]
    say(f"threads left: {others}")


from qovery_async.errors import ConfigurationError  # noqa: E402
from qovery_sync.portal import Callback, Portal  # noqa: E402

__all__ = [
    "Callback",
    "ConfigurationError",
    "Counter",
    "Portal",
    "asyncio",
    "atexit",
    "contextlib",
    "eventually",
    "expect_alarms",
    "fork",
    "gc",
    "in_thread",
    "last_words",
    "loops",
    "os",
    "pong",
    "press_ctrl_c",
    "press_ctrl_c_when",
    "ring_within",
    "say",
    "signal",
    "stopped",
    "sys",
    "threading",
    "time",
    "warnings",
    "weakref",
]

# In dev mode asyncio reports every slow turn of a loop, of which a busy machine has many.
logging.getLogger("asyncio").setLevel(logging.ERROR)


async def stopped() -> None:
    """An `on_stop` that says so."""
    await asyncio.sleep(0)
    say("stopped")


async def pong() -> str:
    await asyncio.sleep(0)
    return "pong"


class Counter:
    """Counts to three, one step at a time, and knows how it was left."""

    def __init__(self) -> None:
        self.left = "not yet"

    async def count(self) -> AsyncIterator[int]:
        try:
            for number in (1, 2, 3):
                await asyncio.sleep(0)
                yield number
            self.left = "at the end"
        except GeneratorExit:
            await asyncio.sleep(0)
            self.left = "early"
            raise


def loops() -> list[str]:
    """The loops that run in this process."""
    return [thread.name for thread in threading.enumerate() if thread.name == "qovery-sync"]


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def in_thread(function: Callable[..., object], *args: object) -> threading.Thread:
    thread = threading.Thread(target=function, args=args)
    thread.start()
    return thread


def press_ctrl_c(after: float) -> None:
    threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT)).start()


def press_ctrl_c_when(condition: Callable[[], object]) -> None:
    def wait_and_press() -> None:
        eventually(condition)
        os.kill(os.getpid(), signal.SIGINT)

    in_thread(wait_and_press)


def ring_within(seconds: float) -> None:
    """Have `SIGALRM` come at a random moment."""
    signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-6, seconds))


def expect_alarms(alarm: type[BaseException]) -> list[object]:
    """Have each `SIGALRM` raise `alarm`, and note those that strike in a `__del__`, where Python swallows them."""
    swallowed: list[object] = []

    def ring(*_: object) -> None:
        raise alarm

    def note(unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_type is alarm and getattr(unraisable.object, "__name__", "") == "__del__":
            swallowed.append(alarm)
        else:
            sys.__unraisablehook__(unraisable)

    signal.signal(signal.SIGALRM, ring)
    sys.unraisablehook = note
    return swallowed


def fork(child: Callable[[], object]) -> None:
    """Run `child` in a fork that ends as any interpreter does, and wait until it has."""
    with warnings.catch_warnings():
        # Since 3.12 Python warns of every fork of a process with threads.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        child()
        sys.exit()
    deadline = time.monotonic() + 20
    while (ended := os.waitpid(pid, os.WNOHANG)) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGABRT)  # dev mode prints where it hangs
            os.waitpid(pid, 0)
            raise AssertionError("the child hangs")
        time.sleep(0.01)
    assert ended == (pid, 0)
