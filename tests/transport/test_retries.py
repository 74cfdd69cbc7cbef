"""Which calls are retried after which failure, and why not? Never one that may have taken effect."""

from __future__ import annotations

import gc
import gzip
import ssl
import weakref
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import attrs
import pytest
import trustme

from qovery_async import (
    ApiError,
    AsyncQovery,
    ConnectError,
    QoveryError,
    RequestEvent,
    RequestTimeout,
    ResponseTooLarge,
    RetryPolicy,
    ServerError,
    Timeout,
    TransportError,
)
from tests.support.flaky import CLOSED, RESET, RESET_UNREAD, SILENCE, Flaky, Step, answer, serve_steps
from tests.support.server import TOKEN, Ask, closed_port, full_port, serve_bytes

pytestmark = pytest.mark.anyio

QUICK = RetryPolicy(base=0.001)
METHODS = ("GET", "PUT", "DELETE", "POST", "PATCH")
ALL = frozenset(METHODS)
IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})
READING = frozenset({"GET"})
NONE: frozenset[str] = frozenset()

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PACKED = gzip.compress(b"{}")[:-4]


def request(method: str) -> Callable[[Any], Any]:
    """A call that sends a body where the method has one."""
    body = {"json": {"name": "shop"}} if method in ("PUT", "POST", "PATCH") else {}
    return lambda client: client.request(method, "/x", **body)


DOUBT = "may have taken effect: look before sending it again"
NOT_IDEMPOTENT = {
    method: f"{method} is not idempotent, a second request could do it twice" for method in ("POST", "PATCH")
}
USED_UP = {
    "GET": "Tried 3 times, not again: RetryPolicy allows 3 attempts.",
    **dict.fromkeys(
        ("PUT", "DELETE"),
        "Tried 3 times, not again: RetryPolicy allows 3 attempts; one of them may have taken effect.",
    ),
}


def notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", []))


