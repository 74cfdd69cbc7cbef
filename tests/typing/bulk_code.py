"""What users write with `client.bulk`, in both faces: read by type checkers, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import assert_type

from qovery_async import AsyncQovery, BulkOutcome, BulkProgress, Inventory, models
from qovery_sync import Qovery


def told(progress: BulkProgress) -> None:
    print(progress.done, progress.failed, progress.total)


async def in_the_async_face(client: AsyncQovery, ids: list[str], later: AsyncIterator[str]) -> None:
    assert_type(await client.bulk.map(client.projects.get, ids), list[models.Project])
    assert_type(await client.bulk.map(client.environments.list, later), list[list[models.Environment]])
    outcomes = await client.bulk.map(client.projects.get, ids, on_error="return", progress=told)
    assert_type(outcomes, list[BulkOutcome[str, models.Project]])
    async for outcome in client.bulk.stream(client.environments.get_statuses, ids, concurrency=64):
        assert_type(outcome.item, str)
        assert_type(outcome.result, models.EnvironmentStatuses)
        assert_type(outcome.error, Exception | None)
    projects, project = await client.bulk.gather(client.projects.list, partial(client.projects.get, "p1"))
    assert_type(projects, list[models.Project])
    assert_type(project, models.Project)


def in_the_blocking_face(client: Qovery, ids: list[str]) -> None:
    assert_type(client.bulk.map(client.projects.get, ids), list[models.Project])
    assert_type(client.bulk.map(client.environments.list, (name for name in ids)), list[list[models.Environment]])
    outcomes = client.bulk.map(client.projects.get, ids, on_error="return", progress=told)
    assert_type(outcomes, list[BulkOutcome[str, models.Project]])
    for outcome in client.bulk.stream(client.environments.get_statuses, ids, concurrency=64):
        assert_type(outcome.result, models.EnvironmentStatuses)
    projects, project = client.bulk.gather(client.projects.list, partial(client.projects.get, "p1"))
    assert_type(projects, list[models.Project])
    assert_type(project, models.Project)


async def drawn(client: AsyncQovery, blocking: Qovery, ids: list[str]) -> None:
    assert_type(await client.bulk.map(client.projects.get, ids, progress="rich"), list[models.Project])
    assert_type(await client.bulk.gather(client.projects.list, progress="rich"), tuple[list[models.Project], ...])
    assert_type(await client.inventory(progress="rich"), Inventory)
    assert_type(blocking.bulk.map(blocking.projects.get, ids, progress="rich"), list[models.Project])
    assert_type(blocking.inventory(progress=told), Inventory)
    await client.deployments.deploy("e1", timeout=600, progress="rich")
    blocking.deployments.stop_service("s1", timeout=600, progress=told)


async def wrong(client: AsyncQovery, blocking: Qovery, ids: list[str]) -> None:
    await client.bulk.map(client.projects.get, [1, 2])  # rejected
    await client.bulk.map(len, ids)  # rejected
    await client.bulk.map(client.projects.get, ids, on_error="ignore")  # rejected
    await client.bulk.gather(client.projects.get, client.projects.list)  # rejected
    blocking.bulk.map(blocking.projects.get, [1, 2])  # rejected
    blocking.bulk.map(blocking.projects.get, ids, concurrency="all")  # rejected
    blocking.bulk.stream(blocking.projects.get, ids, progres=told)  # rejected
    await client.bulk.map(client.projects.get, ids, progress="bars")  # rejected
    blocking.inventory(progress="bars")  # rejected
    await client.deployments.deploy("e1", timeout=600, progress="bars")  # rejected
