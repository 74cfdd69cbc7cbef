"""How does time pass in the emulator? It stands until a test steps it, or runs with the event loop at any speed."""

from __future__ import annotations

import asyncio
import math
import time
from datetime import UTC, datetime, timedelta

import pytest

from qovery_async.emulator.life.clock import EPOCH, RunningClock, SteppedClock, stamp


def test_a_stepped_clock_stands_still() -> None:
    clock = SteppedClock()
    assert clock.now() == EPOCH
    time.sleep(0.002)
    assert clock.now() == EPOCH


def test_advance_moves_it_by_that_much() -> None:
    clock = SteppedClock(datetime(2026, 3, 1, tzinfo=UTC))
    clock.advance(90)
    clock.advance(0)
    assert clock.now() == datetime(2026, 3, 1, 0, 1, 30, tzinfo=UTC)


def test_what_falls_due_runs_in_order_of_time_then_of_asking() -> None:
    clock, seen = SteppedClock(), list[str]()
    clock.call_later(2, lambda: seen.append("b"))
    clock.call_later(3, lambda: seen.append("d"))
    clock.call_later(1, lambda: seen.append("a"))
    clock.call_later(2, lambda: seen.append("c"))
    clock.advance(2)
    assert seen == ["a", "b", "c"]
    clock.advance(1)
    assert seen == ["a", "b", "c", "d"]


def test_a_function_sees_the_moment_it_was_due_at() -> None:
    clock, seen = SteppedClock(), list[datetime]()
    clock.call_later(1.5, lambda: seen.append(clock.now()))
    clock.advance(60)
    assert seen == [EPOCH + timedelta(seconds=1.5)]
    assert clock.now() == EPOCH + timedelta(seconds=60)


def test_what_functions_ask_for_on_the_way_runs_within_the_same_step() -> None:
    clock, seen = SteppedClock(), list[float]()

    def again() -> None:
        seen.append((clock.now() - EPOCH).total_seconds())
        clock.call_later(1, again)

    clock.call_later(1, again)
    clock.advance(3.5)
    assert seen == [1, 2, 3]


def test_a_canceled_timer_does_not_run_and_may_be_canceled_again() -> None:
    clock, seen = SteppedClock(), list[str]()
    timer = clock.call_later(1, lambda: seen.append("x"))
    timer.cancel()
    timer.cancel()
    clock.advance(5)
    assert seen == []


def test_an_error_stops_the_step_at_its_moment_and_leaves_the_rest_waiting() -> None:
    clock, seen = SteppedClock(), list[str]()
    clock.call_later(1, lambda: 1 / 0)
    clock.call_later(2, lambda: seen.append("later"))
    with pytest.raises(ZeroDivisionError):
        clock.advance(5)
    assert clock.now() == EPOCH + timedelta(seconds=1)
    clock.advance(5)
    assert seen == ["later"]


def test_run_out_goes_on_until_nothing_waits() -> None:
    clock = SteppedClock()
    clock.call_later(1, lambda: clock.call_later(2.5, lambda: None))
    assert clock.run_out() == 3.5
    assert clock.run_out() == 0


def test_run_out_gives_up_on_what_never_ends() -> None:
    clock = SteppedClock()

    def again() -> None:
        clock.call_later(1, again)

    again()
    assert clock.run_out(limit=10) == 10


@pytest.mark.parametrize("seconds", [-1, math.nan, math.inf])
def test_time_goes_forward_and_is_a_number(seconds: float) -> None:
    clock = SteppedClock()
    with pytest.raises(ValueError, match="zero or more"):
        clock.advance(seconds)
    with pytest.raises(ValueError, match="zero or more"):
        clock.call_later(seconds, lambda: None)


@pytest.mark.parametrize("speed", [0, -1, math.nan, math.inf])
def test_a_running_clock_needs_a_speed(speed: float) -> None:
    with pytest.raises(ValueError, match="more than zero"):
        RunningClock(speed)


def test_only_a_stepped_clock_runs_out() -> None:
    with pytest.raises(RuntimeError, match="speed=None"):
        RunningClock().run_out()


def test_a_running_clock_goes_by_itself_and_never_tells_a_time_to_come() -> None:
    clock = RunningClock(1000)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=60)
    before, elapsed = clock.now(), clock.elapsed()
    time.sleep(0.01)
    assert clock.elapsed() - elapsed >= 10
    assert before < clock.now() <= datetime.now(UTC) + timedelta(milliseconds=100)


@pytest.mark.anyio
async def test_a_running_clock_skips_what_it_is_advanced_by() -> None:
    clock, seen = RunningClock(), list[float]()

    def again() -> None:
        seen.append(round(clock.elapsed()))
        clock.call_later(1200, again)

    clock.call_later(1200, again)
    clock.advance(3601)
    assert seen == [1200, 2400, 3600]
    assert 3601 <= clock.elapsed() < 3661
    assert clock.now() <= datetime.now(UTC) + timedelta(milliseconds=100)
    clock.advance(1199)
    assert seen == [1200, 2400, 3600, 4800]
    clock.close()


@pytest.mark.anyio
async def test_an_error_stops_a_running_clock_at_its_moment_and_leaves_the_rest_waiting() -> None:
    clock, seen = RunningClock(), list[str]()
    clock.call_later(1000, lambda: 1 / 0)
    clock.call_later(2000, lambda: seen.append("later"))
    with pytest.raises(ZeroDivisionError):
        clock.advance(5000)
    assert 1000 <= clock.elapsed() < 1060
    clock.advance(1001)
    assert seen == ["later"]
    with pytest.raises(ValueError, match="zero or more"):
        clock.advance(-1)
    clock.close()


@pytest.mark.anyio
async def test_an_accelerated_clock_calls_from_the_loop_in_order() -> None:
    clock, seen, done = RunningClock(1000), list[str](), asyncio.Event()
    clock.call_later(30, done.set)
    clock.call_later(20, lambda: seen.append("b"))
    clock.call_later(10, lambda: seen.append("a"))
    clock.call_later(20, lambda: seen.append("c"))
    began = time.monotonic()
    await asyncio.wait_for(done.wait(), 5)
    assert seen == ["a", "b", "c"]
    assert time.monotonic() - began >= 0.03


@pytest.mark.anyio
async def test_an_error_in_a_running_clock_reaches_the_loop_and_the_rest_goes_on() -> None:
    clock, done, errors = RunningClock(1000), asyncio.Event(), list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context["exception"]))
    clock.call_later(1, lambda: 1 / 0)
    clock.call_later(2, done.set)
    await asyncio.wait_for(done.wait(), 5)
    assert [type(error) for error in errors] == [ZeroDivisionError]


@pytest.mark.anyio
async def test_a_closed_clock_calls_nothing_more() -> None:
    clock, seen = RunningClock(1000), list[str]()
    clock.call_later(1, lambda: seen.append("x"))
    clock.close()
    await asyncio.sleep(0.01)
    assert seen == []


def test_a_running_clock_waits_only_within_a_loop() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        RunningClock().call_later(1, lambda: None)


def test_stamps_are_utc_with_milliseconds() -> None:
    assert stamp(datetime(2026, 1, 5, 9, 0, 0, 123456, tzinfo=UTC)) == "2026-01-05T09:00:00.123Z"
