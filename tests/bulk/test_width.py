"""How many calls run at once while the API refuses some?"""

from __future__ import annotations

import pytest

from qovery_async import RateBudgetExhausted, RetryPolicy
from qovery_async.runtime.crowd import Width
from tests.support.busy import IDS, Api
from tests.support.server import PROJECT, Answer, Ask, serve

pytestmark = pytest.mark.anyio


class TestWidth:
    """While the API refuses requests for their rate, fewer calls run at once."""

    async def test_a_429_halves_how_many_calls_run_at_once(self, ask: Ask) -> None:
        log: list[str] = []

        def refuse(name: str) -> int | None:
            log.append(name)
            return 429 if name in IDS[:16] and log.count(name) == 1 else None

        async with serve(Api(refuse=refuse)) as server:
            retries = RetryPolicy(attempts=2, base=0.001)
            await ask(server.url, lambda client: client.bulk.map(client.projects.get, IDS), retries=retries)
        assert sorted(log) == sorted([*IDS[:16], *IDS])
        before_any_new = log[: next(place for place, name in enumerate(log) if name not in IDS[:16])]
        retried = len(before_any_new) - len(set(before_any_new))
        assert retried >= 9, "nothing new begins before half of the calls have ended"

    async def test_a_spent_budget_halves_it_too(self, ask: Ask) -> None:
        spent = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "3600"}
        async with serve(Answer(PROJECT, headers=spent)) as server:
            outcomes = await ask(
                server.url,
                lambda client: client.bulk.map(client.projects.get, IDS, concurrency=4, on_error="return"),
                pace="raise",
            )
            assert len(server.requests) <= 8
        assert {type(outcome.error) for outcome in outcomes} == {type(None), RateBudgetExhausted}

    def test_it_is_halved_once_for_all_calls_under_way_and_widens_one_by_one(self) -> None:
        width = Width(16)
        under_way = [width.enter() for _ in range(16)]
        for refused in under_way:
            refused()
        assert int(width) == 8
        for _ in range(9):
            width.widen()
        assert int(width) == 9
        for _ in range(10):
            width.enter()()
        assert int(width) == 1
        for _ in range(200):
            width.widen()
        assert int(width) == 16
