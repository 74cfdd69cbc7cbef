"""Does the arithmetic of a budget give out what an hour allows, and not more?"""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from qovery_async import Rate, Turn
from qovery_async.pacing.budget import DOUBT, LIMIT, LOOK, MARGIN, SOON, Budget, copied
from qovery_async.pacing.rate import WINDOW


def take(budget: Budget, now: float, *, patient: bool = False) -> Turn:
    return budget.take(now, most=math.inf, patient=patient)


def drain(budget: Budget, now: float) -> int:
    """What can be taken at once."""
    return next(n for n in itertools.count() if not take(budget, now).taken)


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

        turn = take(budget, now, patient=waits)
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


class TestBudget:
    @given(
        budget=st.builds(
            Budget,
            limit=st.integers(1, 5),
            remaining=st.integers(0, 5),
            began=st.floats(-20, 0),
            ends=st.floats(0, 20),
            ended_before=st.floats(-20, 0),
            confirmed=st.booleans(),
            told_less=st.booleans(),
            looking=st.booleans(),
        ),
        rate=st.builds(Rate, st.integers(1, 5), st.integers(0, 5), st.floats(0, 20), st.booleans()),
        now=st.floats(0, 20),
    )
    @settings(max_examples=500)
    def test_learns_nothing_from_what_it_knows(self, budget: Budget, rate: Rate, now: float) -> None:
        before = copied(budget)
        known = budget.knows(now, rate)
        budget.learn(now, rate)
        event(f"known: {known}")
        assert not known or budget == before

    def test_knows_what_the_next_response_of_a_quiet_hour_says(self) -> None:
        budget = Budget()
        for remaining in (999, 998):
            take(budget, 0)
            assert budget.knows(1, Rate(LIMIT, remaining, 600)) is (remaining == 998)
            budget.learn(1, Rate(LIMIT, remaining, 600))
        assert not budget.knows(1, Rate(LIMIT, 900, 600))

    def test_sends_a_first_burst_and_spreads_the_last_fifth(self) -> None:
        budget = Budget()
        turns = [take(budget, 0, patient=True) for _ in range(2000)]
        assert Counter(turns) == {Turn(taken=True): 801, Turn(taken=False, wait=SOON): 1199}
        budget.learn(1, Rate(LIMIT, LIMIT - 800, 600))
        waits = [take(budget, 1, patient=True).wait for _ in range(199)]
        steps = [later - sooner for sooner, later in itertools.pairwise(waits)]
        assert waits[0] == 0
        assert steps == pytest.approx([steps[0]] * 198)
        assert 590 < waits[-1] < 600
        assert take(budget, 1, patient=True) == Turn(taken=False, wait=600 + MARGIN)

    def test_is_refused_only_when_it_is_empty_to_those_who_do_not_wait(self) -> None:
        assert drain(Budget(), 0) == LIMIT

    def test_gives_no_turn_that_comes_too_late(self) -> None:
        budget = Budget()
        budget.learn(0, Rate(100, 11, 1005))
        assert budget.take(0, most=0, patient=True) == Turn(taken=True)
        late = budget.take(0, most=50, patient=True)
        assert (late.taken, 50 < late.wait < 150) == (False, True)
        assert budget.take(0, most=150, patient=True) == attrs.evolve(late, taken=True)

    def test_goes_by_the_documented_hour_where_the_api_tells_nothing(self) -> None:
        budget = Budget()
        assert drain(budget, 0) == LIMIT
        assert drain(budget, WINDOW - 1) == 0
        assert drain(budget, WINDOW + MARGIN) == LIMIT
        budget = Budget()
        assert sum(take(budget, 0, patient=True).taken for _ in range(LIMIT)) == 801
        assert [take(budget, DOUBT, patient=True).wait for _ in range(2)] == [0, pytest.approx(WINDOW / 200, rel=0.01)]

    def test_counts_what_others_have_used(self) -> None:
        budget = Budget()
        budget.learn(0, Rate(LIMIT, 7, 100))
        assert drain(budget, 1) == 7

    def test_is_not_led_astray_by_answers_out_of_order(self) -> None:
        budget = Budget()
        for _ in range(10):
            take(budget, 0)
        for remaining in (995, 990, 999):
            budget.learn(1, Rate(LIMIT, remaining, 100))
        assert drain(budget, 2) == 990

    def test_heeds_no_late_answer_of_the_hour_before(self) -> None:
        budget = Budget()
        budget.learn(0, Rate(LIMIT, 500, 10))
        take(budget, 11)
        budget.learn(13, Rate(LIMIT, 0, 0))
        assert drain(budget, 13) == LIMIT - 1
        assert budget.ends > WINDOW

    def test_sees_that_the_next_hour_has_begun_already(self) -> None:
        budget = Budget()
        budget.learn(0, Rate(LIMIT, 3, 100))
        take(budget, 99.5)
        budget.learn(99.9, Rate(LIMIT, LIMIT - 1, WINDOW))
        assert drain(budget, 100) == LIMIT - 1

    def test_counts_requests_around_the_end_in_both_hours(self) -> None:
        budget = Budget()
        budget.learn(0, Rate(LIMIT, 600, 100))
        for _ in range(300):
            take(budget, 99)
        assert drain(budget, 101.5) == LIMIT - 300

    def test_does_not_send_anybody_to_sleep_for_an_hour_that_no_answer_has_confirmed(self) -> None:
        budget = Budget(limit=5, remaining=5)
        assert {take(budget, now, patient=True).wait for now in (0, 0, 0, 0, 0, 1, 2)} == {0, SOON}

    def test_asks_even_where_little_is_left_of_an_hour_that_begins(self) -> None:
        budget = Budget()
        budget.learn(0, Rate(LIMIT, 900, 100))
        for _ in range(850):
            take(budget, 99)
        assert [take(budget, 101.5, patient=True).taken for _ in range(2)] == [True, False]

    @pytest.mark.parametrize(("limit", "left"), [(5000, 4990), (50, 40)])
    def test_follows_a_limit_that_changes(self, limit: int, left: int) -> None:
        budget = Budget()
        for _ in range(10):
            take(budget, 0)
        budget.learn(1, Rate(limit, limit - 5, 100))
        assert drain(budget, 2) == left

    def test_survives_a_clock_that_is_set(self) -> None:
        budget = Budget()
        drain(budget, 1e6)
        assert drain(budget, 1e6 - 7200) == LIMIT
        budget.learn(1e6 - 7199, Rate(LIMIT, 0, 100))
        assert drain(budget, 1e6 - 7150) == 0
        assert drain(budget, 2e6) == LIMIT

    def test_follows_an_end_that_moves_on_with_each_answer(self) -> None:
        budget = Budget()
        for now in range(1000):
            take(budget, now)
            budget.learn(now + 0.5, Rate(100, 60, 50))
        assert budget.ends < 1100
        assert drain(budget, 1000) > 0


