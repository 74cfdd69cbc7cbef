"""What follows the end of a connection? Every kind of end, and random timelines."""

from __future__ import annotations

import random
import ssl
from typing import Any

import pytest

from qovery_async import (
    BadRequest,
    ConnectError,
    Forbidden,
    NotFound,
    RateLimited,
    ResponseTooLarge,
    RetryPolicy,
    ServerError,
    StreamClosed,
    TransportError,
    Unauthorized,
)
from qovery_async.secrecy.secret import Secret
from qovery_async.streams.course import Again, Course, Done, Fail
from qovery_async.transport.request import Request
from qovery_async.transport.response import Response
from qovery_async.transport.websocket import Closing

REQUEST = Request("streams.service_logs", "GET", "wss://ws.example.com/service/logs", {}, None, repeatable=True)
POLICY = RetryPolicy(attempts=3, base=0.5, cap=20, total=120)


def course(policy: RetryPolicy = POLICY) -> Course:
    return Course(REQUEST, policy)


def working(policy: RetryPolicy = POLICY) -> Course:
    """A stream of which a frame has come."""
    found = course(policy)
    found.opened(0)
    found.received()
    return found


def response(status: int, **headers: str) -> Response:
    return Response(REQUEST, status, headers, b"", Secret("t"))


UNTRUSTED = ConnectError("cannot connect")
UNTRUSTED.__cause__ = ssl.SSLCertVerificationError()


@pytest.mark.parametrize("ending", [Closing(1000), Closing(1000, "bye"), Closing(1011, "NotFound: no agent")])
def test_a_stream_that_is_complete_or_has_no_data_ends(ending: Closing) -> None:
    assert course().after(ending, 0) == Done()


@pytest.mark.parametrize(
    ("ending", "error"),
    [
        (Closing(1007, "Permission denied"), Forbidden),
        (Closing(1008), Unauthorized),
        (response(401), Unauthorized),
        (response(403), Forbidden),
    ],
)
def test_a_refused_token_is_renewed_once(ending: Any, error: type[Exception]) -> None:
    found = working()
    step = found.after(ending, 1)
    assert isinstance(step, Again)
    assert (step.renew, step.delay) == (True, 0)
    assert isinstance(step.cause, error)
    last = found.after(ending, 2)
    assert isinstance(last, Fail)
    assert isinstance(last.error, error)


def test_a_renewed_token_that_lasts_may_be_renewed_again() -> None:
    found = working()
    for now in range(0, 100, 20):
        step = attempt(found, Closing(1008), now)
        assert step.renew
        found.opened(now)
        found.received()


def test_one_that_is_refused_after_each_frame_may_not() -> None:
    """Else the source of the token would be asked without end."""
    found = working()
    assert attempt(found, Closing(1008), 1).renew
    found.opened(1)
    found.received()
    assert isinstance(found.after(Closing(1008), 2), Fail)


@pytest.mark.parametrize(
    ("ending", "error"),
    [
        (response(400), BadRequest),
        (response(404), NotFound),
        (response(302, Location="https://elsewhere.example.com"), TransportError),
        (response(200), TransportError),
        (ResponseTooLarge("too large"), ResponseTooLarge),
        (UNTRUSTED, ConnectError),
    ],
)
def test_what_would_not_change_fails_at_once(ending: Any, error: type[Exception]) -> None:
    step = working().after(ending, 1)
    assert isinstance(step, Fail)
    assert isinstance(step.error, error)


@pytest.mark.parametrize(
    "ending",
    [
        Closing(1001), Closing(1006), Closing(1011), Closing(1012), Closing(4000),
        Closing(1011, "Timeout exceeded for receiving agent response"), response(503), response(500), response(429),
        response(408), ConnectError("refused"), TransportError("reset"),
    ],
)  # fmt: skip
def test_what_may_change_is_tried_again(ending: Any) -> None:
    step = working().after(ending, 1)
    assert isinstance(step, Again)
    assert 0 <= step.delay <= 0.5
    assert not step.renew


