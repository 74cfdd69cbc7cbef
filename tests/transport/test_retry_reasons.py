"""A call that is not retried says why, in the log and in its error; docs/retries.md lists the reasons."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest
import trustme

from qovery_async import (
    NO_RETRIES,
    ApiError,
    AsyncQovery,
    DecodeError,
    Pace,
    RetryPolicy,
    TransportError,
)
from tests.support.flaky import CLOSED, SILENCE, Step, answer, serve_steps
from tests.support.retry_document import JSON, QUICK, request, table
from tests.support.server import PROJECT, TOKEN, Answer, Ask, serve

pytestmark = pytest.mark.anyio


def read_only(client: Any) -> Any:
    return client.git.list_directories({"url": "https://git.example/shop"}, organization_id="o1")


def certified() -> ssl.SSLContext:
    """For a server whose authority nobody knows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


Given = tuple[list[Step], Callable[[Any], Any], dict[str, Any]]

USED_UP = {"X_RateLimit_Limit": "9", "X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "50"}

GIVEN_UP: dict[str, Given] = {
    "POST is not idempotent, a second request could do it twice": ([answer(503)], request("POST"), {}),
    "the API failed (500) while it carried out the PUT": ([answer(500)], request("PUT"), {}),
    "status 501 is never retried": ([answer(501)], request("GET"), {}),
    "the server's certificate would be refused again": ([answer(204)], request("GET"), {"tls": True}),
    "the response would be too large again": ([answer(200, b"x" * 9)], request("GET"), {"max_response_bytes": 1}),
    "retries are off": ([CLOSED], request("GET"), {"retries": NO_RETRIES}),
    "RetryPolicy allows 3 attempts": ([answer(429)], request("POST"), {}),
    "the response asks to wait 3600.0 s, but RetryPolicy.total leaves 120.0 s": (
        [answer(429, Retry_After="3600")],
        request("POST"),
        {},
    ),
    "the response asks to wait 60.0 s, but timeout leaves 30.0 s": (
        [answer(503, Retry_After="60")],
        request("GET"),
        {"timeout": 30},
    ),
    "the next wait is 2.1 s, but RetryPolicy.total leaves 0.0 s": (
        [answer(503)],
        request("GET"),
        {"retries": RetryPolicy(base=9, total=0)},
    ),
    "the next wait is 2.1 s, but timeout leaves 1.5 s": (
        [answer(503)],
        request("GET"),
        {"retries": RetryPolicy(base=1e6, cap=1e6, total=1e6), "timeout": 0.5},
    ),
    "the timeout of the call is over": ([SILENCE], request("GET"), {"timeout": 0.2}),
    "the pace has no turn for it in time": (
        [answer(503, **USED_UP)],
        request("GET"),
        {"pace": Pace("wait", ceiling=0.1)},
    ),
}
"""The reasons that one call can meet; the quota and a closed client take more, and have tests of their own."""

BY_OTHERS = {"too many calls of this client have failed lately", "the client was closed"}


def reasons() -> set[str]:
    return {found["Reason"].strip("`") for found in table("Reason")}


def without_figures(text: str) -> str:
    return re.sub(r"\d+\.\d+", "N", text)


def check_given_up(error: Exception, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    """The note and the last line of the log say why."""
    assert reason in reasons()
    (note,) = error.__notes__
    assert re.match(r"Not retried: |Tried \d+ times, not again: ", note)
    assert f": {without_figures(reason)}" in without_figures(note)
    line = [record for record in caplog.records if record.name == "qovery.http"][-1]
    assert line.levelname == "INFO"
    assert without_figures(line.getMessage()).endswith(f"), not retried: {without_figures(reason)}")


def test_each_reason_is_tried() -> None:
    assert reasons() == GIVEN_UP.keys() | BY_OTHERS


@pytest.mark.parametrize("reason", GIVEN_UP)
async def test_a_call_that_is_not_retried_says_why(ask: Ask, caplog: pytest.LogCaptureFixture, reason: str) -> None:
    caplog.set_level(logging.INFO)
    steps, call, options = GIVEN_UP[reason]
    options = {"retries": QUICK} | options
    async with serve_steps(*steps, tls=certified() if options.pop("tls", False) else None) as server:
        with pytest.raises((ApiError, TransportError)) as failed:
            await ask(server.url, call, **options)
    check_given_up(failed.value, reason, caplog)


async def test_a_call_without_quota_says_so(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    errors: list[ApiError] = []

    async def fail(call: Awaitable[Any]) -> None:
        with pytest.raises(ApiError) as failed:
            await call
        errors.append(failed.value)

    async with serve_steps(answer(503)) as server, AsyncQovery(TOKEN, base_url=server.url, retries=QUICK) as client:
        await asyncio.gather(*[fail(request("GET")(client)) for _ in range(100)])
        caplog.clear()
        await fail(request("GET")(client))
    check_given_up(errors[-1], "too many calls of this client have failed lately", caplog)


async def test_a_call_of_a_closed_client_says_so(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with serve_steps(SILENCE) as server, AsyncQovery(TOKEN, base_url=server.url, retries=QUICK) as client:
        call = asyncio.ensure_future(request("GET")(client))
        with anyio.fail_after(5):
            while not server.methods:
                await anyio.sleep(0.01)
        await client.aclose()
        with pytest.raises(TransportError) as failed:
            await call
    check_given_up(failed.value, "the client was closed", caplog)


class TestTheErrorOf429:
    """It says when the budget renews and what the pace would do."""

    @pytest.mark.parametrize(
        ("headers", "when"),
        [
            ({"Retry_After": "3600"}, "in 3600 s"),
            ({"X_RateLimit_Reset": "1799.2"}, "in 1800 s"),
            ({}, "within the hour"),
        ],
    )
    @pytest.mark.parametrize(
        ("pace", "advice"),
        [
            (None, 'with pace="wait", calls wait for their turn instead'),
            ("raise", 'with pace="wait", calls wait for their turn instead'),
            ("wait", "others use the token too: let all share one rate_limiter"),
        ],
    )
    async def test_says_when_the_budget_renews(
        self, ask: Ask, headers: dict[str, str], when: str, pace: Any, advice: str
    ) -> None:
        async with serve_steps(answer(429, **headers)) as server:
            with pytest.raises(ApiError) as failed:
                await ask(server.url, request("POST"), retries=NO_RETRIES, pace=pace)
        assert failed.value.hint == f"The token's budget renews {when}; {advice}."
        assert str(failed.value).endswith(failed.value.hint)

    async def test_is_another_where_the_pace_ends_the_call(self, ask: Ask) -> None:
        async with serve_steps(answer(429, **USED_UP)) as server:
            with pytest.raises(ApiError) as failed:
                await ask(server.url, request("GET"), retries=QUICK, pace=Pace("wait", ceiling=1))
            assert len(server.methods) == failed.value.attempts == 1
        assert failed.value.__notes__ == ["Not retried: the pace has no turn for it in time."]
        said = r"was not sent again: the token's budget allows it in 5\d s, but it may only wait 1\.0 s; increase timeout or Pace.ceiling"
        assert re.search(said, str(failed.value))


async def test_a_repeated_reading_says_nothing_of_effects(ask: Ask) -> None:
    async with serve_steps(answer(503)) as server:
        with pytest.raises(ApiError) as failed:
            await ask(server.url, read_only, retries=QUICK)
    assert "effect" not in str(failed.value) + str(failed.value.__notes__)


@pytest.mark.parametrize("body", [b"", b"{", b'{"id": 5}'], ids=["none", "no JSON", "other types"])
async def test_attempts_are_on_what_cannot_be_decoded(ask: Ask, body: bytes) -> None:
    async with serve_steps(answer(503), CLOSED, answer(200, body, Content_Type=JSON)) as server:
        with pytest.raises(DecodeError) as failed:
            await ask(server.url, lambda client: client.projects.get("p1"), retries=QUICK, strict=True)
        assert failed.value.attempts == len(server.methods) == 3


async def test_attempts_are_1_where_the_first_one_succeeds(ask: Ask) -> None:
    async with serve(Answer({**PROJECT, "name": 5})) as server:
        with pytest.raises(DecodeError) as failed:
            await ask(server.url, lambda client: client.projects.get("p1"), strict=True)
    assert failed.value.attempts == 1
