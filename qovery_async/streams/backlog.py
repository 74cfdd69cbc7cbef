"""What waits between a connection and the one who reads from it?"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Generic, Literal, TypeVar

T = TypeVar("T")

WhenSlow = Literal["wait", "drop"]
"""What happens to items that come faster than they are taken: they wait in the connection, or the oldest are dropped."""

ITEMS = 1_000
SIZE = 1_000_000
"""The most that waits: so many items, or frames of so many bytes."""


class Backlog(Generic[T]):
    """A bounded line of items from one task to another."""

    def __init__(self, when_slow: WhenSlow) -> None:
        self.dropped = 0
        """How many items were dropped."""
        self.taken = 0
        """The bytes of what was taken last."""
        self._drops = when_slow == "drop"
        self._waiting: deque[T] = deque()
        self._sizes: deque[int] = deque()
        """The bytes of each item, where items are dropped."""
        self._size = 0
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._over = False

    def put(self, items: Sequence[T], size: int) -> bool:
        """Adds the items of a frame of `size` bytes. Returns whether the next ones may follow at once."""
        self._waiting.extend(items)
        self._size += size
        self._news.set()
        if self._drops:
            self._sizes.extend([size // len(items)] * len(items))
            while len(self._waiting) > 1 and self._is_full:
                self._waiting.popleft()
                self._size -= self._sizes.popleft()
                self.dropped += 1
            return True
        return not self._is_full

    async def room(self) -> None:
        """Waits until something has been taken. It may be cancelled, and called again."""
        while self._is_full:
            self._room.clear()
            await self._room.wait()

    async def take(self) -> list[T]:
        """All that waits, at least one item; nothing at the end."""
        while not self._waiting and not self._over:
            self._news.clear()
            await self._news.wait()
        found = [*self._waiting]
        self._waiting.clear()
        self._sizes.clear()
        self.taken, self._size = self._size, 0
        self._room.set()
        return found

    def end(self) -> None:
        """Nothing follows."""
        self._over = True
        self._news.set()

    @property
    def _is_full(self) -> bool:
        return len(self._waiting) > ITEMS or self._size > SIZE
