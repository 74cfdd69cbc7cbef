"""Do clients, tasks and threads that share a token send what its budget allows, and not more?"""

from __future__ import annotations

import logging
import pickle
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest

from qovery_async import (
    AsyncQovery,
    ConfigurationError,
    LocalRateLimiter,
    Pace,
    Rate,
    RateBudgetExhausted,
    RateLimiter,
    ResponseEvent,
    RetryPolicy,
    Turn,
)
from qovery_async.emulator import Emulator
from qovery_async.pacing.budget import LIMIT
from qovery_async.pacing.rate import WINDOW
from qovery_sync import Qovery
from tests.support.server import PROJECT, SECONDS, TOKEN, Answer, Ask, in_thread, serve


def project(remaining: int, *, resets_in: float = WINDOW, status: int = 200) -> Answer:
    rate = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": str(remaining), "X-RateLimit-Reset": str(resets_in)}
    return Answer(PROJECT, status, headers=rate)


def get(client: Any) -> Any:
    return client.projects.get("p1")


async def spent(*, resets_in: float = WINDOW, left: int = 0) -> RateLimiter:
    """A limiter of a token that has hardly anything left."""
    limiter = LocalRateLimiter()
    await limiter.learn(Rate(LIMIT, left, resets_in))
    return limiter


@pytest.mark.anyio
class TestRaising:
    async def test_sends_nothing_once_the_hour_is_used_up(self, ask: Ask) -> None:
        async with serve(project(900)) as server:
            limiter = await spent(left=2)
            for _ in range(2):
                await ask(server.url, get, pace="raise", rate_limiter=limiter)
            with pytest.raises(RateBudgetExhausted) as caught:
                await ask(server.url, get, pace="raise", rate_limiter=limiter)
            assert len(server.requests) == 2
        error = pickle.loads(pickle.dumps(caught.value))
        assert (error.status, error.operation, error.method) == (429, "projects.get", "GET")
        assert error.url == f"{server.url}/project/p1"
        assert WINDOW - 60 < error.retry_after < WINDOW + 60
        assert "was not sent: the token's budget is used up and renews in 36" in str(error)
        assert str(error).endswith('use pace="wait" to wait for it')

    async def test_counts_for_all_tasks_and_copies_of_a_client(self) -> None:
        async with serve(project(6)) as server, AsyncQovery(TOKEN, base_url=server.url, pace="raise") as client:
            await get(client)
            clients = [client, client.with_options(timeout=9), client.with_options(pace="raise")]
            outcomes: Counter[type] = Counter()

            async def call(client: AsyncQovery) -> None:
                try:
                    outcomes[type(await get(client))] += 1
                except RateBudgetExhausted as error:
                    outcomes[type(error)] += 1

            async with anyio.create_task_group() as group:
                for one in clients * 4:
                    group.start_soon(call, one)
            assert sorted(outcomes.values()) == [6, 6]
            assert len(server.requests) == 7

    def test_counts_for_all_threads_of_a_client(self) -> None:
        with in_thread(serve(project(6))) as server, Qovery(TOKEN, base_url=server.url, pace="raise") as client:
            get(client)
            start = threading.Barrier(12)

            def call() -> bool:
                start.wait(SECONDS)
                try:
                    return bool(get(client))
                except RateBudgetExhausted:
                    return False

            with ThreadPoolExecutor(12) as pool:
                futures = [pool.submit(call) for _ in range(12)]
            assert sum(future.result() for future in futures) == 6
            assert len(server.requests) == 7

    async def test_can_be_chosen_for_some_calls(self) -> None:
        async with serve(project(0, resets_in=0.1)) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
            strict = client.with_options(pace="raise")
            await get(strict)
            with pytest.raises(RateBudgetExhausted):
                await get(strict)
            await get(client)  # does without pacing
            await get(strict.with_options(pace="wait"))
            assert len(server.requests) == 3


@pytest.mark.anyio
@pytest.mark.parametrize("pace", ["wait", "raise"])
class TestAnOddResponse:
    """`Remaining: 0` for thirty days does not stop a client: no window is longer than an hour."""

    DAYS = 30 * 24 * WINDOW

    async def test_with_a_success_is_not_believed(self, ask: Ask, pace: str) -> None:
        limiter = LocalRateLimiter()
        async with serve(project(0, resets_in=self.DAYS), project(999)) as server:
            for _ in range(2):
                await ask(server.url, get, pace=pace, rate_limiter=limiter)
            assert len(server.requests) == 2

    async def test_with_a_429_leaves_the_call_its_retries(self, ask: Ask, pace: str) -> None:
        async with serve(project(0, resets_in=self.DAYS, status=429), project(999)) as server:
            await ask(server.url, get, pace=pace, retries=RetryPolicy(base=0.01))
            assert len(server.requests) == 2


