"""Does docs/retries.md say what the code does? Its tables are read, and each row is tried on a real socket."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import attrs
import pytest
import trustme

from qovery_async import (
    ApiError,
    DecodeError,
    RetryPolicy,
    Timeout,
    TransportError,
)
from tests.support.flaky import CLOSED, SILENCE, Step, answer, serve_steps
from tests.support.retry_document import JSON, QUICK, request, table
from tests.support.server import Answer, Ask, closed_port, serve

pytestmark = pytest.mark.anyio


def read_only(client: Any) -> Any:
    return client.git.list_directories({"url": "https://git.example/shop"}, organization_id="o1")


@attrs.frozen
class Call:
    """What a column stands for, with the policy that puts it there."""

    make: Callable[[Any], Any]
    retries: RetryPolicy = QUICK


ANY = attrs.evolve(QUICK, any_method=True)
CALLS: dict[str, list[Call]] = {
    "GET, POST that only reads": [
        Call(request("GET")),
        Call(read_only),
        Call(request("POST"), ANY),
        Call(request("PATCH"), ANY),
    ],
    "PUT, DELETE": [
        Call(request("PUT")),
        Call(request("DELETE")),
        Call(request("PUT"), ANY),
        Call(request("DELETE"), ANY),
    ],
    "POST, PATCH": [Call(request("POST")), Call(request("PATCH"))],
}

CUT_SHORT = Step(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
GONE = Step(b"HTTP/1.1 408 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
SILENT_BODY = attrs.evolve(CUT_SHORT, then="stay silent")

STEPS: dict[str, list[tuple[Step, dict[str, Any]]]] = {
    "Connection lost, response cut short or not HTTP": [
        (CLOSED, {}),
        (CUT_SHORT, {}),
        (Step(b"SSH-2.0-OpenSSH_9.6\r\n"), {}),
    ],
    "`Timeout.attempt` or `Timeout.read`": [
        (SILENCE, {"timeout": Timeout(attempt=0.1)}),
        (SILENT_BODY, {"timeout": Timeout(read=0.1)}),
    ],
    "Response above `max_response_bytes`": [(answer(200, b"x" * 2000), {"max_response_bytes": 1000})],
    "Body that cannot be decoded": [(answer(200, b"{", Content_Type=JSON), {})],
    "408 with `Connection: close`": [(GONE, {})],
    "Any other 408": [(answer(408), {})],
    "429": [(answer(429), {})],
    "500": [(answer(500), {})],
    "502, 503, 504": [(answer(status), {}) for status in (502, 503, 504)],
    "Any other status from 300, also 501": [
        (answer(status), {}) for status in (301, 400, 403, 404, 409, 418, 422, 501, 505, 520, 599)
    ],
}
"""What a server does for a row, with the client's options. The rows that need more have tests of their own."""

TIMES = {"retried": 3, "no": 1}


def test_each_row_of_the_first_table_is_tried() -> None:
    special = {"No connection: refused, unknown host, TLS failure, `Timeout.connect`", "Certificate refused"}
    special |= {"401, and the token is a function", "Empty 200 where the operation returns something"}
    assert {row["Failure"] for row in table("Failure")} == STEPS.keys() | special
    assert all(row.keys() == {"Failure", *CALLS, "Why"} for row in table("Failure"))


def row(failure: str) -> list[tuple[Call, int]]:
    """The calls, each with the number of requests that the row promises."""
    (found,) = [row for row in table("Failure") if row["Failure"].startswith(failure)]
    return [(call, TIMES[found[column]]) for column, calls in CALLS.items() for call in calls]


@pytest.mark.parametrize("failure", STEPS)
async def test_what_a_server_fails_at_is_retried_as_the_row_says(ask: Ask, failure: str) -> None:
    for step, options in STEPS[failure]:
        for call, times in row(failure):
            async with serve_steps(step) as server:
                with pytest.raises((ApiError, TransportError, DecodeError)) as failed:
                    await ask(server.url, call.make, retries=call.retries, **options)
                assert failed.value.attempts == times
                if step.then != "stay silent":  # a short timeout can be over before the request has arrived
                    assert len(server.methods) == times


@pytest.mark.slow
async def test_what_was_never_sent_is_retried_as_the_row_says(ask: Ask) -> None:
    async with serve_steps(SILENCE) as silent:
        secure = silent.url.replace("http:", "https:")
        for url, limit in ((closed_port(), 5), ("http://nowhere.invalid", 5), (secure, 0.05)):
            for call, times in row("No connection"):
                options = {"allow_plain_http": True, "timeout": Timeout(connect=limit)}
                with pytest.raises(TransportError) as failed:
                    await ask(url, call.make, retries=call.retries, **options)
                assert failed.value.attempts == times
        assert silent.methods == []


OPERATIONS: dict[str, list[Call]] = {
    "GET, POST that only reads": [Call(lambda client: client.projects.get("p1")), Call(read_only)],
    "PUT, DELETE": [
        Call(lambda client: client.projects.update("p1", {"name": "shop"})),
        Call(lambda client: client.agentic_workflows.delete("w1")),
    ],
    "POST, PATCH": [
        Call(lambda client: client.projects.create({"name": "shop"}, organization_id="o1"), retries)
        for retries in (QUICK, ANY)
    ]
    + [Call(lambda client: client.blueprints.update("b1", {}))],
}
"""Calls that return something, in the columns of the table."""


async def test_an_empty_200_is_retried_as_the_row_says(ask: Ask) -> None:
    (found,) = [row for row in table("Failure") if row["Failure"].startswith("Empty 200")]
    for column, calls in OPERATIONS.items():
        for call in calls:
            async with serve_steps(answer(200)) as server:
                if column.startswith("GET"):
                    with pytest.raises(DecodeError) as failed:
                        await ask(server.url, call.make, retries=call.retries)
                    assert failed.value.attempts == 3
                else:
                    assert await ask(server.url, call.make, retries=call.retries) is None
                assert len(server.methods) == TIMES[found[column]]


def certified() -> ssl.SSLContext:
    """For a server whose authority nobody knows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


async def test_a_refused_certificate_is_retried_as_the_row_says(ask: Ask) -> None:
    async with serve_steps(answer(204), tls=certified()) as server:
        for call, times in row("Certificate"):
            with pytest.raises(TransportError) as failed:
                await ask(server.url, call.make, retries=call.retries)
            assert failed.value.attempts == times


async def test_a_refused_token_is_renewed_once(ask: Ask) -> None:
    (found,) = [row for row in table("Failure") if row["Failure"].startswith("401")]
    assert {found[column] for column in CALLS} == {"once"}
    for call in [call for calls in CALLS.values() for call in calls]:
        tokens = iter(["first-token", "second-token"])
        async with serve(Answer(status=401)) as server:
            with pytest.raises(ApiError) as failed:
                await ask(server.url, call.make, retries=call.retries, token=lambda tokens=tokens: next(tokens))
            assert [seen.token for seen in server.requests] == ["Token first-token", "Token second-token"]
            assert failed.value.attempts == 1


# Each reason with a call that is given up for it: what a server does, the call, and the client's options.
