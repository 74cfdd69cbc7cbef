"""Which turns does a budget give, and what does it learn from a response?"""

from __future__ import annotations

import itertools
import math
from collections import Counter

import attrs
import pytest

from qovery_async import Rate, Turn
from qovery_async.pacing.budget import DOUBT, LIMIT, LOOK, MARGIN, SOON, Budget
from qovery_async.pacing.rate import LONGEST, WINDOW


def take(budget: Budget, now: float, *, patient: bool = False) -> Turn:
    return budget.take(now, most=math.inf, patient=patient)


def drain(budget: Budget, now: float) -> int:
    """What can be taken at once."""
    return next(n for n in itertools.count() if not take(budget, now).taken)


class TestBudget:
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
        later = budget.take(10, most=150, patient=True)
        assert (later.taken, later.wait) == (False, pytest.approx(172))
        assert budget.take(10, most=later.wait, patient=True).taken

    def test_sends_at_once_what_is_left_at_the_end_and_counts_it_in_both_hours(self) -> None:
        budget = Budget()
        budget.learn(0, Rate(LIMIT, 150, 99))
        last = 100 - DOUBT
        assert [take(budget, last - 0.5, patient=True).wait for _ in range(2)] == [0, pytest.approx(0.5 / 150)]
        assert [take(budget, last, patient=True) for _ in range(100)] == [Turn(taken=True)] * 100
        assert [take(budget, last + 1, patient=True) for _ in range(48)] == [Turn(taken=True)] * 48
        assert drain(budget, 100) == LIMIT - 148

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

    @pytest.mark.parametrize(("resets_in", "left"), [(DOUBT - 2, LIMIT - 1), (DOUBT - 1.5, 7)])
    def test_tells_a_late_answer_by_the_end_that_it_names(self, resets_in: float, left: int) -> None:
        budget = Budget()
        budget.learn(0, Rate(LIMIT, 500, 10))
        take(budget, 11)
        budget.learn(12, Rate(LIMIT, 7, resets_in))
        assert drain(budget, 12) == left

    def test_takes_no_later_end_of_the_same_hour_for_the_next_one(self) -> None:
        budget = Budget()
        budget.learn(0, Rate(LIMIT, 3, 100))
        budget.learn(97, Rate(LIMIT, 500, 3 + DOUBT))
        assert budget.ends == 101
        assert drain(budget, 97) == 3

    def test_takes_an_end_far_off_for_the_next_hour_once_this_one_may_be_over(self) -> None:
        for now, left in ((101 - DOUBT, 500), (100.5 - DOUBT, 3)):
            budget = Budget()
            budget.learn(0, Rate(LIMIT, 3, 100))
            budget.learn(now, Rate(LIMIT, 500, WINDOW))
            assert drain(budget, now) == left

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

    @pytest.mark.parametrize(("resets_in", "left"), [(1, 3), (DOUBT - MARGIN, 3), (DOUBT, 5)])
    def test_counts_the_first_requests_in_both_hours_where_the_first_answer_says_that_the_hour_ends(
        self, resets_in: float, left: int
    ) -> None:
        budget = Budget(5, 5)
        assert [take(budget, 0.1).taken for _ in range(2)] == [True, True]
        budget.learn(1, Rate(5, 3, resets_in))
        assert drain(budget, 1 + resets_in + MARGIN) == left

    @pytest.mark.parametrize("resets_in", [1, DOUBT - MARGIN])
    def test_takes_no_answer_of_the_hour_before_for_the_end_of_the_one_that_answered_first(
        self, resets_in: float
    ) -> None:
        budget = Budget(5, 5)
        assert [take(budget, 0.1).taken for _ in range(2)] == [True, True]
        budget.learn(0.9, Rate(5, 4, WINDOW))
        budget.learn(1, Rate(5, 0, resets_in))
        assert drain(budget, 10) == 3

    @pytest.mark.parametrize("earlier", [1, DOUBT])
    def test_takes_an_answer_that_names_a_somewhat_earlier_end_for_one_of_this_hour(self, earlier: float) -> None:
        budget = Budget()
        budget.learn(0, Rate(LIMIT, 500, 100))
        budget.learn(96, Rate(LIMIT, 3, 4 - earlier))
        assert (budget.ends, budget.remaining) == (101 - earlier, 3)

    def test_does_not_send_anybody_to_sleep_for_an_hour_that_no_answer_has_confirmed(self) -> None:
        budget = Budget(limit=5, remaining=5)
        turns = [take(budget, now, patient=True) for now in (0, 0, 0, 0, 0, 1, 2)]
        assert turns == [Turn(taken=True)] * 5 + [Turn(taken=False, wait=SOON)] * 2

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
        assert drain(budget, 1e6 - DOUBT) == 0
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

    def test_that_names_an_hour_and_a_minute_is_believed(self) -> None:
        budget = Budget()
        budget.learn(1, Rate(LIMIT, 7, LONGEST))
        assert drain(budget, 2) == 7

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
        budget.learn(3 + wait, Rate(LIMIT, 995, WINDOW - wait))  # earlier, but late
        assert drain(budget, 4 + wait) == 990

    def test_is_not_looked_at_again_once_a_look_has_found_some_left(self) -> None:
        budget = Budget()
        budget.learn(0, Rate(LIMIT, 0, WINDOW))
        assert take(budget, LOOK).taken
        budget.learn(LOOK, Rate(LIMIT, 1, WINDOW - LOOK))
        assert drain(budget, LOOK + 1) == 1
        assert take(budget, 3 * LOOK) == Turn(taken=False, wait=WINDOW + MARGIN - 3 * LOOK)

    def test_that_is_repeated_is_looked_at_again(self) -> None:
        budget = Budget()
        looks = list[int]()
        for second in range(3000):
            if take(budget, second).taken:
                looks.append(second)
                budget.learn(second, Rate(LIMIT, 0, WINDOW))
        assert looks == [*range(0, 3000, int(LOOK))]

    def test_that_is_right_costs_one_refused_look_in_its_hour(self) -> None:
        budget = Budget()
        looks = list[int]()
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
        assert budget.take(1, most=WINDOW + MARGIN - 1, patient=True) == Turn(taken=False, wait=LOOK - 1)

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
