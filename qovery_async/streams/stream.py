"""What is a stream to the one who reads it?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Generic, Self, TypeVar

from qovery_async.errors import ConfigurationError
from qovery_async.runtime.core import Core
from qovery_async.runtime.resource import Resource
from qovery_async.streams.backlog import Backlog, WhenSlow
from qovery_async.streams.feed import Feed, Parameters, ended
from qovery_async.streams.kinds import Kind, Past
from qovery_async.vocabulary import Model, UnknownVariant

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Stream(Resource, Generic[T_co]):
    """The items that Qovery pushes, as they come: `async for item in stream`.

    The connection is opened by the first step of a loop. A lost one is opened again, and a log continues where it was.
    Leaving the loop closes the connection; leaving `async with stream:` does so at once.
    """

    def __init__(
        self,
        core: Core,
        kind: Kind[T_co],
        parameters: Callable[[], Awaitable[Parameters]],
        when_slow: WhenSlow,
        past: Callable[[], Awaitable[Past[T_co] | None]] | None = None,
    ) -> None:
        super().__init__(core)
        if when_slow not in ("wait", "drop"):
            raise ConfigurationError(f"when_slow must be 'wait' or 'drop', got {when_slow!r}")
        self.kind = kind
        self._parameters = parameters
        self._when_slow: WhenSlow = when_slow
        self._before = past
        self._feeds: dict[Feed[T_co], asyncio.Task[None]] = {}
        self._past = (0, 0)

    def __repr__(self) -> str:
        return f"<Stream {self.kind.path}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    def pages(self) -> AsyncIterator[list[T_co]]:
        """Iterates over all that has come, whenever something has: a list of one item or more."""
        return self._batches()

    async def __aiter__(self) -> AsyncIterator[T_co]:
        """Iterates over the items."""
        batches = self._batches()
        try:
            async for items in batches:
                for item in items:
                    yield item
        finally:
            await batches.aclose()

    async def close(self) -> None:
        """Closes the connection. A loop over the stream ends."""
        await ended(*self._feeds.values())

    @property
    def dropped(self) -> int:
        """How many items were dropped, because they came faster than they were read."""
        return self._past[0] + sum(feed.backlog.dropped for feed in self._feeds)

    @property
    def connections(self) -> int:
        """How many connections were opened; more than one where one was lost."""
        return self._past[1] + sum(feed.connections for feed in self._feeds)

    @property
    def connected(self) -> bool:
        """Whether a connection is open now."""
        return any(feed.is_connected for feed in self._feeds)

    async def _batches(self) -> AsyncGenerator[list[T_co]]:
        """What has come, whenever something has."""
        async with self._fed() as feed:
            while items := await feed.backlog.take():
                yield items

    @asynccontextmanager
    async def _fed(self) -> AsyncGenerator[Feed[T_co]]:
        """A backlog that the connections fill. Raises their error in the end, unless it is left before."""
        backlog = Backlog[T_co](self._when_slow)
        feed = Feed(self._core.exchange, self.kind, self._parameters, backlog, self._before)
        task = asyncio.create_task(feed.run())
        task.add_done_callback(lambda _: backlog.end())  # also of a task that is cancelled before it begins
        self._feeds[feed] = task
        try:
            yield feed
            if not task.cancelled() and not task.cancelling():
                await task
        finally:
            try:
                await ended(task)
            finally:
                del self._feeds[feed]
                self._past = self._past[0] + backlog.dropped, self._past[1] + feed.connections


def fed(stream: Stream[T]) -> AbstractAsyncContextManager[Feed[T]]:
    """The backlog of a stream, for what reads several."""
    return stream._fed()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # of this module


async def first(stream: Stream[T], seconds: float | None) -> T | None:
    """The first item of a stream that is none of the unknown, which is closed then; None where it ends without one.

    Raises:
        TimeoutError: nothing came in time.
    """
    async with stream, asyncio.timeout(seconds):
        async for item in stream:
            if isinstance(item, Model | UnknownVariant):
                return item
    return None