@pytest.mark.anyio
class TestWaiting:
    async def test_goes_on_in_the_next_hour_and_says_so(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, "qovery.pacing")
        async with serve(project(999)) as server:
            await ask(server.url, get, rate_limiter=await spent(resets_in=0.1))
            assert len(server.requests) == 1
        assert [record.name for record in caplog.records] == ["qovery.pacing"]
        assert "projects.get: GET" in caplog.text
        # 1.1, and less on a machine that takes its time in between.
        assert re.search(r"waits (1\.[01]|0\.\d) s: the token's request budget is running out", caplog.text)

    @pytest.mark.parametrize("options", [{"pace": Pace(ceiling=0.3)}, {"timeout": 0.5}])
    async def test_is_not_begun_where_the_turn_comes_too_late(self, ask: Ask, options: dict[str, Any]) -> None:
        async with serve(project(999)) as server:
            with pytest.raises(RateBudgetExhausted, match=r"was not sent.*increase timeout or Pace.ceiling"):
                await ask(server.url, get, rate_limiter=await spent(resets_in=2), **options)
            assert server.requests == []

    async def test_outlasts_what_others_have_used_up(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, "qovery.pacing")
        async with serve(project(0, resets_in=0.1, status=429), project(999)) as server:
            await ask(server.url, get, pace="wait", retries=RetryPolicy(base=0.1))
            assert len(server.requests) == 2
        assert "request budget is running out" in caplog.text

    async def test_can_be_cancelled(self) -> None:
        async with serve(project(999)) as server:
            limiter = await spent(resets_in=0.1)
            async with AsyncQovery(TOKEN, base_url=server.url, rate_limiter=limiter) as client:
                with anyio.move_on_after(0.1) as scope:
                    await get(client)
                assert scope.cancelled_caught
                assert server.requests == []
                await get(client)

    @pytest.mark.slow
    async def test_never_runs_into_429(self) -> None:
        statuses: Counter[int] = Counter()

        def on_response(event: ResponseEvent) -> None:
            statuses[event.status] += 1

        async with (
            Emulator(rate_limit=20, speed=600) as emulator,  # its hour takes 6 s
            AsyncQovery(emulator.token, base_url=emulator.url, pace="wait", on_response=on_response) as client,
        ):
            await client.organizations.list()
            with anyio.fail_after(3 * SECONDS):
                async with anyio.create_task_group() as group:
                    for _ in range(29):
                        group.start_soon(client.organizations.list)
        assert statuses == {200: 30}

    def test_is_for_a_while_of_at_least_nothing(self) -> None:
        with pytest.raises(ConfigurationError, match="ceiling must be seconds"):
            Pace(ceiling=-1)
        with pytest.raises(ConfigurationError, match="pace must be 'wait' or 'raise'"):
            AsyncQovery(TOKEN, pace="hurry")  # type: ignore[arg-type]


class Own:
    """A limiter that says what a test wants."""

    def __init__(self, turn: Turn | Exception, learned: Exception | None = None) -> None:
        self.turn, self.learned = turn, learned
        self.asked: list[tuple[float, bool]] = []
        self.rates: list[Rate] = []

    async def take(self, *, most: float, patient: bool) -> Turn:
        self.asked.append((most, patient))
        if isinstance(self.turn, Exception):
            raise self.turn
        return self.turn

    async def learn(self, rate: Rate) -> None:
        self.rates.append(rate)
        if self.learned is not None:
            raise self.learned


@pytest.mark.anyio
class TestOwnLimiters:
    async def test_are_asked_before_and_told_after_each_request(self, ask: Ask) -> None:
        limiter = Own(Turn(taken=True))
        async with serve(project(0, resets_in=7, status=429), project(999, resets_in=8)) as server:
            pace = Pace(ceiling=5)
            await ask(server.url, get, rate_limiter=limiter, pace=pace, retries=RetryPolicy(base=0), timeout=60)
        assert limiter.rates == [Rate(1000, 0, 7, refused=True), Rate(1000, 999, 8)]
        assert [(4 < most <= 5, patient) for most, patient in limiter.asked] == [(True, True)] * 2

    async def test_are_not_asked_without_end(self, ask: Ask) -> None:
        limiter = Own(Turn(taken=False, wait=-1))
        async with serve(project(999)) as server:
            with pytest.raises(RateBudgetExhausted):
                await ask(server.url, get, rate_limiter=limiter, pace=Pace(ceiling=0.2))
            assert server.requests == []
        assert len(limiter.asked) < 25

    async def test_end_the_call_when_they_fail(self, ask: Ask) -> None:
        async with serve(project(999)) as server:
            with pytest.raises(KeyError, match="mine"):
                await ask(server.url, get, rate_limiter=Own(KeyError("mine")))
            assert server.requests == []
            with pytest.raises(KeyError, match="mine"):
                await ask(server.url, get, rate_limiter=Own(Turn(taken=True), KeyError("mine")))
            assert len(server.requests) == 1
