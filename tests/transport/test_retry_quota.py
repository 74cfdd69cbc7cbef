"""Do retries make an outage worse? All calls of a client draw on one quota, which successes refill."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio.to_thread
import pytest

from qovery_async import (
    AsyncQovery,
    QoveryError,
    RateLimited,
    RetryEvent,
    RetryPolicy,
    ServerError,
    Timeout,
    TransportError,
)
from qovery_sync import Qovery
from tests.support.flaky import CLOSED, SILENCE, Step, answer, serve_steps
from tests.support.server import TOKEN

pytestmark = pytest.mark.anyio

QUICK = RetryPolicy(base=0.001)
OUTAGE = answer(503)
RETRIES = 500 // 5


async def get(client: Any) -> int:
    """The status of the response or of the error."""
    try:
        return int((await client.request("GET", "/x")).status)
    except ServerError as error:
        return error.status


async def drain(client: AsyncQovery) -> None:
    """Fails so often that no retry is left."""
    await asyncio.gather(*[get(client) for _ in range(RETRIES)])


@pytest.mark.parametrize("step", [OUTAGE, CLOSED, answer(429)], ids=["503", "closed", "429"])
async def test_many_callers_share_a_hundred_retries(step: Step) -> None:
    waits: list[RetryEvent] = []
    async with serve_steps(step) as server:
        async with AsyncQovery(TOKEN, base_url=server.url, retries=QUICK, on_retry=waits.append) as client:
            copies = [client, client.with_options(timeout=9), client.with_options(retries=RetryPolicy(9, base=0.001))]
            calls = [copy.request("GET", "/x") for copy in copies for _ in range(60)]
            results = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(result, (ServerError, TransportError, RateLimited)) for result in results)
        assert len(waits) == RETRIES
        assert len(server.methods) == 180 + RETRIES


async def test_threads_share_them_too() -> None:
    waits: list[RetryEvent] = []

    def call(client: Qovery) -> None:
        with pytest.raises(ServerError):
            client.request("GET", "/x")

    def work(url: str) -> None:
        with (
            Qovery(TOKEN, base_url=url, retries=QUICK, on_retry=waits.append) as client,
            ThreadPoolExecutor(8) as threads,
        ):
            list(threads.map(call, [client] * 80))

    async with serve_steps(OUTAGE) as server:
        await anyio.to_thread.run_sync(work, server.url)
        assert len(waits) == RETRIES
        assert len(server.methods) == 80 + RETRIES


async def test_what_took_its_time_costs_twice() -> None:
    waits: list[RetryEvent] = []
    async with serve_steps(SILENCE) as server:
        limit = Timeout(attempt=0.05)
        async with AsyncQovery(
            TOKEN, base_url=server.url, retries=QUICK, timeout=limit, on_retry=waits.append
        ) as client:
            calls = [client.request("GET", "/x") for _ in range(60)]
            results = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(result, QoveryError) for result in results)
    assert len(waits) == RETRIES // 2


async def test_without_it_a_failure_is_told_at_once() -> None:
    async with serve_steps(OUTAGE) as server, AsyncQovery(TOKEN, base_url=server.url, retries=QUICK) as client:
        await drain(client)
        with pytest.raises(ServerError) as failed:
            await client.request("GET", "/x")
        assert failed.value.attempts == 1


@pytest.mark.parametrize(("successes", "status"), [(4, 503), (5, 204)])
async def test_five_successes_pay_for_a_retry(successes: int, status: int) -> None:
    steps = [OUTAGE] * 2 * RETRIES + [answer(204)] * successes + [OUTAGE, answer(204)]
    async with serve_steps(*steps) as server, AsyncQovery(TOKEN, base_url=server.url, retries=QUICK) as client:
        await drain(client)
        assert len(server.methods) == 2 * RETRIES
        assert [await get(client) for _ in range(successes + 1)] == [204] * successes + [status]


async def test_a_retry_that_succeeds_costs_nothing() -> None:
    steps = [step for _ in range(RETRIES + 20) for step in (OUTAGE, answer(204))]
    async with serve_steps(*steps) as server, AsyncQovery(TOKEN, base_url=server.url, retries=QUICK) as client:
        assert {await get(client) for _ in range(RETRIES + 20)} == {204}
        assert len(server.methods) == len(steps)


async def test_each_client_has_its_own() -> None:
    async with serve_steps(OUTAGE) as server:
        async with AsyncQovery(TOKEN, base_url=server.url, retries=QUICK) as client:
            await drain(client)
        async with AsyncQovery(TOKEN, base_url=server.url, retries=QUICK) as client:
            with pytest.raises(ServerError) as failed:
                await client.request("GET", "/x")
            assert failed.value.attempts == 3
