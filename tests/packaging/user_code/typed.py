from typing import assert_type

import qovery_async
import qovery_sync
from qovery import AsyncQovery, Qovery
from qovery_async.models import Project
from qovery_sync import Headers, RetryEvent, RetryHook, TokenSource

client: qovery_sync.Qovery = Qovery(token="your-api-token")
assert_type(client, Qovery)
assert_type(client.projects.list(), list[Project])
for project in client.projects.list():
    assert_type(project.name, str)


async def projects() -> None:
    async with AsyncQovery(token="your-api-token") as client:
        same: qovery_async.AsyncQovery = client
        assert_type(await same.projects.list(), list[Project])


def on_retry(event: RetryEvent) -> None:
    print(event.reason)


def made_with(token: TokenSource, headers: Headers, hook: RetryHook = on_retry) -> Qovery:
    return Qovery(token, headers=headers, on_retry=hook)
