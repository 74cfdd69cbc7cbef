"""How does a test run the status board, as its user does, and what does a browser get from it?"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import anyio
import attrs
from aiohttp import web
from aiohttp.typedefs import Handler

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator
from tests.support import ROOT

SECONDS = 30
"""Nothing here takes as long: what does hangs."""


@attrs.define
class Outage:
    """A middleware of an emulator: while `is_on`, no stream is opened."""

    is_on: bool = False

    def middleware(self) -> Callable[..., Any]:
        @web.middleware
        async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self.is_on and "Upgrade" in request.headers:
                return web.json_response({"detail": "out of order"}, status=503)
            return await handler(request)

        return refuse


@attrs.frozen
class Board:
    """A board that runs."""

    url: str
    process: Process

    async def end(self) -> tuple[int, str, str]:
        """Ends it with Ctrl-C; its exit status, and the rest of what it has printed."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
        with anyio.fail_after(SECONDS):
            out, err = await self.process.communicate()
        return self.process.returncode or 0, out.decode(), err.decode()


def environ(emulator: Emulator) -> dict[str, str]:
    own = {"QOVERY_API_URL": emulator.url, "QOVERY_WS_URL": emulator.ws_url, "QOVERY_API_TOKEN": emulator.token}
    return {**os.environ, "PYTHONPATH": str(ROOT), **own}


async def start(environ: dict[str, str], *arguments: str) -> Process:
    command = [sys.executable, "-W", "error", "examples/board", *arguments]
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environ, stdout=PIPE, stderr=PIPE)


@asynccontextmanager
async def running_board(emulator: Emulator, *arguments: str, port: int = 0) -> AsyncGenerator[Board]:
    """A board on a port of this machine. At its end it has said nothing, and never the token."""
    process = await start(environ(emulator), "--port", str(port), *arguments)
    try:
        assert process.stdout is not None
        with anyio.fail_after(SECONDS):
            line = (await process.stdout.readline()).decode()
        assert line.startswith("The board is at http://"), (line, await process.communicate())
        board = Board(line.split()[4], process)
        yield board
        assert await board.end() == (0, "", "")
        assert emulator.token not in line
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@attrs.define
class Browser:
    """What a browser gets: the events so far, and what they say about each environment now."""

    events: AsyncIterator[tuple[str, Any]]
    head: dict[str, Any] = attrs.Factory(dict[str, Any])
    environments: dict[str, dict[str, Any]] = attrs.Factory(dict[str, dict[str, Any]])
    heard: list[str] = attrs.Factory(list[str])

    def named(self, path: str) -> dict[str, Any]:
        """An environment by its project and name; empty without one."""
        found = [one for one in self.environments.values() if f"{one['project']['name']}/{one['name']}" == path]
        return found[0] if found else {}

    async def until(self, holds: Callable[[Browser], object]) -> None:
        """Takes events until it holds."""
        with anyio.fail_after(SECONDS):
            while not self.heard or not holds(self):
                name, data = await anext(self.events)
                self.heard.append(name)
                if name == "board":
                    self.environments = {one["id"]: one for one in data.pop("environments")}
                if name == "environment":
                    self.environments[data["id"]] = data
                elif name == "gone":
                    self.environments.pop(data["id"], None)
                else:
                    self.head = data


@asynccontextmanager
async def watching(board: Board) -> AsyncGenerator[Browser]:
    async with aiohttp.ClientSession() as session, session.get(f"{board.url}events") as response:
        assert response.status == 200
        yield Browser(_events(response))


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any]]:
    name = ""
    async for line in response.content:
        field, _, value = line.decode().rstrip("\n").partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


async def environment_id(client: AsyncQovery, path: str) -> str:
    return (await client.find.environment(path)).id