LOST: dict[str, tuple[Step, frozenset[str]]] = {
    "closed without a byte": (CLOSED, IDEMPOTENT),
    "reset after the request was read": (RESET, IDEMPOTENT),
    "reset before the request was read": (RESET_UNREAD, IDEMPOTENT),
    "no answer in time": (SILENCE, IDEMPOTENT),
    "closed within the headers": (Step(OK), IDEMPOTENT),
    "reset within the headers": (Step(OK, "reset"), IDEMPOTENT),
    "silent within the body": (Step(OK + b"Content-Length: 9\r\n\r\n{", "stay silent"), IDEMPOTENT),
    "a body cut short": (Step(OK + b"Content-Length: 9\r\n\r\n{"), IDEMPOTENT),
    "a chunked body cut short": (Step(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"), IDEMPOTENT),
    "a packed body cut short": (Step(OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED), IDEMPOTENT),
    "an error's body cut short": (Step(b"HTTP/1.1 400 X\r\nContent-Length: 9\r\n\r\n{"), IDEMPOTENT),
    "not HTTP": (Step(b"SSH-2.0-OpenSSH_9.6\r\n"), IDEMPOTENT),
}


def patience(step: Step) -> Timeout:
    """No more than the test needs, but enough for a busy machine."""
    return Timeout(attempt=0.2 if step.then == "stay silent" else 5)


REFUSED = {
    **dict.fromkeys((301, 400, 401, 402, 403, 404, 405, 408, 409, 410, 412, 422, 423, 425, 451), NONE),
    429: ALL,
    500: READING,
    501: NONE,
    502: IDEMPOTENT,
    503: IDEMPOTENT,
    504: IDEMPOTENT,
    505: NONE,
    520: NONE,
    599: NONE,
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", LOST)
async def test_a_lost_request_is_repeated_where_that_does_no_harm(ask: Ask, name: str, method: str) -> None:
    step, repeated = LOST[name]
    async with serve_steps(step) as server:
        with pytest.raises(TransportError) as failed:
            await ask(server.url, request(method), retries=QUICK, timeout=patience(step))
        times = 3 if method in repeated else 1
        assert failed.value.attempts == times
        seen = [] if step.unread else [method] * times
        if step.then == "stay silent":
            # On a busy machine, the short time of an attempt may be over before it has reached the server.
            assert server.connections <= times
            assert server.methods == seen[: len(server.methods)]
        else:
            assert (server.connections, server.methods) == (times, seen)
        assert type(failed.value) is (RequestTimeout if step.then == "stay silent" else TransportError)
        assert (DOUBT in str(failed.value)) == (method not in IDEMPOTENT)
        assert notes(failed.value) == [USED_UP[method] if times == 3 else f"Not retried: {NOT_IDEMPOTENT[method]}."]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", REFUSED)
async def test_a_refused_request_is_repeated_where_that_does_no_harm(ask: Ask, status: int, method: str) -> None:
    async with serve_steps(answer(status)) as server:
        with pytest.raises(QoveryError) as failed:
            await ask(server.url, request(method), retries=QUICK)
        times = 3 if method in REFUSED[status] else 1
        assert server.methods == [method] * times
        assert isinstance(failed.value, (ApiError, TransportError))
        assert failed.value.attempts == times
        may_have = status >= 500 and status not in (501, 505)
        assert (DOUBT in str(failed.value)) == (may_have and method not in IDEMPOTENT)
        if times == 3:
            assert notes(failed.value) == [USED_UP["GET" if status == 429 else method]]
        elif status < 500 and status != 408:
            assert notes(failed.value) == []
        elif status in (500, 502, 503, 504):
            failed_at = f"the API failed (500) while it carried out the {method}"
            assert notes(failed.value) == [f"Not retried: {NOT_IDEMPOTENT.get(method, failed_at)}."]
        else:
            assert notes(failed.value) == [f"Not retried: status {status} is never retried."]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("where", ["refused", "unknown", "unanswered", "no TLS", "reset in TLS", "silent TLS"])
async def test_what_was_never_sent_is_repeated_whatever_it_is(ask: Ask, where: str, method: str) -> None:
    asked: list[RequestEvent] = []
    step = {"reset in TLS": RESET_UNREAD, "silent TLS": SILENCE}.get(where, CLOSED)
    async with serve_steps(step) as silent, serve_bytes(b"HTTP/1.1 400 X\r\n\r\n") as plain:
        with full_port() as full:
            url = {
                "refused": closed_port(),
                "unknown": "https://nowhere.invalid",
                "unanswered": full,
                "no TLS": plain.url.replace("http:", "https:"),
            }.get(where, silent.url.replace("http:", "https:"))
            limit = Timeout(connect=0.05 if where in ("unanswered", "silent TLS") else 5)
            with pytest.raises(ConnectError) as failed:
                await ask(url, request(method), retries=QUICK, timeout=limit, on_request=asked.append)
        assert failed.value.attempts == len(asked) == 3
        assert silent.methods == []


@pytest.mark.parametrize("method", METHODS)
async def test_a_server_that_comes_late_is_asked_once(ask: Ask, method: str) -> None:
    url = closed_port()
    async with AsyncExitStack() as stack:
        servers: list[Flaky] = []

        async def come_up(_: object) -> None:
            servers.append(await stack.enter_async_context(serve_steps(answer(204), port=int(url.rpartition(":")[2]))))

        await ask(url, request(method), retries=QUICK, on_retry=come_up)
        assert [server.methods for server in servers] == [[method]]


async def test_a_refused_certificate_is_refused_once(ask: Ask) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    async with serve_steps(answer(204), tls=context) as server:
        with pytest.raises(ConnectError, match="CERTIFICATE_VERIFY_FAILED") as failed:
            await ask(server.url, request("GET"), retries=QUICK)
        assert (server.methods, failed.value.attempts) == ([], 1)


class TestWhoSaysSo:
    """A caller or the data of an operation may know that a second time does no harm."""

    @pytest.mark.parametrize("method", ["POST", "PATCH"])
    @pytest.mark.parametrize(
        "step",
        [CLOSED, RESET, SILENCE, LOST["a body cut short"][0], answer(500), answer(502), answer(503), answer(504)],
        ids=lambda step: f"{step.then} {step.data[9:12].decode()}",
    )
    async def test_any_method_repeats_writes(self, ask: Ask, step: Step, method: str) -> None:
        retries = attrs.evolve(QUICK, any_method=True)
        async with serve_steps(step, answer(204)) as server:
            await ask(server.url, request(method), retries=retries, timeout=patience(step))
            assert server.methods == [method] * 2

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    async def test_any_method_does_not_repeat_what_the_api_failed_at(self, ask: Ask, method: str) -> None:
        async with serve_steps(answer(500)) as server:
            with pytest.raises(ServerError):
                await ask(server.url, request(method), retries=attrs.evolve(QUICK, any_method=True))
            assert server.methods == [method]

    @pytest.mark.parametrize("step", [CLOSED, answer(500), answer(503)], ids=["closed", "500", "503"])
    async def test_an_operation_that_only_reads_is_repeated(self, ask: Ask, step: Step) -> None:
        body = {"url": "https://git.example/shop"}
        async with serve_steps(step, answer(200, b'{"results": []}')) as server:
            await ask(server.url, lambda client: client.git.list_directories(body, organization_id="o1"), retries=QUICK)
            assert server.methods == ["POST", "POST"]

    async def test_for_one_call_by_with_options(self, ask: Ask) -> None:
        retries = attrs.evolve(QUICK, any_method=True)
        async with serve_steps(CLOSED, answer(204), CLOSED) as server:
            await ask(server.url, lambda client: request("POST")(client.with_options(retries=retries)))
            with pytest.raises(TransportError):
                await ask(server.url, lambda client: request("POST")(client.with_options(retries=QUICK)))
            assert server.methods == ["POST"] * 3


async def test_an_answer_that_is_too_large_is_asked_for_once(ask: Ask) -> None:
    async with serve_steps(answer(200, b"x" * 2000)) as server:
        with pytest.raises(ResponseTooLarge):
            await ask(server.url, request("GET"), retries=QUICK, max_response_bytes=1000)
        assert server.methods == ["GET"]


@pytest.mark.usefixtures("small_heap")
@pytest.mark.parametrize("total", [None, 0.2], ids=["", "in limited time"])
@pytest.mark.parametrize("step", [CLOSED, SILENCE, answer(400), answer(503)], ids=["closed", "silence", "400", "503"])
async def test_an_error_is_no_garbage_that_waits_for_its_collector(step: Step, total: float | None) -> None:
    limit = Timeout(total=total, attempt=5 if total else 0.1)
    options: dict[str, Any] = {"retries": QUICK, "timeout": limit}
    async with serve_steps(step) as server, AsyncQovery(TOKEN, base_url=server.url, **options) as client:
        gc.collect()
        gc.disable()
        try:
            await request("GET")(client)
        except QoveryError as error:
            freed = weakref.ref(error)
        finally:
            gc.enable()
        assert freed() is None
