"""Does the emulator answer Qovery's own command line? Its flows are sent again, as its public source sends them."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from aiohttp import ClientSession

from qovery_async.emulator import Emulator
from tests.support import ROOT
from tests.support.replaying import Flow, Replay, Step
from tests.support.server import Answer, serve

pytestmark = pytest.mark.anyio

TABLE: dict[str, Any] = tomllib.loads((ROOT / "tests/emulator/flows.toml").read_text(encoding="utf-8"))


def steps(row: dict[str, Any]) -> list[Step]:
    """The steps of a flow, after those that turn its names into ids, as each command does first."""
    found = [Step(**TABLE["lookups"][kind]) for kind in row.get("names", ())]
    return [*found, *(Step(**step) for step in row["steps"])]


FLOWS = [Flow(row["name"], row["source"], steps(row)) for row in TABLE["flows"]]


@pytest.mark.parametrize("index", range(len(FLOWS)), ids=[flow.name for flow in FLOWS])
async def test_the_command_line_finds_what_it_reads(index: int) -> None:
    async with (
        Emulator(world="demo", speed=None) as emulator,
        ClientSession() as session,
        serve(*[Answer(status=200, body=b"thanks")] * 9) as receiver,
    ):
        replay = Replay(emulator, session, TABLE["user_agent"])
        names = {f"{kind}_name": name for kind, name in TABLE["flows"][index].get("names", {}).items()}
        replay.taken |= {"receiver": f"{receiver.url}/hook", **names}
        for step in FLOWS[index].steps:
            await replay.run(step)
