"""How do many calls run at once, and how many?"""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable
from contextlib import aclosing
from functools import partial
from typing import Generic, TypeVar, cast

from qovery_async.errors import ConfigurationError
from qovery_async.transport import pressure
from qovery_async.vocabulary.values import frozen

A = TypeVar("A")
R = TypeVar("R")

_END = object()


@frozen
class BulkOutcome(Generic[A, R]):
    """What became of one item.

    `item` is the item, `index` its place among the items, from 0. `error` is what its call raised, None
    where it returned.
    """

    index: int
    item: A
    error: Exception | None = None
    _value: R | None = None

    @property
    def result(self) -> R:
        """What the call returned. Raises `error` if it failed."""
        if self.error is not None:
            raise self.error
        return cast("R", self._value)


class Width:
    """How many calls may run at once.

    A request that the API refuses for its rate halves the number, once for all calls that were under way by
    then. Each call that succeeds takes it up again, by one for as many calls as run at once.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._now = float(most)
        self._narrowings = 0

    def __int__(self) -> int:
        return int(self._now)

    def enter(self) -> Callable[[], None]:
        """What a call that begins now is to call when the API refuses it."""
        return partial(self._narrow, self._narrowings)

    def widen(self) -> None:
        """A call has succeeded."""
        if self._now < self.most:
            self._now = min(float(self.most), self._now + 1 / self._now)

    def _narrow(self, narrowings: int) -> None:
        if narrowings == self._narrowings:
            self._narrowings += 1
            self._now = max(1.0, self._now / 2)


class Crowd(Generic[A, R]):
    """The calls of a function for many items, no more of them at once than `width` says."""

    def __init__(
        self, function: Callable[[A], Awaitable[R]], items: Iterable[A] | AsyncIterable[A], width: Width
    ) -> None:
        self._function = function
        self._items = items
        self._width = width
        self._begun = 0
        self._running: set[asyncio.Task[None]] = set()
        self._ended: deque[BulkOutcome[A, R]] = deque()
        self._broken: BaseException | None = None
        self._has_ended = asyncio.Event()
        self._has_room = asyncio.Event()

    async def outcomes(self) -> AsyncGenerator[BulkOutcome[A, R]]:
        """The outcome of each call as it ends. Items are taken no faster than outcomes are.

        Raises what taking the items raises. When it is left, the calls under way are cancelled.
        """
        feeding = asyncio.create_task(self._feed())
        feeding.add_done_callback(lambda _: self._has_ended.set())
        try:
            while True:
                while self._ended:
                    yield self._ended.popleft()
                    self._has_room.set()
                if self._broken is not None:
                    raise self._broken
                if feeding.done():
                    feeding.result()
                    if not self._running:
                        return
                self._has_ended.clear()
                await self._has_ended.wait()
        finally:
            await _cancelled({feeding, *self._running})

    async def _feed(self) -> None:
        async with aclosing(_stepped(self._items)) as items:
            while True:
                while len(self._running) + len(self._ended) >= int(self._width):
                    self._has_room.clear()
                    await self._has_room.wait()
                item = await anext(items, _END)
                if item is _END:
                    return
                call = asyncio.create_task(self._call(self._begun, cast("A", item)))
                self._begun += 1
                self._running.add(call)
                call.add_done_callback(self._end)

    async def _call(self, index: int, item: A) -> None:
        pressure.listener.set(self._width.enter())
        try:
            awaited = self._function(item)
            if not inspect.isawaitable(cast("object", awaited)):
                self._broken = _not_async(awaited)
                return
            outcome = BulkOutcome(index, item, None, await awaited)
        except Exception as error:  # noqa: BLE001  # it is the outcome
            self._ended.append(BulkOutcome(index, item, error))
        else:
            self._width.widen()
            self._ended.append(outcome)

    def _end(self, call: asyncio.Task[None]) -> None:
        self._running.discard(call)
        if call.cancelled():
            self._broken = asyncio.CancelledError()
        elif call.exception() is not None:
            self._broken = call.exception()
        self._has_ended.set()
        self._has_room.set()


def _not_async(result: object) -> ConfigurationError:
    return ConfigurationError(
        f"bulk takes functions that return an awaitable, such as client.projects.get; one returned {type(result).__name__}"
    )


async def _stepped(items: Iterable[A] | AsyncIterable[A]) -> AsyncGenerator[A]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


async def _cancelled(tasks: set[asyncio.Task[None]]) -> None:
    """Cancels tasks and waits for their ends."""
    for task in tasks:
        task.cancel()
    # Returned, not raised: nobody asks for the errors of tasks that are no longer wanted.
    await asyncio.gather(*tasks, return_exceptions=True)
