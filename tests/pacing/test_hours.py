"""Do callers that share a budget send what an hour allows, and not more? Three hours, simulated at random."""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from qovery_async import Rate
from qovery_async.pacing.budget import DOUBT, LIMIT, Budget
from qovery_async.pacing.rate import WINDOW


@attrs.define
class Hours:
    """An API's count of a token's requests; its clock is some fraction of a second off ours."""

    limit: int
    skew: float
    aligned: bool
    """Whether its hours follow the clock, instead of beginning with the first request."""
    ends: float = -math.inf
    used: Counter[float] = attrs.Factory(Counter[float])
    doubtful: Counter[float] = attrs.Factory(Counter[float])
    """Requests that came so late in the hour before that a caller has to expect them in this one."""

    def count(self, now: float) -> Callable[[float], Rate]:
        """Counts a request; returns what the headers of its response say."""
        now += self.skew
        if now >= self.ends:
            self.ends = (math.floor(now / WINDOW) + 1) * WINDOW if self.aligned else now + WINDOW
        self.used[self.ends] += 1
        self.doubtful[self.ends + WINDOW] += self.ends - now < 2 * DOUBT
        remaining, reset = max(0, self.limit - self.used[self.ends]), math.ceil(self.ends)
        return lambda at: Rate(self.limit, remaining, max(0.0, reset - math.floor(at + self.skew)))


def simulate(hours: Hours, callers: int, seed: int, *, patient: float, rest: float = 0, waves: bool = False) -> int:
    """Three hours of callers that share a budget, and rest about so many seconds between two calls.

    `patient` is the share of those who wait for their turn; in `waves`, all call at the same time. Each request and
    each answer takes up to a second. Returns how often there was nothing to take.
    """
    dice = random.Random(seed)
    budget = Budget(hours.limit, hours.limit)
    refused = 0
    numbers = itertools.count()
    coming: list[tuple[float, int, Callable[[float], None]]] = []

    def at(moment: float, do: Callable[[float], None]) -> None:
        heapq.heappush(coming, (moment, next(numbers), do))

    def ask(now: float, *, waits: bool) -> None:
        def again(now: float) -> None:
            ask(now, waits=waits)

        turn = budget.take(now, most=math.inf, patient=waits)
        if turn.taken:
            at(now + turn.wait + dice.random(), lambda now: arrive(now, again))
        else:
            nonlocal refused
            refused += 1
            at(now + (turn.wait if waits else dice.uniform(1, 100)), again)

    def arrive(now: float, then: Callable[[float], None]) -> None:
        rate = hours.count(now)(now)
        at(now + dice.random(), lambda now: budget.learn(now, rate))
        at(now + 1 + rest * (1 if waves else dice.uniform(0.5, 1.5)), then)

    for n in range(callers):
        at(1 if waves else dice.uniform(0, rest + 1), lambda now, waits=n < patient * callers: ask(now, waits=waits))
    while coming[0][0] < 3.2 * WINDOW:
        now, _, do = heapq.heappop(coming)
        do(now)
    return refused


SKEWS = st.floats(0, 2 * WINDOW) | st.floats(WINDOW - 2 * DOUBT, WINDOW)
SHARES = st.floats(0, 1)
APIS = st.builds(Hours, limit=st.integers(5, 60), skew=SKEWS, aligned=st.booleans())
CALLERS = st.integers(1, 100)
RESTS = st.floats(0, WINDOW) | st.integers(1, 10).map(lambda n: WINDOW / n)
SEEDS = st.integers(0, 2**32)


class TestHours:
    @given(hours=APIS, callers=CALLERS, seed=SEEDS, patient=SHARES, rest=RESTS, waves=st.booleans())
    @settings(deadline=None, max_examples=60)
    def test_are_never_overdrawn(self, *, hours: Hours, callers: int, seed: int, **ways: Any) -> None:
        simulate(hours, callers, seed, **ways)
        assert max(hours.used.values()) <= hours.limit

    @given(hours=APIS, callers=CALLERS, seed=SEEDS)
    @settings(deadline=None, max_examples=50)
    def test_are_used_up_by_those_who_wait(self, hours: Hours, callers: int, seed: int) -> None:
        simulate(hours, callers, seed, patient=1)
        # The first may have been all but over when they began, and the last has not ended.
        whole = list(hours.used.items())[1:-1]
        assert len(whole) >= 2
        assert min(used + hours.doubtful[ends] for ends, used in whole) >= hours.limit - 2
        assert min(used for _, used in whole[1:]) >= hours.limit - 2

    @given(hours=st.builds(Hours, limit=st.just(LIMIT), skew=SKEWS, aligned=st.booleans()), seed=SEEDS, patient=SHARES)
    @settings(deadline=None, max_examples=20)
    def test_are_never_short_for_those_who_need_half(self, hours: Hours, seed: int, patient: float) -> None:
        assert simulate(hours, LIMIT // 4, seed, patient=patient, rest=WINDOW / 2) == 0
