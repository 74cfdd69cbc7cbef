"""Which lines of a log have come, and from where does a new connection go on? Pure, no I/O.

No line has an id. Lines are told apart by what they say, and equal ones are counted: a new connection repeats the
lines since `start`, of which as many are skipped as have come before.
"""

from __future__ import annotations

from collections import Counter, deque

MEMORY = 50_000
"""The most lines that are remembered, of those that a new connection repeats."""

OVERLAP = 10_000.0
"""Milliseconds by which a new connection begins before the last line: pods do not log in one order."""


class Position:
    """How far a log has been read. Times are in milliseconds."""

    def __init__(self, *, memory: int = MEMORY, overlap: float = OVERLAP, is_limited: bool = False) -> None:
        """`overlap` is infinite where a new connection repeats the whole log.

        `is_limited`: only some lines of the past were asked for, so those before the first were left out on purpose.
        """
        self._memory = memory
        self._room = 0
        """How many lines there may be until old ones are forgotten."""
        self._overlap = overlap
        self._moments = deque[float]()
        self._keys = deque[int]()
        self._newest = float("-inf")
        self._oldest = float("inf")
        self._is_limited = is_limited
        self._forgotten = float("-inf")
        self._floor = float("-inf")
        self._repeats = Counter[int]()

    @property
    def start(self) -> float | None:
        """The time from which a new connection has to repeat; None before the first line, and for the whole log."""
        start = max(self._newest - self._overlap, self._forgotten + 1)
        return None if start == float("-inf") else start

    def resume(self) -> None:
        """A new connection begins, and repeats what came since `start`."""
        start = self.start
        self._floor = float("-inf") if start is None else start
        if self._is_limited and self._keys:
            self._floor = max(self._floor, self._oldest)
        self._repeats = Counter(
            key for moment, key in zip(self._moments, self._keys, strict=True) if moment >= self._floor
        )

    def take(self, moment: float, identity: object) -> bool:
        """Whether a line is new; then it counts as come. `identity` is what tells it from others of its time."""
        if moment < self._floor:
            return False  # came before, as did all that is older than the repeated part
        try:
            key = hash((moment, identity))
        except TypeError:  # there is an object where a string should be
            key = hash((moment, repr(identity)))
        if self._repeats and self._repeats[key] > 0:
            self._repeats[key] -= 1
            return False
        # Two lines of numbers: the garbage collector would look at each pair.
        self._moments.append(moment)
        self._keys.append(key)
        self._newest = max(self._newest, moment)
        self._oldest = min(self._oldest, moment)
        if len(self._keys) > self._room:
            self._forget()
        return True

    def _forget(self) -> None:
        """Forgets the lines that no connection repeats, and what is above the memory."""
        while self._moments and self._moments[0] < self._newest - self._overlap:
            self._moments.popleft()
            self._keys.popleft()
        while len(self._keys) > self._memory:
            self._keys.popleft()
            self._forgotten = max(self._forgotten, self._moments.popleft())
        self._room = min(self._memory, 2 * len(self._keys) + 100)  # seldom enough to cost nothing
