"""How does a thread wait for the loop, when a signal handler may raise at any moment?

Futures, events and conditions wait inside a `with` of their lock. An exception of a signal handler between taking the
lock and entering the block leaves it held, and the loop then waits for it for ever: measured with the future inside
`anyio.from_thread.run`, once in some 3,600 interrupted calls. A plain lock is acquired and released in one step.
"""

from __future__ import annotations

import sys
import threading
import time

_POLL_SECONDS = 0.1
_LONG_SECONDS = 3600.0


class Latch:
    """Closed until it is opened, once and for all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()
        self._open = False

    def open(self) -> None:
        """Let those who wait go on. May be called again."""
        if not self._open:
            self._open = True
            self._lock.release()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is open, at most so many seconds; whether it is."""
        ends = None if seconds is None else time.monotonic() + seconds
        # On Windows, Ctrl-C does not interrupt the wait for a lock.
        most = _POLL_SECONDS if sys.platform == "win32" else _LONG_SECONDS
        while not self._open:
            left = most if ends is None else min(most, ends - time.monotonic())
            if left <= 0:
                return False
            if self._lock.acquire(timeout=left):
                self._lock.release()  # for the others who wait
        return True
