"""What do an async iterator and an async context manager look like to a thread that blocks?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, suppress
from functools import partial
from types import TracebackType
from typing import TypeVar, cast

from qovery_async.errors import ConfigurationError
from qovery_sync.loop_thread import LoopThread
from qovery_sync.visit import ONCE, Visit

T = TypeVar("T")

Raised = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


class Iteration(Iterator[T]):
    """Yields what an async iterator yields; all its steps run in one task."""

    _visit: Visit[T, None] | None = None

    def __init__(self, running: Callable[[], LoopThread], iterator: AsyncIterator[T]) -> None:
        self._running = running
        self._iterator = iterator

    def __next__(self) -> T:
        try:
            if self._visit is None:
                self._visit = Visit(self._running(), partial(_walk, self._iterator))
                return self._visit.begin()
            if not self._visit.over:
                return self._visit.go_on(None)
        except StopAsyncIteration:
            pass
        raise StopIteration

    def close(self) -> None:
        """Close the stream, and wait until it is closed where that is possible."""
        if self._visit is not None and self._visit.can_be_followed():
            with suppress(ConfigurationError):  # a loop that ends closes it
                self._visit.end()
        else:
            self.__del__()

    def __del__(self) -> None:
        # The collector comes at any time, maybe while this thread holds a lock that the loop wants.
        if self._visit is not None:
            self._visit.leave()


class Stay(AbstractContextManager[T]):
    """Enters an async context manager and leaves it, both in one task."""

    _visit: Visit[T | bool | None, Raised] | None = None

    def __init__(self, running: Callable[[], LoopThread], context: AbstractAsyncContextManager[T]) -> None:
        self._running = running
        self._context = context

    def __enter__(self) -> T:
        if self._visit is not None:
            raise RuntimeError(ONCE)
        self._visit = Visit(self._running(), partial(_stay, self._context))
        return cast("T", self._visit.begin())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if self._visit is None or self._visit.is_lost():
            return False
        try:
            return bool(self._visit.go_on((kind, error, trace)))
        except BaseException as raised:
            if raised is error:
                return False
            raise

    def __del__(self) -> None:
        if self._visit is not None:
            self._visit.leave()


async def _walk(iterator: AsyncIterator[T], visit: Visit[T, None]) -> None:
    try:
        while True:
            await visit.give(await anext(iterator))
    finally:
        aclose: Callable[[], Awaitable[object]] | None = getattr(iterator, "aclose", None)
        if aclose is not None:
            await aclose()


async def _stay(context: AbstractAsyncContextManager[T], visit: Visit[T | bool | None, Raised]) -> bool | None:
    value = await context.__aenter__()
    try:
        raised = await visit.give(value)
    except BaseException as error:  # nobody leaves it any more, or a timeout of its own has ended it
        if await context.__aexit__(type(error), error, error.__traceback__):
            return False
        raise
    return await context.__aexit__(*raised)