def test_a_response_that_names_a_time_is_heeded() -> None:
    step = working().after(response(429, **{"Retry-After": "7"}), 1)
    assert isinstance(step, Again)
    assert 7 <= step.delay <= 7.5
    assert isinstance(step.cause, RateLimited)


def test_waits_grow_to_the_cap() -> None:
    found = working(RetryPolicy(base=1, cap=8, total=10_000))
    most = [attempt(found, Closing(1006)).delay for _ in range(6)]
    assert all(delay <= limit for delay, limit in zip(most, (1, 2, 4, 8, 8, 8), strict=True))


def attempt(found: Course, ending: Any, now: float = 0) -> Again:
    step = found.after(ending, now)
    assert isinstance(step, Again)
    return step


def test_a_stream_that_never_worked_has_the_attempts_of_a_call() -> None:
    found = course()
    assert isinstance(found.after(ConnectError("refused"), 0), Again)
    assert isinstance(found.after(response(503), 1), Again)
    step = found.after(response(503), 2)
    assert isinstance(step, Fail)
    assert isinstance(step.error, ServerError)
    assert step.error.attempts == 3
    assert step.error.__notes__ == ["Not connected again: RetryPolicy.attempts is reached."]


def test_one_that_worked_is_tried_for_the_total_time() -> None:
    found = working()
    assert isinstance(found.after(Closing(1006, "lost"), 0), Again)
    assert isinstance(found.after(Closing(1011), 99), Again)
    step = found.after(Closing(1011, "Retry budget exhausted"), 130)
    assert isinstance(step, Fail)
    assert isinstance(step.error, StreamClosed)
    assert (step.error.code, step.error.reason) == (1011, "Retry budget exhausted")


def test_a_single_attempt_is_never_followed_by_another() -> None:
    assert isinstance(working(RetryPolicy(attempts=1)).after(Closing(1006), 1), Fail)


def test_a_silent_connection_that_lasts_has_worked() -> None:
    """A proxy that cuts silent connections every minute does not end the stream."""
    found, now = course(), 0.0
    for _ in range(100):
        found.opened(now)
        now += 60
        attempt(found, Closing(1006), now)


def test_connections_that_bring_something_and_end_at_once_go_on_ever_more_slowly() -> None:
    found, now = working(), 0.0
    for _ in range(100):
        found.opened(now)
        found.received()
        step = attempt(found, Closing(1011), now)
        now += step.delay
    assert now > 500


def test_one_that_opens_only_to_close_has_not() -> None:
    found, now = working(), 0.0
    while isinstance(step := found.after(Closing(1011), now), Again):
        now += step.delay
        found.opened(now)
        now += 1
    assert 100 < now < 125


def test_a_closed_client_ends_it() -> None:
    step = working().after(Closing(1006), 1, closed=True)
    assert isinstance(step, Fail)
    assert "the client was closed" in str(step.error)


@pytest.mark.parametrize("seed", range(50))
def test_random_timelines_stay_within_the_policy(seed: int) -> None:
    """No wait is longer than the cap, and no outage lasts longer than the total."""
    die = random.Random(seed)
    found, now, broken = working(), 0.0, 0.0
    for _ in range(500):
        if die.random() < 0.3:
            found.opened(now)
            lasts, sends = die.choice((0.1, 5, 100)), die.random() < 0.5
            now += lasts
            if sends:
                found.received()
            broken = now if sends or lasts > 10 else broken
        step = found.after(die.choice((Closing(1006), Closing(1011), response(503), ConnectError("refused"))), now)
        if isinstance(step, Fail):
            assert now + POLICY.cap - broken > POLICY.total
            return
        assert isinstance(step, Again)
        assert step.delay <= POLICY.cap
        assert now + step.delay - broken <= POLICY.total
        now += step.delay
