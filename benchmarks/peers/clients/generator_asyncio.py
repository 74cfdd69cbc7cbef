"""How does openapi-generator's asyncio client do the work, as it comes?"""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from peers.task import ORGANIZATION, TOKEN, AsyncCall

PACKAGE = "generated_asyncio"


def calling(url: str) -> AbstractAsyncContextManager[AsyncCall]:
    return opened(url)


@asynccontextmanager
async def opened(url: str, **session: Any) -> AsyncIterator[AsyncCall]:
    package = importlib.import_module(PACKAGE)
    options = package.Configuration(host=url, access_token=TOKEN, client_session_kwargs=session)
    async with package.ApiClient(options) as client:
        api = package.ProjectsApi(client)

        async def call() -> object:
            return (await api.list_project(ORGANIZATION)).results

        yield call


def decoder(model: str) -> Callable[[bytes], object]:
    package = importlib.import_module(PACKAGE)
    list_: Any = getattr(package, f"{model}ResponseList")
    return lambda data: list_.from_json(data).results
