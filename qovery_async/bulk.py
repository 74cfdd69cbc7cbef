"""How does a user run many calls at once?"""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Sized
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any, Literal, TypeVar, cast, overload

from qovery_async.errors import ConfigurationError
from qovery_async.progress.choice import reporter
from qovery_async.progress.reports import BulkProgress, ProgressHook, Reporter
from qovery_async.runtime.crowd import BulkOutcome, Crowd, Width
from qovery_async.runtime.resource import Resource

A = TypeVar("A")
R = TypeVar("R")
R1 = TypeVar("R1")
R2 = TypeVar("R2")
R3 = TypeVar("R3")
R4 = TypeVar("R4")
R5 = TypeVar("R5")

OnError = Literal["stop", "finish", "return"]


class Bulk(Resource):
    """Many calls at once: `await client.bulk.map(client.environments.get_statuses, ids)`.

    16 calls run at once unless `concurrency` says otherwise. While the API refuses requests for their rate
    (429), or the rate budget is spent, fewer do.
    """

    @overload
    async def map(
        self,
        function: Callable[[A], Awaitable[R]],
        items: Iterable[A] | AsyncIterable[A],
        *,
        concurrency: int = 16,
        on_error: Literal["stop", "finish"] = "stop",
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> list[R]: ...
    @overload
    async def map(
        self,
        function: Callable[[A], Awaitable[R]],
        items: Iterable[A] | AsyncIterable[A],
        *,
        concurrency: int = 16,
        on_error: Literal["return"],
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> list[BulkOutcome[A, R]]: ...
    @overload
    async def map(
        self,
        function: Callable[[A], Awaitable[R]],
        items: Iterable[A] | AsyncIterable[A],
        *,
        concurrency: int = 16,
        on_error: OnError,
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> list[R] | list[BulkOutcome[A, R]]: ...
    async def map(
        self,
        function: Callable[[A], Awaitable[R]],
        items: Iterable[A] | AsyncIterable[A],
        *,
        concurrency: int = 16,
        on_error: OnError = "stop",
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> list[R] | list[BulkOutcome[A, R]]:
        """Call a function for each item; the results come in the order of the items.

        Args:
            function: A method of this client, such as `client.environments.get_statuses`, or another
                function of one item.
            items: What it is called with, one after the other.
            concurrency: How many calls run at once, 1 or more.
            on_error: "stop" cancels the calls under way at the first error, which may have taken effect, and
                raises. "finish" makes all calls, then raises all errors. "return" raises none, and
                returns an outcome for each item.
            progress: A function, which is called after each call that has ended; or "rich", which draws a
                bar in a terminal and writes lines elsewhere, both on stderr.

        Raises:
            ExceptionGroup: calls failed; each error has a note with the place of its item.
            ConfigurationError: an argument cannot be right, or `rich` is not installed.
        """
        return await self._all(function, items, concurrency, on_error, reporter(progress, "bulk.map"))

    def stream(
        self,
        function: Callable[[A], Awaitable[R]],
        items: Iterable[A] | AsyncIterable[A],
        *,
        concurrency: int = 16,
    ) -> AsyncIterator[BulkOutcome[A, R]]:
        """Call a function for each item, and yield each outcome as its call ends.

        Holds no more outcomes than `concurrency`, and takes no item before there is room for it, so the
        items may be endless. Leaving the iteration cancels the calls under way.

        Args:
            function: As in `map`.
            items: As in `map`.
            concurrency: How many calls run at once, 1 or more.

        Raises:
            ConfigurationError: an argument cannot be right.
        """
        return _crowd(function, items, concurrency).outcomes()

    @overload
    async def gather(
        self,
        call1: Callable[[], Awaitable[R1]],
        call2: Callable[[], Awaitable[R2]],
        /,
        *,
        concurrency: int = 16,
        on_error: Literal["stop", "finish"] = "stop",
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> tuple[R1, R2]: ...
    @overload
    async def gather(
        self,
        call1: Callable[[], Awaitable[R1]],
        call2: Callable[[], Awaitable[R2]],
        call3: Callable[[], Awaitable[R3]],
        /,
        *,
        concurrency: int = 16,
        on_error: Literal["stop", "finish"] = "stop",
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> tuple[R1, R2, R3]: ...
    @overload
    async def gather(
        self,
        call1: Callable[[], Awaitable[R1]],
        call2: Callable[[], Awaitable[R2]],
        call3: Callable[[], Awaitable[R3]],
        call4: Callable[[], Awaitable[R4]],
        /,
        *,
        concurrency: int = 16,
        on_error: Literal["stop", "finish"] = "stop",
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> tuple[R1, R2, R3, R4]: ...
    @overload
    async def gather(
        self,
        call1: Callable[[], Awaitable[R1]],
        call2: Callable[[], Awaitable[R2]],
        call3: Callable[[], Awaitable[R3]],
        call4: Callable[[], Awaitable[R4]],
        call5: Callable[[], Awaitable[R5]],
        /,
        *,
        concurrency: int = 16,
        on_error: Literal["stop", "finish"] = "stop",
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> tuple[R1, R2, R3, R4, R5]: ...
    @overload
    async def gather(
        self,
        *calls: Callable[[], Awaitable[R]],
        concurrency: int = 16,
        on_error: Literal["stop", "finish"] = "stop",
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> tuple[R, ...]: ...
    @overload
    async def gather(
        self,
        *calls: Callable[[], Awaitable[R]],
        concurrency: int = 16,
        on_error: Literal["return"],
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> tuple[BulkOutcome[object, R], ...]: ...
    @overload
    async def gather(
        self,
        *calls: Callable[[], Awaitable[Any]],
        concurrency: int = 16,
        on_error: OnError,
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> tuple[Any, ...]: ...
    async def gather(
        self,
        *calls: Callable[[], Awaitable[Any]],
        concurrency: int = 16,
        on_error: OnError = "stop",
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> tuple[Any, ...]:
        """Make calls of different kinds; the results come in the order of the calls.

        Args:
            calls: Functions without arguments, such as `client.projects.list` or
                `functools.partial(client.projects.get, project_id)`.
            concurrency: As in `map`.
            on_error: As in `map`.
            progress: As in `map`.

        Raises:
            ExceptionGroup: calls failed; each error has a note with the place of its call.
            ConfigurationError: as in `map`.
        """
        for call in calls:
            _check_function(call)
        return tuple(await self._all(_called, calls, concurrency, on_error, reporter(progress, "bulk.gather")))

    async def _all(
        self,
        function: Callable[[A], Awaitable[R]],
        items: Iterable[A] | AsyncIterable[A],
        concurrency: int,
        on_error: OnError,
        reporting: AbstractAsyncContextManager[Reporter],
    ) -> builtins.list[Any]:
        given: object = on_error
        if given not in ("stop", "finish", "return"):
            raise ConfigurationError(f"on_error must be 'stop', 'finish' or 'return', got {given!r}")
        total = len(items) if isinstance(items, Sized) else None
        outcomes: dict[int, BulkOutcome[A, R]] = {}
        errors: list[Exception] = []
        async with reporting as report, aclosing(_crowd(function, items, concurrency).outcomes()) as ended:
            async for outcome in ended:
                outcomes[outcome.index] = outcome
                if outcome.error is not None:
                    errors.append(outcome.error)
                await report.advanced(BulkProgress(len(outcomes), len(errors), total))
                if errors and on_error == "stop":
                    break
        in_order = [outcomes[index] for index in sorted(outcomes)]
        if on_error == "return":
            return in_order
        if errors:
            raise _together(in_order)
        return [outcome.result for outcome in in_order]


def _together(outcomes: list[BulkOutcome[A, R]]) -> ExceptionGroup[Exception]:
    """The errors of a batch, in the order of its items."""
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    errors: list[Exception] = []
    for outcome in failed:
        error = cast("Exception", outcome.error)
        error.add_note(f"Item {outcome.index} of the batch.")
        errors.append(error)
    return ExceptionGroup(f"{len(errors)} of {len(outcomes)} calls failed", errors)


def _called(call: Callable[[], Awaitable[R]]) -> Awaitable[R]:
    return call()


def _crowd(
    function: Callable[[A], Awaitable[R]], items: Iterable[A] | AsyncIterable[A], concurrency: int
) -> Crowd[A, R]:
    """The calls of a batch, once its arguments are checked.

    Raises:
        ConfigurationError: an argument cannot be right.
    """
    _check_function(function)
    kind = cast("type[object]", type(items))
    if issubclass(kind, (str, bytes)) or not issubclass(kind, (Iterable, AsyncIterable)):
        raise ConfigurationError(f"items must be an iterable, such as a list of ids, got {kind.__name__}")
    if cast("object", concurrency).__class__ is not int or concurrency < 1:
        raise ConfigurationError(f"concurrency must be a whole number, 1 or more, got {concurrency!r}")
    return Crowd(function, items, Width(concurrency))


def _check_function(function: object) -> None:
    if getattr(function, "runs_in_callers_thread", False):
        raise ConfigurationError(
            "bulk takes bound methods of this client, such as client.projects.get, and functools.partial of them: "
            "a function of your own would run in one thread, one call after the other; call it in a loop instead"
        )
    if not callable(function):
        raise ConfigurationError(f"bulk takes a function, such as client.projects.get, got {function!r}")
