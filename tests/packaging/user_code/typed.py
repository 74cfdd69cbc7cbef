from typing import assert_type

import qovery_async
import qovery_sync
from qovery import AsyncQovery, Qovery
from qovery_async.models import Project

client: qovery_sync.Qovery = Qovery(token="your-api-token")
assert_type(client, Qovery)
assert_type(client.projects.list(), list[Project])
for project in client.projects.list():
    assert_type(project.name, str)


async def projects() -> None:
    async with AsyncQovery(token="your-api-token") as client:
        same: qovery_async.AsyncQovery = client
        assert_type(await same.projects.list(), list[Project])
