"""What do all operations that read respond with, for every object that is there? And how is any operation called?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import aiohttp

from qovery_async.emulator import Emulator, Entity
from qovery_async.emulator.facts.families import ANY_SERVICE, families
from qovery_async.emulator.facts.operations import ApiOperation, operations

MOST = 15
"""Objects of a kind that an operation is asked about."""


async def ask(emulator: Emulator, call: str, *ids: str, token: str = "", **body: Any) -> Any:
    """Sends a request for an operation, which succeeds; returns the decoded body of its response."""
    operation, given = operations()[call], iter(ids)
    path = "/".join(next(given) if segment.startswith("{") else segment for segment in operation.segments)
    headers = {"Authorization": f"Token {token or emulator.token}", "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession(emulator.url, headers=headers) as session,
        session.request(operation.method, f"/{path}", data=json.dumps(body) if body else None) as response,
    ):
        text = await response.text()
        assert response.status < 300, (call, response.status, text)
        return json.loads(text) if text else None


def paths(emulator: Emulator) -> Iterator[str]:
    """The paths of all operations that read, with the ids of what is there."""
    return (path for _, path in asked(emulator))


def asked(emulator: Emulator) -> Iterator[tuple[ApiOperation, str]]:
    """All operations that read, with each path by which they are asked about what is there."""
    for operation in operations().values():
        if operation.method == "GET":
            for path in _paths(emulator, operation):
                yield operation, path


async def everything(emulator: Emulator) -> dict[str, tuple[int, str]]:
    """The status and body of the response to each."""
    found: dict[str, tuple[int, str]] = {}
    headers = {"Authorization": f"Token {emulator.token}"}
    async with aiohttp.ClientSession(emulator.url, headers=headers) as session:

        async def get(path: str) -> None:
            async with session.get(path) as response:
                found[path] = response.status, await response.text()

        waiting = list(dict.fromkeys(paths(emulator)))
        for start in range(0, len(waiting), 8):
            await asyncio.gather(*map(get, waiting[start : start + 8]))
    return found


def _paths(emulator: Emulator, operation: ApiOperation) -> Iterator[str]:
    table = families()
    kinds = {name: table.kind_of(operation, name) for name in operation.parameters}
    named = [name for name, kind in kinds.items() if kind is not None]
    last = kinds[named[-1]] if named else None
    for entity in _of_kind(emulator, last)[:MOST] if last else [None]:
        above = {each.kind: each.id for each in entity.ancestors()} if entity else {}
        ids = {name: above.get(kind or "", "main") for name, kind in kinds.items()}
        if entity:
            ids[named[-1]] = entity.id
        yield "/" + "/".join(ids[s[1:-1]] if s.startswith("{") else s for s in operation.segments)


def _of_kind(emulator: Emulator, kind: str) -> list[Entity]:
    wanted = families().services if kind == ANY_SERVICE else (kind,)
    return [entity for each in wanted for entity in emulator.state.every(each)]
