"""How does openapi-python-client's asynchronous client do the work?"""

from __future__ import annotations

import importlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from peers.task import ORGANIZATION, TOKEN, AsyncCall

PACKAGE = "generated_httpx"


@asynccontextmanager
async def calling(url: str) -> AsyncIterator[AsyncCall]:
    package = importlib.import_module(PACKAGE)
    operation = importlib.import_module(f"{PACKAGE}.api.projects.list_project")
    async with package.AuthenticatedClient(base_url=url, token=TOKEN, prefix="Token") as client:

        async def call() -> object:
            return (await operation.asyncio(ORGANIZATION, client=client)).results

        yield call


def decoder(model: str) -> Callable[[bytes], object]:
    list_: Any = getattr(importlib.import_module(f"{PACKAGE}.models"), f"{model}ResponseList")
    return lambda data: list_.from_dict(json.loads(data)).results
