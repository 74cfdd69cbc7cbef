"""Which page follows the item that `startId` names?"""

from __future__ import annotations

import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

SIZES = [0, 1, 19, 20, 21, 40, 47]


async def with_backups(emulator: Emulator, number: int) -> str:
    """The id of a database that has so many backups."""
    database = emulator.state.every("database")[0]
    async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
        for place in range(number):
            await client.databases.backups.create(database.id, {"name": f"b{place}", "message": ""})
    return database.id


@pytest.mark.parametrize("number", SIZES)
async def test_pages_of_backups_have_all_of_them_once(number: int) -> None:
    async with Emulator(world="demo", rate_limit=None) as emulator:
        database = await with_backups(emulator, number)
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            page = await client.databases.backups.list(database)
            names = [backup.name async for backup in client.databases.backups.iterate(database)]
    assert (len(page), page.page_size) == (min(number, 20), 20)
    assert names == [f"b{place}" for place in range(number)]


async def test_both_faces_read_every_page(ask: Ask) -> None:
    async with Emulator(world="demo", rate_limit=None) as emulator:
        database = await with_backups(emulator, 45)
        second = emulator.state.get("database", database).of_kind("backup")[19].id
        found = await ask(
            emulator.url, lambda client: client.databases.backups.list(database, start_id=second), token=emulator.token
        )
    assert [backup.name for backup in found] == [f"b{place}" for place in range(20, 40)]


async def test_no_commit_follows_the_last_one(emulator: Emulator, client: AsyncQovery) -> None:
    application = emulator.state.every("application")[0].id
    (commit,) = await client.applications.list_commits(application)
    assert commit is not None
    assert await client.applications.list_commits(application, start_id=commit.git_commit_id) == []
