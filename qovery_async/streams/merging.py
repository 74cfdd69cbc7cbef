"""In which order do the items of several streams come, when do they, and what waits meanwhile? Pure, no I/O.

An item waits until every other stream has given a later one, or for `window` seconds at most. The items of one stream
never change their order. All times but those of items are seconds of any clock that only goes forward.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Generic, TypeVar

import attrs

from qovery_async.vocabulary.values import define

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

ITEMS = 2_000
SIZE = 2_000_000
"""The most that waits of one stream: so many items, or so many bytes of frames."""

START = 10.0
"""Seconds for which the streams that are connected wait for the others at first: their past is in order, too."""

_NEVER = float("inf")


@define(eq=False)
class _Batch:
    """Items that came together."""

    came: float
    last: float
    """The time of the last one."""
    count: int
    size: int


@define(eq=False)
class _Source(Generic[T]):
    """What waits of one stream."""

    items: deque[T] = attrs.Factory(deque[T])
    moments: deque[float] = attrs.Factory(deque[float])
    batches: deque[_Batch] = attrs.Factory(deque[_Batch])
    size: int = 0
    last: float | None = None
    """The time of the last item; later ones count as no older."""
    has_times: bool = False
    is_open: bool = False
    is_over: bool = False

    @property
    def is_full(self) -> bool:
        return _is_full(len(self.items), self.size)

    @property
    def surplus(self) -> float:
        """The time up to which items have to go so that others may come."""
        count, size, until = len(self.items), self.size, -_NEVER
        for batch in self.batches:
            if not _is_full(count, size):
                break
            count, size, until = count - batch.count, size - batch.size, batch.last
        return until

    def add(self, items: Sequence[T], size: int, now: float, wall: float) -> None:
        last = self.last
        for item in items:
            moment = moment_of(item)
            if moment is not None:
                self.has_times = True
            else:  # an item that is none of its kind keeps its place
                moment = last if last is not None and self.has_times else wall
            last = moment if last is None else max(last, moment)
            self.moments.append(last)
        self.items.extend(items)
        if last is not None:
            self.last = last
            self.batches.append(_Batch(now, last, len(items), size))
            self.size += size

    def cut(self, until: float) -> list[tuple[float, T]]:
        """Takes the items of a time and of what is before it."""
        moments, items, found = self.moments, self.items, list[tuple[float, T]]()
        while moments and moments[0] <= until:
            found.append((moments.popleft(), items.popleft()))
        left = len(found)
        while left and self.batches:
            batch = self.batches[0]
            taken = min(left, batch.count)
            left -= taken
            batch.count -= taken
            if not batch.count:
                self.size -= batch.size
                self.batches.popleft()
        return found


class Merging(Generic[K, T]):
    """The streams of a merge: what came of them goes in, and comes out in the order of time."""

    def __init__(self, keys: Collection[K], window: float, now: float) -> None:
        self._sources = {key: _Source[T]() for key in keys}
        self._window = window
        self._starts_by = now + START
        """When what is connected waits no longer for the rest."""
        self._started: float | None = None
        """When that was."""

    def opened(self, key: K) -> None:
        """A stream is connected."""
        self._sources[key].is_open = True

    def put(self, key: K, items: Sequence[T], size: int, now: float, wall: float) -> None:
        """Takes items of a stream, from frames of `size` bytes. `wall` is the time of items that have none."""
        self._sources[key].add(items, size, now, wall)

    def end(self, key: K) -> None:
        """Nothing follows of a stream."""
        self._sources[key].is_over = True

    def has_room(self, key: K) -> bool:
        """Whether more of a stream may come."""
        return not self._sources[key].is_full

    @property
    def is_over(self) -> bool:
        """Whether nothing waits, and nothing follows."""
        return all(source.is_over and not source.items for source in self._sources.values())

    def take(self, now: float) -> list[tuple[K, T]]:
        """The items that need not wait any more, in the order of their times."""
        self._start(now)
        until = self._until(now)
        found = [(moment, key, item) for key, source in self._sources.items() for moment, item in source.cut(until)]
        found.sort(key=itemgetter(0))  # stable: equal times keep the order of the streams
        return [(key, item) for _, key, item in found]

    def due(self, now: float) -> float | None:
        """When `take` may give something even if nothing more comes; None if it never will."""
        waiting = [source.batches[0].came for source in self._sources.values() if source.batches]
        if not waiting:
            return None
        if self._started is None:
            return max(self._starts_by, now)
        return max(min(waiting), self._started) + self._window

    def _start(self, now: float) -> None:
        if self._started is None and (
            not self._window
            or now >= self._starts_by
            or all(source.is_open or source.is_over for source in self._sources.values())
        ):
            self._started = now

    def _until(self, now: float) -> float:
        """The time up to which items come out."""
        sources = self._sources.values()
        live = [source for source in sources if not source.is_over]
        # Nothing earlier comes of a stream whose last item is later.
        until = min((source.moments[-1] if source.moments else -_NEVER for source in live), default=_NEVER)
        if self._started is None:
            return until
        # What goes before an item that has waited for long enough has no reason to wait either.
        for source in sources:
            for batch in source.batches:
                if now < max(batch.came, self._started) + self._window:
                    break
                until = max(until, batch.last)
            until = max(until, source.surplus)
        return until


def _is_full(count: int, size: int) -> bool:
    return count >= ITEMS or size >= SIZE


def moment_of(item: Any) -> float | None:
    """The time of a line in milliseconds; None for what is none."""
    moment = getattr(item, "created_at", None)
    if isinstance(moment, int):
        return moment
    moment = getattr(item, "timestamp", None)
    try:
        return moment.timestamp() * 1000 if isinstance(moment, datetime) else None
    except (OverflowError, ValueError, OSError):
        return None
