"""How do streams learn of changes without looking again and again?"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

PAUSE = 0.1
"""The shortest time between two looks of one stream, in seconds: changes come in bursts."""


class Announcer:
    """Wakes the streams of an emulator when something may have changed. It may be told so in any thread."""

    def __init__(self) -> None:
        self._listening: set[News] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_waking = False

    def announce(self) -> None:
        """Lets every stream look at the state again."""
        if self._loop is not None and self._listening and not self._is_waking:
            self._is_waking = True
            self._loop.call_soon_threadsafe(self._wake)

    @contextmanager
    def listen(self) -> Generator[News]:
        """The news of every change from now on."""
        self._loop = asyncio.get_running_loop()
        news = News(self._loop)
        self._listening.add(news)
        try:
            yield news
        finally:
            self._listening.remove(news)

    def _wake(self) -> None:
        self._is_waking = False
        for news in self._listening:
            news.heard.set()


class News:
    """What one stream hears of changes."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.heard = asyncio.Event()
        self._loop = loop
        self._looked = loop.time()

    async def changed(self, within: float | None = None) -> None:
        """Waits for a change since the last call, at most `within` seconds if that is given."""
        try:
            async with asyncio.timeout(within):
                await self.heard.wait()
        except TimeoutError:
            pass  # it is time for something that happens by itself
        await asyncio.sleep(max(0.0, self._looked + PAUSE - self._loop.time()))
        self._looked = self._loop.time()
        self.heard.clear()
