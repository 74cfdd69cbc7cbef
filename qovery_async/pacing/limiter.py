"""Where is the budget kept that calls share?"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from qovery_async.pacing.budget import Budget, Turn, copied
from qovery_async.pacing.rate import Rate

T = TypeVar("T")


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


class _State:
    """A budget that nobody changes any more, and the state that replaced it, where one has."""

    __slots__ = ("_next", "budget")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._next: dict[None, _State] = {}

    def latest(self) -> _State:
        state = self
        while state._next:
            state = state._next[None]
        return state

    def replace(self, state: _State) -> bool:
        """Whether `state` replaces this one; another may have been quicker."""
        # One step, which no thread, signal or fork divides.
        return self._next.setdefault(None, state) is state


class LocalRateLimiter:
    """A budget in memory: all tasks, threads and clients of a process that have this limiter share it."""

    # Without a lock: a signal handler that forks or raises while its thread has one would leave it held for ever.
    def __init__(self) -> None:
        self._state = _State(Budget())

    async def take(self, *, most: float, patient: bool) -> Turn:
        """Take one request out of the budget of this process."""
        return self._changed(lambda budget: budget.take(time.monotonic(), most=most, patient=patient))

    async def learn(self, rate: Rate) -> None:
        """Take over what the headers of a response say."""
        if not self._state.latest().budget.knows(time.monotonic(), rate):
            self._changed(lambda budget: budget.learn(time.monotonic(), rate))

    def _changed(self, change: Callable[[Budget], T]) -> T:
        """Applies `change` to the budget and returns its result; starts over when another thread interferes."""
        while True:
            latest = self._state.latest()
            changed = _State(copied(latest.budget))
            result = change(changed.budget)
            if latest.replace(changed):
                self._state = changed
                return result
