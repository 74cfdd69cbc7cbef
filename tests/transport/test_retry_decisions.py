"""What does `decide` say at the edges of its policy? Without a server: test_retry_table.py has the rows over sockets."""

from __future__ import annotations

import random
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from multidict import CIMultiDict

from qovery_async import ConfigurationError, ConnectError, Pace, RequestTimeout, RetryPolicy, TransportError
from qovery_async.errors import ResponseTooLarge
from qovery_async.secrecy.secret import Secret
from qovery_async.transport.request import Request
from qovery_async.transport.response import Response
from qovery_async.transport.retry import GiveUp, Retry, RetryQuota, decide, is_failure, is_paced, is_uncertain

Outcome = Response | TransportError


def request(method: str = "GET") -> Request:
    return Request("x.y", method, "https://e/x", CIMultiDict(), None, repeatable=method in ("GET", "PUT", "DELETE"))


def response(status: int, method: str = "GET", **headers: str) -> Response:
    named = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    return Response(request(method), status, named, b"{}", Secret("t"))


def decided(failure: Outcome, *, method: str = "GET", **given: Any) -> Retry | GiveUp:
    usual: dict[str, Any] = {
        "policy": RetryPolicy(), "attempt": 1, "elapsed": 0.0, "left": 1000.0, "pace": None, "quota": RetryQuota(), "closed": False,
    }  # fmt: skip
    return decide(failure, request(method), **(usual | given))


def reason(failure: Outcome, **given: Any) -> str:
    decision = decided(failure, **given)
    assert isinstance(decision, GiveUp)
    return decision.reason


