"""What do hooks and the log tell of a call? Each request, response and retry; never the token."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

import pytest

from qovery_async import (
    ApiError,
    AsyncQovery,
    RequestEvent,
    RequestTimeout,
    ResponseEvent,
    RetryEvent,
    RetryPolicy,
    ServerError,
    TransportError,
    Unauthorized,
)
from tests.support.flaky import CLOSED, SILENCE, answer, serve_steps
from tests.support.server import PROJECT, TOKEN, Answer, Ask, serve, serve_bytes

pytestmark = pytest.mark.anyio

QUICK = RetryPolicy(base=0.001)


def get(client: Any) -> Any:
    return client.request("GET", "/x", params={"q": "searched"})


class TestHooks:
    @pytest.mark.parametrize("kind", ["plain", "async"])
    async def test_see_every_attempt(self, ask: Ask, kind: str) -> None:
        events: list[Any] = []

        async def observe(event: Any) -> None:
            await asyncio.sleep(0)
            events.append(event)

        hook = events.append if kind == "plain" else observe
        hooks = dict.fromkeys(("on_request", "on_response", "on_retry"), hook)
        async with serve_steps(answer(503), CLOSED, answer(204)) as server:
            await ask(server.url, get, retries=QUICK, **hooks)
        assert [(type(event), event.attempt) for event in events] == [
            (RequestEvent, 1), (ResponseEvent, 1), (RetryEvent, 1),
            (RequestEvent, 2), (RetryEvent, 2),
            (RequestEvent, 3), (ResponseEvent, 3),
        ]  # fmt: skip
        assert {(e.operation, e.method, e.url) for e in events} == {("request", "GET", f"{server.url}/x?q=searched")}
        refused, lost = (event for event in events if isinstance(event, RetryEvent))
        assert refused.reason == "status 503"
        assert lost.reason.startswith("the connection broke: ")
        assert 0 <= refused.delay <= 0.001
        assert TOKEN not in repr(events) + repr([vars(type(event)) for event in events])

    @pytest.mark.parametrize("name", ["on_request", "on_response", "on_retry"])
    async def test_that_fail_with_an_error_of_the_sdk_end_the_call_too(self, ask: Ask, name: str) -> None:
        asked: list[Any] = []

        def fail(event: Any) -> None:
            asked.append(event)
            raise TransportError("of a request of the hook's own")

        async with serve_steps(answer(503)) as server:
            with pytest.raises(TransportError, match="the hook's own"):
                await ask(server.url, get, retries=QUICK, **{name: fail})
        assert len(asked) == 1

    @pytest.mark.parametrize("name", ["on_request", "on_response", "on_retry"])
    async def test_that_fail_end_end_the_call_and_no_other(self, name: str) -> None:
        troubles = [True]

        def fail(event: Any) -> None:
            if troubles:
                raise LookupError(troubles.pop())

        async with serve_steps(answer(503), answer(204)) as server:
            hook: Any = {name: fail}
            async with AsyncQovery(TOKEN, base_url=server.url, retries=QUICK, **hook) as client:
                with pytest.raises(LookupError):
                    await get(client)
                assert (await get(client)).status == 204
                assert server.connections == 1


class TestARenewableToken:
    """A function that returns the token is called again after a 401, within the same attempt."""

    @staticmethod
    async def tokens_sent(ask: Ask, *statuses: int) -> tuple[list[str], list[int], Any]:
        tokens = iter(["first", "second", "third", "fourth"])
        events: list[RequestEvent] = []
        async with serve(*[Answer(PROJECT, status=status) for status in statuses]) as server:
            try:
                outcome = await ask(
                    server.url,
                    lambda client: client.request("POST", "/x"),
                    retries=QUICK,
                    token=lambda: next(tokens),
                    on_request=events.append,
                )
            except Unauthorized as error:
                outcome = error
            sent = [seen.token.partition(" ")[2] for seen in server.requests]
        return sent, [event.attempt for event in events], outcome

    async def test_is_renewed_before_a_retry_and_after(self, ask: Ask) -> None:
        assert (await self.tokens_sent(ask, 429, 401, 200))[:2] == (["first", "first", "second"], [1, 2, 2])
        assert (await self.tokens_sent(ask, 401, 429, 200))[:2] == (["first", "second", "second"], [1, 1, 2])
        sent, attempts, _ = await self.tokens_sent(ask, 401, 429, 401, 429, 200)
        assert (sent, attempts) == (["first", "second", "second", "third", "third"], [1, 1, 2, 2, 3])

    async def test_is_renewed_once_where_that_does_not_help(self, ask: Ask) -> None:
        sent, attempts, error = await self.tokens_sent(ask, 401, 401)
        assert (sent, attempts) == (["first", "second"], [1, 1])
        assert error.attempts == 1


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """The level and text of each line, with the times and waits taken out."""
    return [
        (record.levelname, re.sub(r"\d+\.\d+ s", "N s", record.getMessage()))
        for record in caplog.records
        if record.name == "qovery.http"
    ]


class TestTheLog:
    async def test_has_a_line_for_each_request_and_each_retry(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        async with serve_steps(answer(503, X_Qovery_Request_Id="r1"), CLOSED, answer(204)) as server:
            await ask(server.url, get, retries=QUICK)
        said = lines(caplog)
        assert [level for level, _ in said] == ["DEBUG", "INFO", "DEBUG", "INFO", "DEBUG"]
        assert said[0][1] == "GET /x returned 503 in N s, attempt 1, request id r1"
        assert said[1][1].endswith("attempt 1 failed (status 503), retry in N s")
        assert said[2][1] == "GET /x got no response in N s, attempt 2: TransportError"
        assert "attempt 2 failed (the connection broke: " in said[3][1]
        assert said[4][1] == "GET /x returned 204 in N s, attempt 3, request id unknown"
        assert TOKEN not in caplog.text

    async def test_has_a_line_for_what_the_timeout_ends(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        async with serve_steps(SILENCE) as server:
            with pytest.raises(RequestTimeout):
                await ask(server.url, get, timeout=0.1)
        ended, given_up = lines(caplog)
        assert ended == ("DEBUG", "GET /x got no response in N s, attempt 1: CancelledError")
        assert given_up[0] == "INFO"
        assert given_up[1].startswith("request: GET http")
        assert given_up[1].endswith(
            "attempt 1 failed (no complete response within the timeout (N s in all)), "
            "not retried: the timeout of the call is over"
        )

    async def test_has_a_line_for_what_is_not_retried(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        async with serve_steps(answer(503)) as server:
            with pytest.raises(ServerError):
                await ask(server.url, lambda client: client.request("POST", "/x"), retries=QUICK)
        reason = "POST is not idempotent, a second request could do it twice"
        text = f"request: POST {server.url}/x: attempt 1 failed (status 503), not retried: {reason}"
        assert lines(caplog) == [("INFO", text)]

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 422])
    async def test_is_silent_where_nobody_expects_a_retry(
        self, ask: Ask, caplog: pytest.LogCaptureFixture, status: int
    ) -> None:
        caplog.set_level(logging.INFO)
        async with serve_steps(answer(status)) as server:
            with pytest.raises(ApiError) as failed:
                await ask(server.url, get, retries=QUICK)
        assert lines(caplog) == []
        assert not hasattr(failed.value, "__notes__")

    async def test_is_silent_above_its_levels(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.WARNING)
        async with serve_steps(answer(503), CLOSED, answer(204)) as server:
            await ask(server.url, get, retries=QUICK)
        assert lines(caplog) == []

    @pytest.mark.parametrize(
        "forged",
        [
            b"HTTP/1.1 503 X\r\nX-Request-Id: a\xc2\x85DEBUG b\xe2\x80\xa8c \x1b[31m \x7f\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 503 X\r\nX-Request-Id: a\rDEBUG b\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 503 X\r\n\x1b[31m\rDEBUG\x0b b\x85: c\r\n\r\n",
            b"\x1b[31mDEBUG \xe2\x80\xa8 b\r\r\n\r\n",
        ],
        ids=["request id", "bare return", "header name", "no HTTP"],
    )
    async def test_cannot_be_forged_by_a_server(
        self, ask: Ask, caplog: pytest.LogCaptureFixture, forged: bytes
    ) -> None:
        caplog.set_level(logging.DEBUG)
        waits: list[RetryEvent] = []
        async with serve_bytes(forged) as server:
            with pytest.raises((ServerError, TransportError)) as failed:
                await ask(server.url, get, retries=QUICK, on_retry=waits.append)
        said = [text for _, text in lines(caplog)] + [event.reason for event in waits] + [str(failed.value)]
        assert len(said) == 6 + 2 + 1
        assert all(text.isprintable() for text in said)

    @pytest.mark.parametrize("repeats", [b"Bad Authorization: ", b"Authorization : Token "])
    async def test_is_not_told_the_token_by_a_server_that_repeats_it(
        self, ask: Ask, caplog: pytest.LogCaptureFixture, repeats: bytes
    ) -> None:
        caplog.set_level(logging.DEBUG)
        async with serve_bytes(b"HTTP/1.1 200 OK\r\n" + repeats + TOKEN.encode() + b"\r\n\r\n") as server:
            with pytest.raises(TransportError) as failed:
                await ask(server.url, get, retries=QUICK)
        assert TOKEN not in str(failed.value) + caplog.text
