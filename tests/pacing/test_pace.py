"""Which paces can be set, and what does the error of a 429 say of the hour?"""

from __future__ import annotations

import math
from typing import Any

import pytest

from qovery_async import ConfigurationError, Pace
from qovery_async.pacing.pace import renewal


def test_waits_an_hour_and_a_minute_unless_told_otherwise() -> None:
    assert Pace() == Pace(mode="wait", ceiling=3660)


@pytest.mark.parametrize("seconds", [0, 0.0, 0.5, 7, math.inf])
def test_waits_any_time(seconds: float) -> None:
    assert Pace("raise", ceiling=seconds).ceiling == seconds


@pytest.mark.parametrize("odd", [-1, -0.1, math.nan, -math.inf, True, "60", None])
def test_waits_no_time_that_is_none(odd: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Pace(ceiling=odd)
    assert str(caught.value) == f"pace: ceiling must be seconds, 0 or more, got {odd!r}"


@pytest.mark.parametrize("odd", ["hurry", "WAIT", "", None, 1, Pace()])
def test_waits_or_raises(odd: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Pace(odd)
    assert str(caught.value) == f"pace must be 'wait' or 'raise', or a Pace of one of them, got {odd!r}"


@pytest.mark.parametrize(
    ("seconds", "when"), [(None, "within the hour"), (0.0, "in 0 s"), (0.1, "in 1 s"), (59.0, "in 59 s")]
)
def test_an_error_says_when_the_budget_renews_and_what_to_do(seconds: float | None, when: str) -> None:
    begin = f"The token's budget renews {when}; "
    for pace in (None, Pace("raise")):
        assert renewal(seconds, pace) == f'{begin}with pace="wait", calls wait for their turn instead.'
    assert renewal(seconds, Pace()) == f"{begin}others use the token too: let all share one rate_limiter."
