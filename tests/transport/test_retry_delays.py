"""How long does a call wait before a retry? As long as the response asks, else a random time that grows."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qovery_async import (
    NO_RETRIES,
    AsyncQovery,
    ConfigurationError,
    Pace,
    RateBudgetExhausted,
    RateLimited,
    RetryEvent,
    RetryPolicy,
    ServerError,
    TransportError,
)
from qovery_async.pacing.rate import read_retry_after
from qovery_sync import Qovery
from tests.support.flaky import CLOSED, Step, answer, serve_steps
from tests.support.server import TOKEN, Ask

pytestmark = pytest.mark.anyio

DAY = 24 * 3600.0
NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
EPOCH = NOW.timestamp()


def get(client: Any) -> Any:
    return client.request("GET", "/x")


def date(seconds: float) -> str:
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


class TestTheRandomWait:
    @given(
        attempt=st.integers(1, 2000),
        base=st.floats(0, 1e6),
        cap=st.floats(0, 1e6),
    )
    def test_grows_from_the_base_to_the_cap(self, attempt: int, base: float, cap: float) -> None:
        delay = RetryPolicy(base=base, cap=cap).delay(attempt, None)
        most = cap if attempt > 60 and base > 1e-9 else min(cap, base * 2.0 ** min(attempt - 1, 900))
        assert 0 <= delay <= most

    def test_is_anything_up_to_its_bound_with_equal_chance(self) -> None:
        policy = RetryPolicy(base=1, cap=4)
        for attempt, most in ((1, 1), (2, 2), (3, 4), (4, 4), (50, 4)):
            shares = sorted(policy.delay(attempt, None) / most for _ in range(4000))
            assert shares[-1] <= 1
            # A quantile of 4000 draws is off by more than 0.05 once in many billions of runs.
            assert all(abs(shares[int(4000 * part)] - part) < 0.05 for part in (0.1, 0.25, 0.5, 0.75, 0.9))

    @given(said=st.floats(0, DAY), attempt=st.integers(1, 100))
    def test_comes_on_top_of_what_the_api_says(self, said: float, attempt: int) -> None:
        assert said <= RetryPolicy(base=0.5).delay(attempt, said) <= said + 0.5

    async def test_is_what_calls_wait(self, ask: Ask) -> None:
        waits: list[RetryEvent] = []
        began = time.monotonic()
        async with serve_steps(answer(503)) as server:
            retries = RetryPolicy(attempts=6, base=0.01, cap=0.04)
            with pytest.raises(ServerError):
                await ask(server.url, get, retries=retries, on_retry=waits.append)
        assert [event.attempt for event in waits] == [1, 2, 3, 4, 5]
        assert all(0 <= e.delay <= most for e, most in zip(waits, (0.01, 0.02, 0.04, 0.04, 0.04), strict=True))
        assert time.monotonic() - began >= sum(event.delay for event in waits)


# The headers of a response with a status, and the seconds that they ask to wait.
SAID: list[tuple[int, dict[str, str], float | None]] = [
    (503, {}, None),
    (503, {"Retry-After": "7"}, 7),
    (429, {"Retry-After": " 1.5 "}, 1.5),
    (429, {"Retry-After": "0"}, 0),
    (429, {"Retry-After": "-5"}, 0),
    (429, {"Retry-After": "1e30"}, DAY),
    (429, {"Retry-After": "9" * 400}, None),
    (429, {"Retry-After": "nan"}, None),
    (429, {"Retry-After": "soon"}, None),
    (429, {"Retry-After": ""}, None),
    (503, {"Retry-After": date(40)}, 40),
    (503, {"Retry-After": date(-40)}, 0),
    (503, {"Retry-After": date(1e9)}, DAY),
    (503, {"Retry-After": date(40).replace("GMT", "+0000")}, 40),
    (503, {"Retry-After": date(40).replace("GMT", "-0000")}, 40),
    (503, {"Retry-After": "Sunday, 01-Mar-26 12:00:40 GMT"}, 40),
    (503, {"Retry-After": "Sun Mar  1 12:00:40 2026"}, 40),
    (503, {"Retry-After": "Sun, 99 Mar 2026 12:00:40 GMT"}, None),
    (503, {"Retry-After": "Sun, 01 Mar 99999999999999999999 12:00:40 GMT"}, None),
    (429, {"X-RateLimit-Reset": f"{EPOCH + 30:.0f}"}, 30),
    (429, {"X-RateLimit-Reset": f"{EPOCH - 30:.0f}"}, 0),
    (429, {"X-RateLimit-Reset": f"{EPOCH * 1000:.0f}"}, None),
    (429, {"X-RateLimit-Reset": "30"}, 30),
    (429, {"X-RateLimit-Reset": f"{EPOCH + 30 * DAY:.0f}"}, None),
    (429, {"X-RateLimit-Reset": f"{DAY:.0f}"}, None),
    (429, {"X-RateLimit-Reset": "3600"}, 3600),
    (429, {"X-RateLimit-Reset": "-1"}, 0),
    (429, {"X-RateLimit-Reset": "later"}, None),
    (429, {"x-ratelimit-reset": "30", "retry-after": "3"}, 3),
    (429, {"X-RateLimit-Reset": "30", "Retry-After": "soon"}, 30),
    (503, {"X-RateLimit-Reset": "30"}, None),
    (500, {"X-RateLimit-Reset": "30", "Retry-After": "3"}, 3),
]


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose local time is not UTC."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


class Enough(Exception):
    """Raised by a hook that need not see the wait itself."""


@pytest.mark.usefixtures("far_away")
@pytest.mark.parametrize(("status", "headers", "seconds"), SAID)
async def test_what_the_api_says_is_waited_for(
    ask: Ask, status: int, headers: dict[str, str], seconds: float | None
) -> None:
    waits: list[RetryEvent] = []

    def see(event: RetryEvent) -> None:
        waits.append(event)
        raise Enough

    headers = {name.replace("-", "_"): value for name, value in headers.items()}
    async with serve_steps(answer(status, Date=date(0), **headers)) as server:
        with pytest.raises(Enough):
            await ask(server.url, get, retries=RetryPolicy(base=0.01, total=2 * DAY), on_retry=see)
    (event,) = waits
    assert (seconds or 0) <= event.delay <= (seconds or 0) + 0.01


class TestUnderPacing:
    """The rate headers say how long to wait where nothing is left of the hour, and only there."""

    HEADERS: ClassVar = {"X_RateLimit_Limit": "9", "X_RateLimit_Reset": "1", "Retry_After": "30"}

    @pytest.mark.parametrize(
        ("status", "remaining", "waits"), [(503, "8", 30), (503, "0", 30), (429, "8", 30), (429, "0", 0)]
    )
    async def test_what_the_api_says_counts_too(self, ask: Ask, status: int, remaining: str, waits: float) -> None:
        events: list[RetryEvent] = []

        def see(event: RetryEvent) -> None:
            events.append(event)
            raise Enough

        async with serve_steps(answer(status, X_RateLimit_Remaining=remaining, **self.HEADERS)) as server:
            with pytest.raises(Enough):
                await ask(server.url, get, retries=RetryPolicy(base=0.01), pace="wait", on_retry=see)
        assert waits <= events[0].delay <= waits + 0.01

    @pytest.mark.parametrize(("step", "error"), [(503, ServerError), (429, RateBudgetExhausted)])
    async def test_nothing_that_was_sent_is_said_not_to_be(self, ask: Ask, step: int, error: type[Exception]) -> None:
        used_up = answer(step, X_RateLimit_Limit="9", X_RateLimit_Remaining="0", X_RateLimit_Reset="50")
        async with serve_steps(used_up) as server:
            retries = RetryPolicy(base=0.001)
            with pytest.raises((ServerError, RateLimited)) as failed:
                await ask(server.url, get, retries=retries, pace=Pace("wait", ceiling=1))
            assert type(failed.value) is error
            assert server.methods == ["GET"]


async def test_without_a_date_the_own_clock_counts() -> None:
    at = time.time() + 100
    assert read_retry_after({"X-RateLimit-Reset": f"{at}"}, limited=True) == pytest.approx(100, abs=5)
    assert read_retry_after({"X-RateLimit-Reset": f"{at}", "Date": "?"}, limited=True) == pytest.approx(100, abs=5)


class TestWhatWouldTakeTooLong:
    @pytest.mark.parametrize(("says", "means"), [("121", 121), ("3600", 3600), ("1e9", DAY)])
    async def test_is_not_waited_for_but_told(self, ask: Ask, says: str, means: float) -> None:
        async with serve_steps(answer(429, Retry_After=says)) as server:
            with pytest.raises(RateLimited) as failed:
                await ask(server.url, get, retries=RetryPolicy())
            assert (failed.value.retry_after, failed.value.attempts) == (means, 1)
            assert server.methods == ["GET"]

    async def test_is_what_ends_after_the_total(self, ask: Ask) -> None:
        waits: list[RetryEvent] = []
        retries = RetryPolicy(attempts=1000, base=0.05, cap=0.05, total=0.3)
        began = time.monotonic()
        async with serve_steps(answer(503)) as server:
            with pytest.raises(ServerError) as failed:
                await ask(server.url, get, retries=retries, on_retry=waits.append)
            assert 1 < failed.value.attempts == len(server.methods) < 1000
        assert sum(event.delay for event in waits) <= 0.3
        assert time.monotonic() - began < 5

    async def test_is_what_the_timeout_does_not_allow(self, ask: Ask) -> None:
        async with serve_steps(answer(503, Retry_After="4")) as server:
            with pytest.raises(ServerError) as failed:
                await ask(server.url, get, retries=RetryPolicy(), timeout=3)
            assert failed.value.attempts == 1

    async def test_is_never_a_first_attempt(self, ask: Ask) -> None:
        async with serve_steps(answer(204)) as server:
            await ask(server.url, get, retries=RetryPolicy(total=0))
            assert server.methods == ["GET"]


@pytest.mark.parametrize("attempts", [1, 2, 5])
@pytest.mark.parametrize("step", [answer(503), CLOSED], ids=["503", "closed"])
async def test_there_are_as_many_attempts_as_allowed(ask: Ask, step: Step, attempts: int) -> None:
    async with serve_steps(step) as server:
        with pytest.raises((ServerError, TransportError)) as failed:
            await ask(server.url, get, retries=RetryPolicy(attempts=attempts, base=0))
        assert len(server.methods) == failed.value.attempts == attempts


async def test_a_success_ends_them(ask: Ask) -> None:
    async with serve_steps(answer(503), CLOSED, answer(429), answer(204), answer(503)) as server:
        assert (await ask(server.url, get, retries=RetryPolicy(attempts=9, base=0.001))).status == 204
        assert len(server.methods) == 4


class TestThePolicy:
    async def test_can_be_changed_for_some_calls(self, ask: Ask) -> None:
        async with serve_steps(answer(503)) as server:
            for retries, times in ((NO_RETRIES, 1), (RetryPolicy(attempts=4, base=0), 4)):
                with pytest.raises(ServerError) as failed:
                    await ask(
                        server.url, lambda c, to=retries: get(c.with_options(retries=to)), retries=RetryPolicy(base=0)
                    )
                assert failed.value.attempts == times
            assert len(server.methods) == 5

    @pytest.mark.parametrize(
        "wrong",
        [
            {"attempts": 0},
            {"attempts": -1},
            {"attempts": True},
            {"attempts": 2.0},
            {"attempts": "3"},
            {"base": -0.1},
            {"base": math.nan},
            {"cap": math.inf},
            {"cap": "1"},
            {"total": None},
            {"total": True},
            {"any_method": "no"},
            {"any_method": 1},
        ],
        ids=str,
    )
    def test_says_what_is_wrong_with_it(self, wrong: dict[str, Any]) -> None:
        (name,) = wrong
        with pytest.raises(ConfigurationError, match=f"retries: {name} must be"):
            RetryPolicy(**wrong)

    @pytest.mark.parametrize("wrong", [3, 0, False, {"attempts": 3}, RetryPolicy])
    def test_is_no_number(self, wrong: Any) -> None:
        for face in (AsyncQovery, Qovery):
            with pytest.raises(ConfigurationError, match="NO_RETRIES"):
                face(TOKEN, retries=wrong)
            with pytest.raises(ConfigurationError, match="NO_RETRIES"):
                face(TOKEN).with_options(retries=wrong)
