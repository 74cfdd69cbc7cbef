"""Where is the budget kept that calls share?"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Protocol

from qovery_async.pacing.budget import Budget, Turn
from qovery_async.pacing.rate import Rate


class RateLimiter(Protocol):
    """The budget of one token: clients with the same limiter share it.

    Any class with these two methods can be passed as `rate_limiter`. They may be called on any event
    loop and from several threads. An exception of theirs ends the call.
    """

    async def take(self, *, most: float, patient: bool) -> Turn:
        """Takes one request out of the budget, if its turn comes within `most` seconds.

        Turns that are `patient` are spread over the hour.
        """
        ...

    async def learn(self, rate: Rate) -> None:
        """Learns what the headers of a response say; called after each one that has them."""
        ...


_lock = threading.Lock()
if sys.platform != "win32":
    # A child inherits the lock as it is: held by a thread that the child lacks, it would stay held.
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


class LocalRateLimiter:
    """A budget in memory: all tasks, threads and clients of a process that have this limiter share it."""

    def __init__(self) -> None:
        self._budget = Budget()

    async def take(self, *, most: float, patient: bool) -> Turn:
        """Take one request out of the budget of this process."""
        with _lock:
            return self._budget.take(time.monotonic(), most=most, patient=patient)

    async def learn(self, rate: Rate) -> None:
        """Take over what the headers of a response say."""
        with _lock:
            self._budget.learn(time.monotonic(), rate)
