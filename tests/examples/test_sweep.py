"""Which environments does the sweep delete, and when?"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import anyio
import pytest
from aiohttp import web

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator, Fault
from tests.support.examples import run_example

pytestmark = pytest.mark.anyio

# Of those of the demo world; all were deployed when its clock began.
FRESH = "payments/staging"
STEP = 0.02
"""Seconds between two moves of a clock, by a second each: a deletion of some 10 seconds takes 0.2."""


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A world whose deployments are months old, except one. Its clock stands still."""
    async with Emulator(world="demo", speed=None) as emulator:
        emulator.clock.advance((datetime.now(UTC) - emulator.clock.now()).total_seconds())
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            inventory = await client.inventory()
            (fresh,) = [one for one in inventory.environments if f"{one.project.name}/{one.name}" == FRESH]
            await client.environments.redeploy(fresh.id)
            emulator.clock.run_out()
        yield emulator


@pytest.fixture
async def moving(emulator: Emulator) -> AsyncIterator[Emulator]:
    """The same with a clock that moves."""

    async def move() -> None:
        while True:
            await anyio.sleep(STEP)
            emulator.clock.advance(1)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(move)
        yield emulator
        tasks.cancel_scope.cancel()


async def names(emulator: Emulator) -> set[str]:
    async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
        inventory = await client.inventory()
        return {f"{one.project.name}/{one.name}" for one in inventory.environments}


async def test_nothing_is_deleted_unless_asked_for(emulator: Emulator) -> None:
    before = await names(emulator)
    ran = await run_example("sweep", url=emulator.url, token=emulator.token)
    stale = {line.partition(":")[0] for line in ran.out.splitlines()}
    assert ran.code == 0
    assert stale == {name for name in before if not name.endswith("/production")} - {FRESH}
    assert f"{len(stale)} environments would be deleted" in ran.err
    assert await names(emulator) == before


@pytest.mark.slow
async def test_only_what_is_stale_is_deleted_and_awaited(moving: Emulator) -> None:
    before = await names(moving)
    ran = await run_example("sweep", "--delete", "--project", "payments", url=moving.url, token=moving.token)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == "payments/sandbox: deleted"
    assert await names(moving) == before - {"payments/sandbox"}, "gone when the sweep ends"
    await run_example(
        "sweep", "--delete", "--include-production", "--project", "payments", url=moving.url, token=moving.token
    )
    assert await names(moving) == before - {"payments/sandbox", "payments/production"}


@pytest.mark.slow
async def test_a_deletion_that_takes_too_long_is_told(emulator: Emulator) -> None:
    ran = await run_example(
        "sweep", "--delete", "--project", "payments", "--timeout", "1.5", url=emulator.url, token=emulator.token
    )
    assert ran.code == 1
    assert "deleted" not in ran.out
    assert "payments/sandbox: The delete of environment" in ran.err


@pytest.mark.parametrize("state", ["DEPLOYING", "STOP_QUEUED", "DELETING", "READY", "NOT_YET_KNOWN"])
async def test_an_environment_stays_unless_it_is_idle(state: str) -> None:
    """Also where its last deployment is old: the next one may not have a date yet."""

    @web.middleware
    async def in_state(request: web.Request, handler: Callable[[web.Request], Awaitable[web.Response]]) -> web.Response:
        response = await handler(request)
        if not request.path.endswith("/environment/status"):
            return response
        assert isinstance(response.body, bytes)
        statuses = json.loads(response.body)["results"]
        return web.json_response({"results": [{**status, "state": state} for status in statuses]})

    async with Emulator(world="demo", speed=None, middlewares=[in_state]) as emulator:
        ran = await run_example("sweep", url=emulator.url, token=emulator.token)
    assert (ran.code, ran.out) == (0, "")


async def test_a_deletion_that_fails_is_told(moving: Emulator) -> None:
    moving.faults.add(Fault.status(403), call="environments.delete", count=1)
    ran = await run_example("sweep", "--delete", "--project", "shop", url=moving.url, token=moving.token)
    assert ran.code == 1
    assert "environments.delete: DELETE" in ran.err
    assert ran.out.count(": deleted") == 1


@pytest.mark.parametrize("option", ["--days", "--timeout"])
@pytest.mark.parametrize("given", ["0", "-1", "nan", "soon"])
async def test_numbers_that_make_no_sense_are_refused(option: str, given: str) -> None:
    ran = await run_example("sweep", option, given, "--delete", url="http://127.0.0.1:9")
    assert (ran.code, ran.out) == (2, "")
    assert option in ran.err
