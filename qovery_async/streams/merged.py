"""How do several streams become one?"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Generic, Literal, Self, TypeVar, cast

from qovery_async.errors import ConfigurationError, QoveryError
from qovery_async.runtime.core import Core
from qovery_async.runtime.resource import Resource
from qovery_async.streams.feed import ended
from qovery_async.streams.merging import K, Merging
from qovery_async.streams.stream import Stream, fed

T = TypeVar("T")

OnStreamError = Literal["raise", "skip"]
"""What happens when a stream fails: its error is raised, or the others go on."""

_logger = logging.getLogger("qovery")


class Merged(Resource, Generic[K, T]):
    """The items of several streams in the order of time, each with the key of its stream: `async for key, item in merged`.

    The connections are opened by the first step of a loop. Leaving the loop closes them all; leaving
    `async with merged:` does so at once.
    """

    def __init__(
        self,
        core: Core,
        streams: Callable[[], Awaitable[Mapping[K, Stream[T]]]],
        window: float,
        on_error: OnStreamError,
    ) -> None:
        super().__init__(core)
        if on_error not in ("raise", "skip"):
            raise ConfigurationError(f"on_error must be 'raise' or 'skip', got {on_error!r}")
        number = cast("object", window)
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 <= number < math.inf:
            raise ConfigurationError(f"window must be a number of seconds, 0 or more, got {window!r}")
        self._streams = streams
        self._window = window
        self._skips = on_error == "skip"
        self._loops: list[_Loop[K, T]] = []
        self._closings = 0
        self._failures: dict[K, QoveryError] = {}

    def __repr__(self) -> str:
        return "<Merged>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    def pages(self) -> AsyncIterator[list[tuple[K, T]]]:
        """Iterates over all that has come, whenever something has: a list of one item or more."""
        return self._batches()

    async def __aiter__(self) -> AsyncIterator[tuple[K, T]]:
        """Iterates over the items."""
        batches = self._batches()
        try:
            async for items in batches:
                for item in items:
                    yield item
        finally:
            await batches.aclose()

    async def close(self) -> None:
        """Closes all connections. A loop over the streams ends."""
        self._closings += 1
        for loop in [*self._loops]:
            await loop.close()

    @property
    def failures(self) -> Mapping[K, QoveryError]:
        """The errors of the streams that have failed, with `on_error="skip"`."""
        return {**self._failures}

    async def _batches(self) -> AsyncGenerator[list[tuple[K, T]]]:
        closings = self._closings
        streams = await self._streams()
        if self._closings > closings:
            return  # while the streams were looked up
        loop = _Loop(streams, self._window, self._note if self._skips else None)
        self._loops.append(loop)
        try:
            async with aclosing(loop.batches()) as batches:
                async for items in batches:
                    yield items
        finally:
            await loop.close()
            self._loops.remove(loop)

    def _note(self, key: K, error: QoveryError) -> None:
        self._failures[key] = error
        _logger.warning("A stream of several has failed, the others go on: %s", error)


class _Loop(Generic[K, T]):
    """One loop over the streams, with connections of its own."""

    def __init__(
        self, streams: Mapping[K, Stream[T]], window: float, skip: Callable[[K, QoveryError], None] | None
    ) -> None:
        self._merging = Merging[K, T](streams.keys(), window, time.monotonic())
        self._skip = skip
        self._began_in = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._room = {key: asyncio.Event() for key in streams}
        self._failure: BaseException | None = None
        self._is_closed = False
        self._tasks = [asyncio.create_task(self._read(key, stream)) for key, stream in streams.items()]

    async def batches(self) -> AsyncGenerator[list[tuple[K, T]]]:
        """What need not wait any more, whenever there is something.

        Raises:
            QoveryError: a stream has failed. All that came before it has been given.
        """
        merging = self._merging
        while not self._is_closed:
            self._news.clear()
            if items := merging.take(time.monotonic()):
                for key, room in self._room.items():
                    if merging.has_room(key):
                        room.set()
                yield items
            elif merging.is_over:
                break
            else:
                await self._wait(merging.due(time.monotonic()))
        if self._failure is not None:
            raise self._failure

    async def close(self) -> None:
        """Closes the connections."""
        self._is_closed = True
        await ended(*self._tasks)
        if self._began_in is asyncio.get_running_loop():
            self._news.set()

    async def _wait(self, due: float | None) -> None:
        """Until there is news, or something is due."""
        seconds = None if due is None else max(due - time.monotonic(), 0)
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return

    async def _read(self, key: K, stream: Stream[T]) -> None:
        try:
            async with fed(stream) as feed:
                opening = asyncio.create_task(self._open(key, feed.opened))
                try:
                    while items := await feed.backlog.take():
                        self._merging.put(key, items, feed.backlog.taken, time.monotonic(), time.time() * 1000)
                        self._news.set()
                        while not self._merging.has_room(key):
                            self._room[key].clear()
                            await self._room[key].wait()
                finally:
                    await ended(opening)
        except Exception as error:  # noqa: BLE001  # raised by the loop, or noted
            self._fail(key, error)
        finally:
            self._merging.end(key)
            self._news.set()

    async def _open(self, key: K, opened: asyncio.Event) -> None:
        await opened.wait()
        self._merging.opened(key)
        self._news.set()

    def _fail(self, key: K, error: Exception) -> None:
        if self._skip is not None and isinstance(error, QoveryError):
            self._skip(key, error)
        elif self._failure is None:
            self._failure = error
            for room in self._room.values():
                room.set()
            current = asyncio.current_task()
            for task in self._tasks:
                if task is not current:
                    task.cancel()
