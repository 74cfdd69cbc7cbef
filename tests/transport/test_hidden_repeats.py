"""Does aiohttp retry by itself? Never over the client's own sessions; once, unseen, over one that was passed in."""

from __future__ import annotations

import aiohttp
import pytest

from qovery_async import NO_RETRIES, AsyncQovery, RequestEvent, RetryPolicy, TransportError
from tests.support.flaky import CLOSED, RESET, RESET_UNREAD, Step, answer, serve_steps
from tests.support.server import TOKEN, Ask

pytestmark = pytest.mark.anyio

METHODS = ("GET", "PUT", "DELETE", "POST", "PATCH")
IDEMPOTENT = ("GET", "PUT", "DELETE")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("step", [CLOSED, RESET, RESET_UNREAD], ids=["closed", "reset", "reset unread"])
async def test_each_attempt_sends_once(ask: Ask, step: Step, method: str) -> None:
    asked: list[int] = []
    async with serve_steps(answer(429), step, answer(200)) as server:
        call = ask(
            server.url,
            lambda client: client.request(method, "/x", json={}),
            retries=RetryPolicy(base=0.001),
            on_request=lambda event: asked.append(event.attempt),
        )
        if method in IDEMPOTENT:
            assert (await call).status == 200
        else:
            with pytest.raises(TransportError) as failed:
                await call
            assert failed.value.attempts == 2
        assert asked == ([1, 2, 3] if method in IDEMPOTENT else [1, 2])
        assert server.connections == (2 if method in IDEMPOTENT else 1)
        assert len(server.methods) == len(asked) - step.unread


@pytest.mark.parametrize("method", METHODS)
async def test_a_session_of_ones_own_repeats_once_more_unseen(method: str) -> None:
    asked: list[RequestEvent] = []
    async with serve_steps(CLOSED) as server, aiohttp.ClientSession() as session:
        client = AsyncQovery(TOKEN, base_url=server.url, session=session, retries=NO_RETRIES, on_request=asked.append)
        with pytest.raises(TransportError):
            await client.request(method, "/x", json={})
        assert len(asked) == 1
        assert server.methods == [method] * (2 if method in IDEMPOTENT else 1)