@pytest.fixture
def longest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random waits are as long as they may be."""
    monkeypatch.setattr(random, "uniform", lambda low, high: high + low)


class TestAttempts:
    def test_the_last_one_is_not_followed(self) -> None:
        assert isinstance(decided(response(503), attempt=2), Retry)
        assert reason(response(503), attempt=3) == "RetryPolicy allows 3 attempts"
        assert reason(response(503), attempt=4) == "RetryPolicy allows 3 attempts"
        assert reason(response(503), policy=RetryPolicy(attempts=1)) == "retries are off"

    def test_a_closed_client_makes_none(self) -> None:
        assert reason(response(503), closed=True) == "the client was closed"


@pytest.mark.usefixtures("longest")
class TestTheWait:
    @pytest.mark.parametrize(("attempt", "seconds"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 20.0), (99, 20.0)])
    def test_doubles_up_to_the_cap(self, attempt: int, seconds: float) -> None:
        assert decided(response(503), policy=RetryPolicy(attempts=100), attempt=attempt) == Retry(seconds, 5)

    def test_overflows_no_float(self) -> None:
        assert RetryPolicy(base=1e300, cap=7).delay(5000, None) == 7

    def test_is_what_is_asked_and_a_little_more(self) -> None:
        assert decided(response(503, Retry_After="3")) == Retry(3.5, 5)
        assert RetryPolicy(base=0.25).delay(9, 3.0) == 3.25
        assert RetryPolicy(base=8, cap=2).delay(1, 3.0) == 5.0

    @pytest.mark.parametrize(("left", "says"), [(0.5, None), (0.4, "the next wait is 0.5 s, but timeout leaves 0.4 s")])
    def test_must_fit_in_the_timeout(self, left: float, says: str | None) -> None:
        decision = decided(response(503), left=left)
        assert decision == (GiveUp(says) if says else Retry(0.5, 5))

    def test_must_fit_in_the_total(self) -> None:
        assert decided(response(503), elapsed=119.5) == Retry(0.5, 5)
        assert reason(response(503), elapsed=119.75) == "the next wait is 0.5 s, but RetryPolicy.total leaves 0.2 s"
        assert reason(response(503), elapsed=300) == "the next wait is 0.5 s, but RetryPolicy.total leaves 0.0 s"
        asked = response(429, Retry_After="200")
        assert reason(asked) == "the response asks to wait 200.0 s, but RetryPolicy.total leaves 120.0 s"

    def test_of_the_reset_is_that_of_a_429_alone(self) -> None:
        reset = {"X_RateLimit_Reset": "30"}
        assert decided(response(429, **reset)) == Retry(30.5, 5)
        assert decided(response(503, **reset)) == Retry(0.5, 5)


class TestThePrice:
    def test_is_twice_after_a_timeout(self) -> None:
        failures = [RequestTimeout("x"), ConnectError("x"), response(500)]
        assert [decision.price for one in failures if isinstance(decision := decided(one), Retry)] == [10, 5, 5]

    def test_must_be_left_in_the_quota(self) -> None:
        quota = RetryQuota()
        quota.take(RetryQuota.CAPACITY - 5)
        assert isinstance(decided(response(503), quota=quota), Retry)
        assert reason(RequestTimeout("x"), quota=quota) == "too many calls of this client have failed lately"
        quota.take(1)
        assert reason(response(503), quota=quota) == "too many calls of this client have failed lately"

    def test_comes_back_up_to_the_capacity(self) -> None:
        quota = RetryQuota()
        quota.take(10_000)
        assert not quota.covers(1)
        assert quota.covers(0)
        quota.give(7)
        assert quota.covers(7)
        assert not quota.covers(8)
        quota.give(10_000)
        assert quota.covers(500)
        assert not quota.covers(501)
        quota.give(1)
        assert not quota.covers(501)

    def test_is_nothing_where_the_pace_waits(self) -> None:
        spent = response(429, X_RateLimit_Limit="10", X_RateLimit_Remaining="0", X_RateLimit_Reset="30")
        decision = decided(spent, pace=Pace(), quota=empty())
        assert isinstance(decision, Retry)
        assert decision.price == 0
        assert decision.delay <= 0.5, "the pace waits for the reset"


def empty() -> RetryQuota:
    quota = RetryQuota()
    quota.take(RetryQuota.CAPACITY)
    return quota


class TestPaced:
    HOUR: dict[str, str] = {"X_RateLimit_Limit": "10", "X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "30"}  # noqa: RUF012

    def test_is_a_429_of_an_hour_that_is_spent(self) -> None:
        assert is_paced(response(429, **self.HOUR), Pace())
        assert not is_paced(response(429, **self.HOUR | {"X_RateLimit_Remaining": "1"}), Pace())
        assert not is_paced(response(429), Pace())
        assert not is_paced(response(503, **self.HOUR), Pace())
        assert not is_paced(response(429, **self.HOUR), Pace(mode="raise"))
        assert not is_paced(response(429, **self.HOUR), None)
        assert not is_paced(ConnectError("x"), Pace())


class TestHarm:
    @pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 429])
    def test_a_get_is_retried(self, status: int) -> None:
        assert isinstance(decided(response(status)), Retry)

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 501, 505])
    def test_a_final_status_is_not(self, status: int) -> None:
        assert reason(response(status)) == f"status {status} is never retried"

    @pytest.mark.parametrize("method", ["POST", "PATCH"])
    def test_what_may_have_happened_is_not(self, method: str) -> None:
        says = f"{method} is not idempotent, a second request could do it twice"
        for failure in (response(503, method), response(408, method), RequestTimeout("x"), TransportError("x")):
            assert reason(failure, method=method) == says
            assert isinstance(decided(failure, method=method, policy=RetryPolicy(any_method=True)), Retry)

    @pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
    def test_what_cannot_have_happened_is(self, method: str) -> None:
        for failure in (ConnectError("x"), response(429, method), response(408, method, Connection="Close")):
            assert isinstance(decided(failure, method=method), Retry)

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    def test_a_500_of_a_change_is_not(self, method: str) -> None:
        assert reason(response(500, method), method=method) == f"the API failed (500) while it carried out the {method}"
        assert isinstance(decided(response(502, method), method=method), Retry)

    def test_what_would_fail_again_is_not(self) -> None:
        refused = ConnectError("x")
        refused.__cause__ = ssl.SSLCertVerificationError()
        assert reason(refused) == "the server's certificate would be refused again"
        assert reason(ResponseTooLarge("x")) == "the response would be too large again"


def test_a_failure_is_what_a_retry_may_mend() -> None:
    assert [status for status in (200, 404, 407, 408, 409, 428, 429, 430, 499, 500, 599) if is_failure(response(status))] == [
        408, 429, 500, 599,
    ]  # fmt: skip


def test_it_is_uncertain_whether_a_lost_response_was_that_of_a_change() -> None:
    assert [is_uncertain(one) for one in (ConnectError("x"), RequestTimeout("x"), response(500), response(501))] == [
        False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: RetryPolicy(attempts=0), "retries: attempts must be 1 (no retry) or more, got 0"),
        (lambda: RetryPolicy(attempts=True), "retries: attempts must be 1 (no retry) or more, got True"),
        (lambda: RetryPolicy(attempts="3"), "retries: attempts must be 1 (no retry) or more, got '3'"),
        (lambda: RetryPolicy(base=-0.1), "retries: base must be seconds, 0 or more, got -0.1"),
        (lambda: RetryPolicy(cap=float("inf")), "retries: cap must be seconds, 0 or more, got inf"),
        (lambda: RetryPolicy(total=True), "retries: total must be seconds, 0 or more, got True"),
        (lambda: RetryPolicy(total="1"), "retries: total must be seconds, 0 or more, got '1'"),
        (lambda: RetryPolicy(any_method=1), "retries: any_method must be True or False, got 1"),
    ],
)
def test_a_policy_is_refused_with_what_it_may_be(make: Callable[[], RetryPolicy], says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make()
    assert says in str(caught.value)


def test_the_least_that_a_policy_may_be() -> None:
    least = RetryPolicy(attempts=1, base=0, cap=0, total=0)
    assert least.delay(1, None) == 0
    assert (RetryPolicy().attempts, RetryPolicy().base, RetryPolicy().cap, RetryPolicy().total) == (3, 0.5, 20, 120)
