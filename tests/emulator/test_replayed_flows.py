"""Does the emulator answer Qovery's own clients? Their flows are sent again, as their public sources send them."""

from __future__ import annotations

import tomllib
from typing import Any

import anyio
import pytest
from aiohttp import ClientSession

from qovery_async.emulator import Emulator
from tests.support import ROOT
from tests.support.replaying import Flow, Replay, Step
from tests.support.server import SECONDS, Answer, serve

pytestmark = pytest.mark.anyio

TABLES = [
    tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "tests/emulator/flows").glob("*.toml"))
]
COMMON: dict[str, Any] = next(table for table in TABLES if "lookups" in table)
ROWS: list[dict[str, Any]] = [row for table in TABLES for row in table["flows"]]


def steps(row: dict[str, Any]) -> list[Step]:
    """The steps of a flow, after those that turn its names into ids, as each command does first."""
    found = [Step(**COMMON["lookups"][kind]) for kind in row.get("names", ())]
    return [*found, *(Step(**step) for step in row["steps"])]


FLOWS = [Flow(row["name"], row["source"], steps(row)) for row in ROWS]


@pytest.mark.parametrize("index", range(len(FLOWS)), ids=[flow.name for flow in FLOWS])
async def test_clients_find_what_they_read(index: int) -> None:
    async with (
        Emulator(world="demo", speed=None) as emulator,
        ClientSession() as session,
        serve(*[Answer(status=200, body=b"thanks")] * 9) as receiver,
    ):
        replay = Replay(emulator, session, COMMON["user_agent"])
        names = {f"{kind}_name": name for kind, name in ROWS[index].get("names", {}).items()}
        replay.taken |= {"receiver": f"{receiver.url}/hook", "nothing": None, **names}
        with anyio.fail_after(3 * SECONDS):
            for step in FLOWS[index].steps:
                await replay.run(step)
