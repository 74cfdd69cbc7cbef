"""What does the export of the audit log write, in both styles?"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator
from tests.support.examples import run_example
from tests.support.server import Answer, organizations, serve

pytestmark = pytest.mark.anyio

STYLES = pytest.mark.parametrize("example", ["audit_log", "audit_log_sync"])
EVENTS = 250


def api(request: web.BaseRequest) -> web.Response:
    """An organization with events, in pages of the size that is asked for."""
    if request.path == "/organization":
        return organizations("o1").response()
    first, size = int(request.query.get("continueToken", 0)), int(request.query["pageSize"])
    numbers = range(first, min(first + size, EVENTS))
    link = f"/events?continueToken={first + size}" if first + size < EVENTS else None
    events = [
        {
            "id": f"e{number}",
            "timestamp": "2026-11-23T10:00:00Z",
            "event_type": "UPDATE",
            "target_name": 'a "name", of\ntwo lines',
        }
        for number in numbers
    ]
    return Answer({"links": {"next": link}, "organization_max_limit_reached": True, "events": events}).response()


@STYLES
async def test_all_events_are_written_page_by_page(example: str, tmp_path: Path) -> None:
    out = tmp_path / "log.csv"
    async with serve(api) as server:
        ran = await run_example(
            example, "--since", "2026-11-01", "--until", "2026-11-24T08:00+01:00", "--event-type", "UPDATE",
            "--target-type", "CLUSTER", "--origin", "API", "--triggered-by", "grace", "--project", "p1",
            "--environment", "e1", "--output", str(out), url=server.url,
        )  # fmt: skip
        queries = [parse_qs(seen.query) for seen in server.requests if seen.path.endswith("/events")]
    assert (ran.code, ran.out) == (0, "")
    assert "hides its older events" in ran.err
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [f"e{number}" for number in range(EVENTS)]
    assert rows[0]["timestamp"] == "2026-11-23 10:00:00+00:00"
    assert (rows[0]["target_name"], rows[0]["change"]) == ('a "name", of\ntwo lines', "")
    assert len(rows[0]) == 16
    filters: dict[str, Any] = {
        "fromTimestamp": ["1793491200"],
        "toTimestamp": ["1795503600"],
        "eventType": ["UPDATE"],
        "targetType": ["CLUSTER"],
        "origin": ["API"],
        "triggeredBy": ["grace"],
        "serviceProjectId": ["p1"],
        "serviceEnvironmentId": ["e1"],
    }
    assert queries[0] == {**filters, "pageSize": ["1"]}
    assert queries[1:] == [
        {**filters, "pageSize": ["100"], **token}
        for token in ({}, {"continueToken": ["100"]}, {"continueToken": ["200"]})
    ]


@STYLES
async def test_an_incomplete_export_is_no_success(example: str) -> None:
    async with serve(organizations("o1"), Answer({"events": []}), Answer(status=403)) as server:
        ran = await run_example(example, url=server.url)
    assert ran.code == 1
    assert ran.out.count("\n") == 1
    assert "audit_log: incomplete after 0 events: events.list:" in ran.err


@STYLES
async def test_a_wrong_time_is_refused_before_any_request(example: str) -> None:
    async with serve() as server:
        ran = await run_example(example, "--since", "yesterday", url=server.url)
        assert (ran.code, server.requests) == (2, [])
    assert "argument --since: invalid moment value: 'yesterday'" in ran.err


@STYLES
async def test_the_emulator_gives_its_events(example: str) -> None:
    async with Emulator(world="demo") as emulator:
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            await client.projects.create({"name": "noted"})
        ran = await run_example(example, url=emulator.url, token=emulator.token)
    rows = list(csv.DictReader(ran.out.splitlines()))
    assert ran.code == 0
    assert rows
    assert all(row["timestamp"] and row["event_type"] for row in rows)