class TestAnOddResponse:
    """One that says what cannot be, or what is not so: it stops nobody for good."""

    DAYS = 30 * 24 * WINDOW

    def test_that_names_a_window_longer_than_an_hour_is_not_believed(self) -> None:
        budget = Budget()
        take(budget, 0)
        budget.learn(1, Rate(LIMIT, 0, self.DAYS))
        assert drain(budget, 2) == LIMIT - 1
        assert budget.ends <= WINDOW + MARGIN

    @pytest.mark.parametrize("patient", [False, True])
    @pytest.mark.parametrize("odd", [Rate(LIMIT, 0, WINDOW), Rate(1, 0, WINDOW), Rate(10**9, 0, WINDOW)])
    def test_that_says_nothing_is_left_is_looked_at_after_minutes(self, odd: Rate, *, patient: bool) -> None:
        budget = Budget()
        take(budget, 0)
        budget.learn(1, odd)
        wait = 1 + LOOK - 2
        assert take(budget, 2, patient=patient) == Turn(taken=False, wait=wait)
        assert [take(budget, 2 + wait, patient=patient).taken for _ in range(2)] == [True, False]
        budget.learn(3 + wait, Rate(LIMIT, 990, WINDOW - wait))
        assert drain(budget, 4 + wait) == 990

    def test_that_is_repeated_is_looked_at_again(self) -> None:
        budget = Budget()
        looks = []
        for second in range(3000):
            if take(budget, second).taken:
                looks.append(second)
                budget.learn(second, Rate(LIMIT, 0, WINDOW))
        assert looks == [*range(0, 3000, int(LOOK))]

    def test_that_is_right_costs_one_refused_look_in_its_hour(self) -> None:
        budget = Budget()
        looks = []
        for second in range(3000):
            if take(budget, second).taken:
                looks.append(second)
                budget.learn(second, Rate(LIMIT, 0, WINDOW - second, refused=True))
        assert looks == [0, LOOK]
        assert drain(budget, WINDOW + 2 * MARGIN) == LIMIT

    def test_makes_no_call_wait_that_cannot_wait_for_the_end(self) -> None:
        budget = Budget()
        budget.learn(0, Rate(LIMIT, 0, WINDOW))
        assert budget.take(1, most=LOOK + 10, patient=True) == Turn(taken=False, wait=WINDOW + MARGIN - 1)

    def test_is_not_looked_at_while_earlier_responses_are_on_their_way(self) -> None:
        budget = Budget()
        budget.learn(0, Rate(LIMIT, 5, WINDOW))
        assert drain(budget, 2 * LOOK) == 5
        assert drain(budget, 3 * LOOK - 1) == 0
        budget.learn(3 * LOOK - 1, Rate(LIMIT, 3, WINDOW))
        assert drain(budget, 4 * LOOK - 2) == 0
        assert drain(budget, 4 * LOOK - 1) == 1

    def test_is_not_suspected_where_the_own_count_explains_it(self) -> None:
        budget = Budget()
        assert drain(budget, 0) == LIMIT
        budget.learn(1, Rate(LIMIT, 0, WINDOW))
        assert drain(budget, WINDOW - 1) == 0
