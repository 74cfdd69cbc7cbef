"""What if a call is canceled, wherever it is just then? The client works on, and nothing is left open."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import attrs
import pytest

from qovery_async import AsyncQovery, QoveryError, RetryPolicy, TransportError
from qovery_async.pacing.budget import Turn
from qovery_async.pacing.rate import Rate
from tests.support.flaky import CLOSED, DRIPPING, HALF, RESET, SILENCE, UNREAD, Flaky, Step, answer, serve_steps
from tests.support.server import TOKEN, full_port

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("small_heap")]

QUICK = RetryPolicy(base=0.001)
LATER = answer(503, Retry_After="50")
OK = answer(204)
POOL = 100
"""So many connections aiohttp opens for a session."""


def get(client: AsyncQovery) -> Any:
    return client.request("GET", "/x")


async def status(client: AsyncQovery) -> int:
    return int((await get(client)).status)


class OnlyFirst:
    """A function that hangs when it is called first: a token source, or a hook."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, *_: object) -> str:
        self.calls += 1
        await anyio.sleep(50 if self.calls == 1 else 0)
        return TOKEN


@attrs.define
class OneSlowTurn:
    """A limiter that lets the first one wait."""

    wait: float = 50

    async def take(self, *, most: float, patient: bool) -> Turn:
        turn, self.wait = Turn(taken=True, wait=self.wait), 0
        return turn

    async def learn(self, rate: Rate) -> None: ...


def upload(client: AsyncQovery) -> Any:
    return client.request("POST", "/x", json={"much": "x" * 8_000_000})


Made = Callable[[], dict[str, Any]]

PLACES: dict[str, tuple[Step, Made, Callable[[AsyncQovery], Any]]] = {
    "sending": (UNREAD, dict, upload),
    "waiting for an answer": (SILENCE, dict, get),
    "within the body": (HALF, dict, get),
    "within a body that goes on": (DRIPPING, dict, get),
    "in back-off": (LATER, dict, get),
    "waiting for its turn": (OK, lambda: {"rate_limiter": OneSlowTurn()}, get),
    "waiting for the token": (OK, lambda: {"token": OnlyFirst()}, get),
    "in on_request": (OK, lambda: {"on_request": OnlyFirst()}, get),
    "in on_response": (OK, lambda: {"on_response": OnlyFirst()}, get),
    "in on_retry": (answer(503), lambda: {"on_retry": OnlyFirst()}, get),
    "looking for the organization": (SILENCE, dict, lambda client: client.projects.list()),
}


BEFORE = ("waiting for its turn", "waiting for the token", "in on_request")
"""The places where there is no connection yet."""

Begun = Callable[[], Awaitable[None]]


async def by_the_task(call: Any, begun: Begun) -> None:
    task = asyncio.ensure_future(call)
    await begun()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def by_a_scope(call: Any, begun: Begun) -> None:
    with anyio.CancelScope() as scope:
        asyncio.ensure_future(begun()).add_done_callback(lambda _: scope.cancel())
        await call
    assert scope.cancelled_caught


async def by_a_group(call: Any, begun: Begun) -> None:
    async def run() -> None:
        await call

    async with anyio.create_task_group() as group:
        group.start_soon(run)
        await begun()
        group.cancel_scope.cancel()


@pytest.mark.parametrize("cancel", [by_the_task, by_a_scope, by_a_group])
@pytest.mark.parametrize("place", PLACES)
async def test_a_cancelled_call_leaves_the_client_fit(
    place: str, cancel: Any, caplog: pytest.LogCaptureFixture
) -> None:
    step, make, call = PLACES[place]
    async with serve_steps(step, OK) as server:

        async def begun() -> None:
            if place not in BEFORE:
                await reaches(lambda: server.connections > 0)
            await asyncio.sleep(0.05)

        async with AsyncQovery(**{"token": TOKEN, "base_url": server.url, "retries": QUICK} | make()) as client:
            await cancel(call(client), begun)
            with anyio.fail_after(5):
                assert await status(client) == 204
            await settled(server, 1)
        await settled(server, 0)
    gc.collect()
    assert caplog.records == []


async def test_one_that_is_cancelled_while_connecting_leaves_no_socket() -> None:
    with full_port() as url:
        async with AsyncQovery(TOKEN, base_url=url) as client:
            await by_the_task(get(client), lambda: asyncio.sleep(0.05))


