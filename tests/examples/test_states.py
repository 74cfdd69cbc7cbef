"""What does the example say of the states of many environments, in both styles?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator, Fault
from tests.support.examples import run_example

pytestmark = pytest.mark.anyio

STYLES = pytest.mark.parametrize("example", ["states", "states_sync"])


@STYLES
async def test_environments_are_counted_by_state_and_those_that_failed_are_named(example: str) -> None:
    async with Emulator(world="demo") as emulator:
        ran = await run_example(example, url=emulator.url, token=emulator.token)
    counts = [line.split() for line in ran.out.splitlines() if line.startswith(" ")]
    assert sum(int(count) for count, _ in counts) == 12
    failed = [line.removeprefix("failed: ") for line in ran.out.splitlines() if line.startswith("failed: ")]
    assert len(failed) == sum(int(count) for count, state in counts if state.endswith("_ERROR")) > 0
    assert all(line.split("/")[0] in ("shop", "payments", "analytics", "platform") for line in failed)
    assert (ran.code, ran.err) == (1, "")


@STYLES
async def test_two_hundred_environments_take_two_hundred_requests_and_three(example: str) -> None:
    calls: Counter[str] = Counter()

    @web.middleware
    async def count(request: web.Request, handler: Callable[[web.Request], Awaitable[Any]]) -> Any:
        calls[request.path.rpartition("/")[2]] += 1
        return await handler(request)

    async with Emulator(rate_limit=None, middlewares=[count]) as emulator:
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            cluster = await client.clusters.create({"name": "eu", "region": "eu-west-3", "cloud_provider": "AWS"})
            project = await client.projects.create({"name": "shop"})
            for number in range(200):
                await client.environments.create(project.id, {"name": f"e{number}", "cluster": cluster.id})
        calls.clear()
        ran = await run_example(example, "--concurrency", "32", url=emulator.url, token=emulator.token)
    assert (ran.code, ran.out.split()) == (0, ["200", "READY"])
    assert calls == {"organization": 1, "project": 1, "environments": 1, "statuses": 200}


@STYLES
async def test_one_that_cannot_be_read_is_named_and_does_not_keep_the_others(example: str) -> None:
    async with Emulator(world="demo") as emulator:
        emulator.faults.add(Fault.status(403), call="environments.get_statuses", count=1)
        ran = await run_example(example, url=emulator.url, token=emulator.token)
    assert ran.code == 2
    (line,) = [line for line in ran.out.splitlines() if line.startswith("not read: ")]
    assert "environments.get_statuses: GET" in line
    assert sum(int(line.split()[0]) for line in ran.out.splitlines() if line.startswith(" ")) == 11


@STYLES
async def test_a_refused_token_is_one_line(example: str) -> None:
    async with Emulator(world="demo") as emulator:
        ran = await run_example(example, url=emulator.url, token="wrong")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("states: ")
