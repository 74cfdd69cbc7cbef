"""What has each browser not been sent yet? Ids, not a queue of events: a slow browser skips states, and fills no memory."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

import attrs


@attrs.define(eq=False)
class Watcher:
    """One browser."""

    due: set[str] = attrs.Factory(set[str])
    wake: asyncio.Event = attrs.Factory(asyncio.Event)
    is_over: bool = False

    async def news(self, seconds: float) -> set[str]:
        """The ids of what has changed since it was asked last; none if nothing does for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self.wake.wait()
        except TimeoutError:
            return set()
        self.wake.clear()
        due, self.due = self.due, set()
        return due


class Watchers:
    """All browsers, however many: they share what is followed upstream."""

    def __init__(self) -> None:
        self._all: set[Watcher] = set()

    def tell(self, *ids: str) -> None:
        for watcher in self._all:
            watcher.due.update(ids)
            watcher.wake.set()

    def end(self) -> None:
        """The server stops."""
        for watcher in self._all:
            watcher.is_over = True
            watcher.wake.set()

    @contextmanager
    def another(self) -> Generator[Watcher]:
        watcher = Watcher()
        self._all.add(watcher)
        try:
            yield watcher
        finally:
            self._all.discard(watcher)
