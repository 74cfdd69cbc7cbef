"""Which responses change nothing of what is known of a token's hour?"""

from __future__ import annotations

import attrs
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from qovery_async import Rate
from qovery_async.pacing.budget import DOUBT, LIMIT, Budget, copied


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
def test_learns_nothing_from_what_it_knows(budget: Budget, rate: Rate, now: float) -> None:
    before = copied(budget)
    known = budget.knows(now, rate)
    budget.learn(now, rate)
    event(f"known: {known}")
    assert not known or budget == before


def test_knows_what_the_next_response_of_a_quiet_hour_says() -> None:
    budget = Budget()
    for remaining in (999, 998):
        budget.take(0, most=0, patient=False)
        assert budget.knows(1, Rate(LIMIT, remaining, 600)) is (remaining == 998)
        budget.learn(1, Rate(LIMIT, remaining, 600))
    assert not budget.knows(1, Rate(LIMIT, 900, 600))


@pytest.mark.parametrize(
    ("remaining", "now", "rate", "known"),
    [
        (5, 0, Rate(10, 5, 100), True),
        (1, 0, Rate(10, 1, 100), True),
        (5, 0, Rate(10, 6, 100), True),
        (5, 0, Rate(10, 4, 100), False),
        (0, 0, Rate(10, 0, 100), False),  # plans when to look
        (5, 0, Rate(11, 5, 100), False),
        (5, 0, Rate(10, 5, 98), False),
        (5, 0, Rate(10, 5, 99), True),  # with the margin, the end that is known
        (5, 99 - DOUBT, Rate(10, 5, 100), True),
        (5, 100 - DOUBT, Rate(10, 5, 100), False),  # may be of the next hour
    ],
)
def test_knows_by_what_is_left_and_when_the_hour_ends(remaining: int, now: float, rate: Rate, *, known: bool) -> None:
    budget = Budget(limit=10, remaining=remaining, began=0, ends=100, confirmed=True)
    assert budget.knows(now, rate) is known
    for unsure in ({"confirmed": False}, {"looking": True}):
        assert not attrs.evolve(budget, **unsure).knows(now, rate)