async def test_one_that_is_cancelled_does_not_take_the_others_along() -> None:
    """They wait together for one token."""
    asked = asyncio.Event()

    async def token() -> str:
        await asked.wait()
        return TOKEN

    async with serve_steps(OK) as server, AsyncQovery(token, base_url=server.url) as client:
        first, second = (asyncio.ensure_future(status(client)) for _ in range(2))
        await asyncio.sleep(0.05)
        first.cancel()
        await asyncio.sleep(0.05)
        assert (first.cancelled(), second.done()) == (True, False)
        asked.set()
        assert await second == 204


@pytest.mark.parametrize("waiting_first", [True, False])
async def test_those_that_wait_for_a_connection_can_be_cancelled(*, waiting_first: bool) -> None:
    async with serve_steps(*[SILENCE] * POOL, OK) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
        tasks = [asyncio.ensure_future(get(client)) for _ in range(POOL + 40)]
        await reaches(lambda: len(server.methods) == POOL)
        sent, waiting = tasks[:POOL], tasks[POOL:]
        for group in (waiting[:20], sent) if waiting_first else (sent[:50], waiting[:20], sent[50:]):
            for task in group:
                task.cancel()
            await asyncio.sleep(0)
        with anyio.fail_after(5):
            await asyncio.wait(tasks)
        assert [task.result().status for task in waiting[20:]] == [204] * 20
        assert all(task.cancelled() for task in sent + waiting[:20])
        assert await status(client) == 204


ANYTHING = [OK, SILENCE, CLOSED, RESET, HALF, answer(503), answer(429, Retry_After="0.01"), DRIPPING, LATER]


@pytest.mark.parametrize("seed", range(4))
async def test_many_calls_cancelled_at_random_leave_the_pool_healthy(
    seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(seed)
    steps = chance.choices(ANYTHING, k=500)
    async with serve_steps(*steps) as server, AsyncQovery(TOKEN, base_url=server.url, retries=QUICK) as client:

        async def call() -> None:
            delay = chance.uniform(0, 0.1)
            with contextlib.suppress(QoveryError, TimeoutError):
                match chance.randrange(3):
                    case 0:
                        with anyio.move_on_after(delay):
                            await get(client)
                    case 1:
                        async with asyncio.timeout(delay):
                            await get(client)
                    case 2:
                        await client.with_options(timeout=max(delay, 0.001)).request("GET", "/x")

        with anyio.fail_after(8):
            for _ in range(6):
                async with anyio.create_task_group() as group:
                    for _ in range(50):
                        group.start_soon(call)
                    await anyio.sleep(chance.uniform(0, 0.15))
                    group.cancel_scope.cancel()
        server.steps[:] = [OK]
        await settled(server, POOL)
        with anyio.fail_after(5):
            assert await asyncio.gather(*[status(client) for _ in range(2 * POOL)]) == [204] * 2 * POOL
        await client.aclose()
        await settled(server, 0)
    gc.collect()
    assert caplog.records == []


class TestClosing:
    """A client that is closed while calls are under way: they end, and no connection is opened again."""

    @pytest.mark.parametrize("place", ["waiting for an answer", "within the body", "in back-off", "sending"])
    async def test_ends_the_calls_under_way(self, place: str) -> None:
        step, _, call = PLACES[place]
        # Nobody may wait for an attempt that will not be made.
        retries = RetryPolicy(attempts=9, base=0.1 if step is LATER else 100, cap=100)
        step = answer(503, Retry_After="0.3") if step is LATER else step
        async with serve_steps(step) as server:
            client = AsyncQovery(TOKEN, base_url=server.url, retries=retries)
            task = asyncio.ensure_future(call(client))
            await asyncio.sleep(0.1)
            await client.aclose()
            with anyio.fail_after(5), pytest.raises(TransportError):
                await task
            assert server.connections == 1
            await settled(server, 0)

    async def test_ends_those_that_wait_for_a_connection(self) -> None:
        async with serve_steps(SILENCE) as server:
            client = AsyncQovery(TOKEN, base_url=server.url, retries=QUICK)
            tasks = [asyncio.ensure_future(get(client)) for _ in range(POOL + 20)]
            await reaches(lambda: len(server.methods) == POOL)
            await client.aclose()
            with anyio.fail_after(5):
                results = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(result, TransportError) for result in results)
            assert server.connections == POOL
            await settled(server, 0)

    async def test_is_done_by_a_block_that_is_cancelled(self) -> None:
        async with serve_steps(OK, SILENCE) as server:
            with anyio.move_on_after(0.1):
                async with AsyncQovery(TOKEN, base_url=server.url) as client:
                    await get(client)
                    await get(client)
            await settled(server, 0)


async def settled(server: Flaky, connections: int) -> None:
    await reaches(lambda: server.open <= connections)


async def reaches(condition: Callable[[], bool]) -> None:
    with anyio.fail_after(5):
        while not condition():
            await anyio.sleep(0.01)
