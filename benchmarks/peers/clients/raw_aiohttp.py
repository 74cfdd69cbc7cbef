"""How does raw aiohttp do the work, with `json.loads`?"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp

from peers.task import ORGANIZATION, TOKEN, AsyncCall


@asynccontextmanager
async def calling(url: str) -> AsyncIterator[AsyncCall]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Token {TOKEN}"}) as session:

        async def call() -> object:
            async with session.get(f"{url}/organization/{ORGANIZATION}/project") as response:
                return json.loads(await response.read())["results"]

        yield call


def decoder(_model: str) -> Callable[[bytes], object]:
    return lambda data: json.loads(data)["results"]
