"""How is a stream opened? With a real server on loopback."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import web

from qovery_async import (
    NO_RETRIES,
    AsyncQovery,
    ConnectError,
    Forbidden,
    Pace,
    RateBudgetExhausted,
    RateLimited,
    RequestEvent,
    RequestTimeout,
    RetryEvent,
    Timeout,
    TransportError,
    Unauthorized,
)
from tests.streams.conftest import ReadStream
from tests.support.pushing import IDS, Pusher, line, logs, pushing, sending, staying, used_up
from tests.support.server import TOKEN, closed_port, serve

pytestmark = pytest.mark.anyio


class TestHandshakes:
    async def test_carry_the_token_in_a_header_and_all_else_in_the_query(self, read: ReadStream) -> None:
        async with pushing(sending()) as server:
            await read(server, logs)
        (handshake,) = server.handshakes
        assert handshake.headers["Authorization"] == f"Token {TOKEN}"
        assert handshake.headers["User-Agent"].startswith("qovery-sdk")
        assert handshake.path == "/service/logs"
        assert dict(handshake.query) == {
            "organization": "o1", "cluster": "c1", "project": "p1", "environment": "e1", "service": "s1",
        }  # fmt: skip
        assert TOKEN not in handshake.raw_path

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_are_not_redirected(self, read: ReadStream, status: int) -> None:
        """The token would go to wherever the redirect leads."""
        async with serve() as elsewhere:

            def redirect() -> web.Response:
                return web.Response(status=status, headers={"Location": elsewhere.url})

            async with pushing(redirect) as server:
                with pytest.raises(TransportError, match=f"returned {status}, a redirect to .*, which is not followed"):
                    await read(server, logs)
            assert elsewhere.requests == []
            assert len(server.handshakes) == 1

    async def test_that_are_refused_raise_what_a_call_would(self, read: ReadStream) -> None:
        def refuse() -> web.Response:
            return web.json_response({"status": 403, "detail": f"not yours, {TOKEN}"}, status=403)

        async with pushing(refuse) as server:
            with pytest.raises(Forbidden, match=r"not yours, \*\*\*") as raised:
                await read(server, logs)
        assert raised.value.operation == "streams.service_logs"
        assert len(server.handshakes) == 1

    async def test_ask_for_a_new_token_once(self, read: ReadStream) -> None:
        tokens = iter(["old", "new", "newest"])

        def refuse() -> web.Response:
            return web.Response(status=401)

        async with pushing(refuse, sending(line(0))) as server:
            found = await read(server, logs, token=lambda: next(tokens))
        assert [handshake.headers["Authorization"] for handshake in server.handshakes] == ["Token old", "Token new"]
        assert len(found) == 1

    async def test_do_not_send_a_token_again_that_was_refused(self, read: ReadStream) -> None:
        async with pushing(lambda: web.Response(status=401)) as server:
            with pytest.raises(Unauthorized):
                await read(server, logs, token=lambda: "same")
        assert len(server.handshakes) == 1

    async def test_are_seen_by_hooks(self, read: ReadStream) -> None:
        asked: list[RequestEvent] = []
        retried: list[RetryEvent] = []

        async with pushing(sending(code=1011, reason="agent"), sending()) as server:
            await read(server, logs, on_request=asked.append, on_retry=retried.append)
        assert [(event.operation, event.method, event.attempt) for event in asked] == [
            ("streams.service_logs", "GET", 1),
            ("streams.service_logs", "GET", 2),
        ]
        assert [event.reason for event in retried] == ["the connection was closed by the server with 1011 (agent)"]

    async def test_that_a_hook_fails_on_leave_no_connection(self, read: ReadStream) -> None:
        def fail(_: object) -> None:
            raise LookupError("the hook")

        async with pushing(staying) as server:
            with pytest.raises(LookupError, match="the hook"):
                await read(server, logs, on_response=fail)
            async with asyncio.timeout(5):
                await server.peers[0].left.wait()

    async def test_that_are_cancelled_in_a_hook_leave_no_connection(self) -> None:
        async def wait(_: object) -> None:
            called.set()
            await asyncio.Event().wait()

        called = asyncio.Event()
        async with pushing(staying) as server, AsyncQovery("t", **server.options, on_response=wait) as client:
            opening = asyncio.create_task(client.streams.service_logs("s1", **IDS).pages().__anext__())
            await called.wait()
            opening.cancel()
            await asyncio.wait([opening])
            async with asyncio.timeout(5):
                await server.peers[0].left.wait()

    async def test_wait_for_the_pace(self, read: ReadStream) -> None:
        def refuse() -> web.Response:
            return used_up(1)

        began = time.monotonic()
        async with pushing(refuse, sending(line(0))) as server:
            assert len(await read(server, logs, pace="wait")) == 1
        assert time.monotonic() - began > 0.5

    async def test_that_the_pace_holds_back_raise(self, read: ReadStream) -> None:
        def refuse() -> web.Response:
            return used_up(900)

        async with pushing(refuse) as server:
            with pytest.raises(RateLimited, match="returned 429"):
                await read(server, logs)
            with pytest.raises(RateBudgetExhausted, match="was not sent"):
                await read(server, logs, pace=Pace(ceiling=1))
        assert len(server.handshakes) == 2

    async def test_to_nobody_raise_after_the_attempts_of_a_call(self, read: ReadStream) -> None:
        server = Pusher(closed_port().replace("http", "ws"))
        with pytest.raises(ConnectError) as raised:
            await read(server, logs)
        assert raised.value.attempts == 3

    async def test_without_a_response_time_out(self, read: ReadStream) -> None:
        async def never(peer: web.BaseRequest) -> web.Response:
            await asyncio.Event().wait()
            return web.Response()

        async with serve(never) as server:
            options = {"timeout": Timeout(attempt=0.1), "retries": NO_RETRIES}
            with pytest.raises(RequestTimeout):
                await read(Pusher(server.url.replace("http", "ws")), logs, **options)

    async def test_that_are_no_websocket_say_so(self, read: ReadStream) -> None:
        async with pushing(lambda: web.Response(text="hello")) as server:
            with pytest.raises(TransportError, match="returned 200 instead of opening a WebSocket"):
                await read(server, logs)
