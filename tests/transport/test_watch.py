"""Does the one timer of a session keep the rules of `asyncio.timeout`, and does it keep nothing else?"""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from qovery_async.transport.watch import Expired, Watch

pytestmark = pytest.mark.anyio

FOREVER = 60
"""Seconds: longer than any test may take."""

Within = Callable[[float | None, Awaitable[Any]], Awaitable[Any]]


async def by_asyncio(seconds: float | None, awaited: Awaitable[Any]) -> Any:
    async with asyncio.timeout(seconds):
        return await awaited


@pytest.fixture(params=["asyncio.timeout", "the watch", "a watch that watches others"])
def within(request: pytest.FixtureRequest) -> Within:
    """Both, so that each test says that they do the same."""
    if request.param == "asyncio.timeout":
        return by_asyncio
    watch = Watch()
    if request.param == "the watch":
        return watch.within

    async def among_others(seconds: float | None, awaited: Awaitable[Any]) -> Any:
        others = [asyncio.create_task(watch.within(s, asyncio.sleep(FOREVER))) for s in (0.01, 0.03, 5, FOREVER)]
        await asyncio.sleep(0)
        try:
            return await watch.within(seconds, awaited)
        finally:
            for other in others:
                other.cancel()
            await asyncio.gather(*others, return_exceptions=True)

    return among_others


LATE = (TimeoutError, Expired)


async def cancelled(task: asyncio.Task[Any]) -> bool:
    try:
        await task
    except asyncio.CancelledError:
        return True
    except LATE:
        return False
    raise AssertionError("it ended as if nothing had happened")


async def test_what_comes_in_time_comes(within: Within) -> None:
    assert await within(FOREVER, asyncio.sleep(0.05, "done")) == "done"
    assert await within(None, asyncio.sleep(0, "done")) == "done"


async def test_what_is_late_is_cancelled_and_the_task_goes_on(within: Within) -> None:
    task = asyncio.current_task()
    assert task is not None
    for _ in range(3):
        with pytest.raises(LATE):
            await within(0.02, asyncio.sleep(FOREVER))
        assert task.cancelling() == 0
        await asyncio.sleep(0)


async def test_what_is_late_may_clean_up_first(within: Within) -> None:
    seen: list[str] = []

    async def slow() -> None:
        try:
            await asyncio.sleep(FOREVER)
        finally:
            await asyncio.sleep(0.02)
            seen.append("clean")

    with pytest.raises(LATE):
        await within(0.02, slow())
    assert seen == ["clean"]


async def test_an_error_passes_also_when_the_time_is_over(within: Within) -> None:
    async def fails() -> None:
        try:
            await asyncio.sleep(FOREVER)
        except asyncio.CancelledError:
            raise ValueError("mine") from None

    with pytest.raises(ValueError, match="mine"):
        await within(0.02, fails())
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_timeout_error_of_its_own_is_not_taken_for_the_limits(within: Within) -> None:
    async def fails() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        await within(FOREVER, fails())


async def test_a_cancellation_before_the_end_stays_one(within: Within) -> None:
    task = asyncio.ensure_future(within(FOREVER, asyncio.sleep(FOREVER)))
    await asyncio.sleep(0.02)
    task.cancel()
    assert await cancelled(task)
    assert task.cancelled()


@pytest.mark.parametrize("first", ["the timer", "the user"])
async def test_a_cancellation_at_the_same_moment_wins(within: Within, first: str) -> None:
    """Both ask the task to end before it can; what someone else asks for is not turned into a timeout."""

    async def slow() -> None:
        try:
            await asyncio.sleep(FOREVER)
        except asyncio.CancelledError:
            if first == "the timer":
                task.cancel()  # while it unwinds
            await asyncio.sleep(0)
            raise

    task = asyncio.ensure_future(within(0.02, slow()))
    if first == "the user":
        loop = asyncio.get_running_loop()
        end = loop.time() + 0.02
        for _ in range(3):
            await asyncio.sleep(0)
        while loop.time() < end + 0.01:  # the loop stands still, so that both are due at once
            pass
        task.cancel()
    assert await cancelled(task)


async def test_a_task_that_is_being_cancelled_may_still_have_a_limit(within: Within) -> None:
    seen: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(FOREVER)
        finally:
            try:
                await within(0.02, asyncio.sleep(FOREVER))
            except LATE:
                seen.append("late")

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    assert await cancelled(task)
    assert seen == ["late"]


@pytest.mark.parametrize(
    ("outer", "inner", "ends"), [(0.02, FOREVER, "outer"), (FOREVER, 0.02, "inner"), (0.02, 0.02, "outer")]
)
async def test_limits_within_limits_end_where_they_belong(
    within: Within, outer: float, inner: float, ends: str
) -> None:
    ended: list[str] = []

    async def inside() -> None:
        try:
            await within(inner, asyncio.sleep(FOREVER))
        except LATE:
            ended.append("inner")

    try:
        await within(outer, inside())
    except LATE:
        ended.append("outer")
    assert ended == [ends]


async def test_many_limits_end_each_in_its_own_time() -> None:
    watch, loop = Watch(), asyncio.get_running_loop()

    async def late(seconds: float) -> float:
        began = loop.time()
        with pytest.raises(Expired):
            await watch.within(seconds, asyncio.sleep(FOREVER))
        return loop.time() - began - seconds

    overdue = await asyncio.gather(*(late(seconds / 100) for seconds in (*range(20, 1, -1), *range(1, 20))))
    assert min(overdue) > -0.001
    assert max(overdue) < 1


async def test_a_watch_sets_one_timer_for_a_thousand_limits() -> None:
    watch, loop = Watch(), asyncio.get_running_loop()
    timers: Any = loop._scheduled  # type: ignore[attr-defined]
    before = len(timers)
    for _ in range(1000):
        await watch.within(FOREVER, asyncio.sleep(0))
    assert len(timers) - before == 1
    watch.rest()
    assert [timer for timer in timers[before:] if not timer.cancelled()] == []


async def test_a_watch_keeps_nothing_that_has_ended() -> None:
    watch = Watch()

    class Result:
        pass

    async def work() -> Result:
        return Result()

    result = weakref.ref(await watch.within(FOREVER, work()))
    with pytest.raises(Expired):
        await watch.within(0.01, asyncio.sleep(FOREVER))
    gc.collect()
    assert result() is None
    assert not watch._limits


def test_a_watch_serves_one_loop_after_another() -> None:
    watch = Watch()

    async def late() -> None:
        task = asyncio.create_task(watch.within(FOREVER, asyncio.sleep(FOREVER)))
        with pytest.raises(Expired):
            await watch.within(0.02, asyncio.sleep(FOREVER))
        task.cancel()

    for _ in range(2):
        asyncio.run(late())


async def test_what_runs_in_no_task_is_refused() -> None:
    awaited = asyncio.sleep(0)
    refused: list[BaseException] = []

    def step() -> None:
        try:
            Watch().within(1, awaited).send(None)
        except RuntimeError as error:
            refused.append(error)

    asyncio.get_running_loop().call_soon(step)
    await asyncio.sleep(0.01)
    awaited.close()
    assert "must run in a task" in str(refused[0])
