"""Does a limiter in memory count each request once, also where something else counts at the same moment?"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import Any, TypeVar

import attrs
import pytest

from qovery_async import LocalRateLimiter, Rate, Turn
from qovery_async.pacing.budget import LIMIT, MARGIN

T = TypeVar("T")


@attrs.define
class Clock:
    """The time, which stands still. Looked at, it is `interrupted` once, as by a signal handler."""

    now: float = 0.0
    interrupted: Callable[[], object] | None = None

    def __call__(self) -> float:
        interrupt, self.interrupted = self.interrupted, None
        if interrupt is not None:
            interrupt()
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("qovery_async.pacing.limiter.time", SimpleNamespace(monotonic=made))
    return made


def at_once(call: Coroutine[Any, Any, T]) -> T:
    """What a call returns that waits for nothing."""
    try:
        call.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("it waits")


def take(limiter: LocalRateLimiter, *, most: float = 0, patient: bool = False) -> Turn:
    return at_once(limiter.take(most=most, patient=patient))


def learn(limiter: LocalRateLimiter, remaining: int, resets_in: float = 100) -> None:
    at_once(limiter.learn(Rate(LIMIT, remaining, resets_in)))


def test_gives_out_what_responses_leave(clock: Clock) -> None:
    limiter = LocalRateLimiter()
    learn(limiter, 2)
    assert [take(limiter).taken for _ in range(3)] == [True, True, False]
    clock.now = 40
    assert take(limiter) == Turn(taken=False, wait=60 + MARGIN)


def test_learns_from_each_response_that_tells_something_new(clock: Clock) -> None:
    limiter = LocalRateLimiter()
    for remaining in (999, 998, 3):
        assert take(limiter).taken
        learn(limiter, remaining)
    clock.now = 10
    learn(limiter, 3, 89)
    assert [take(limiter).taken for _ in range(4)] == [True, True, True, False]
    assert take(limiter) == Turn(taken=False, wait=89 + MARGIN)


@pytest.mark.usefixtures("clock")
def test_spreads_the_turns_of_those_who_are_patient() -> None:
    limiter = LocalRateLimiter()
    learn(limiter, 100)
    assert take(limiter, patient=True) == Turn(taken=True)
    wait = take(limiter, most=0.5, patient=True).wait
    assert 0.5 < wait < 1
    assert take(limiter, most=1, patient=True) == Turn(taken=True, wait=wait)
    assert take(limiter, most=1) == Turn(taken=True)


def test_counts_what_is_taken_while_it_counts(clock: Clock) -> None:
    limiter = LocalRateLimiter()
    learn(limiter, 3)
    within: list[Turn] = []
    clock.interrupted = lambda: within.append(take(limiter))
    assert take(limiter) == Turn(taken=True)
    assert within == [Turn(taken=True)]
    assert [take(limiter).taken for _ in range(2)] == [True, False]


def test_learns_though_a_request_is_taken_meanwhile(clock: Clock) -> None:
    limiter = LocalRateLimiter()
    learn(limiter, 500)

    def interrupt_again() -> None:
        # The first look asks whether there is anything to learn, the second learns it.
        clock.interrupted = lambda: take(limiter)

    clock.interrupted = interrupt_again
    learn(limiter, 1)
    assert [take(limiter).taken for _ in range(2)] == [True, False]
