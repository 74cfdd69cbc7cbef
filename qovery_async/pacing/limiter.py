"""Who keeps the budget that calls share?"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Protocol

from qovery_async.pacing.budget import Budget, Turn
from qovery_async.pacing.rate import Rate


class RateLimiter(Protocol):
    """The budget of one token, wherever it is kept: clients and processes with one limiter share it.

    Its methods may be called on any event loop and from several threads. What they raise ends the
    call that they are made for.
    """

    async def take(self, *, most: float, patient: bool) -> Turn:
        """Takes one request out of the budget, if its turn comes within `most` seconds.

        Who is `patient` is given a turn that spreads the requests over the hour.
        """
        ...

    async def learn(self, rate: Rate) -> None:
        """Is told what the headers of each answer say."""
        ...


_lock = threading.Lock()
if sys.platform != "win32":
    # A child gets the lock as it is; and held by a thread that the child does not have, it would stay so.
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


class LocalRateLimiter:
    """The budget of all tasks and threads of a process that have this limiter."""

    def __init__(self) -> None:
        self._budget = Budget()

    async def take(self, *, most: float, patient: bool) -> Turn:
        with _lock:
            return self._budget.take(time.monotonic(), most=most, patient=patient)

    async def learn(self, rate: Rate) -> None:
        with _lock:
            self._budget.learn(time.monotonic(), rate)
