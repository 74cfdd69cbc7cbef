"""Do made-up responses say so, and can a test refuse them?"""

from __future__ import annotations

from typing import Any
from unittest.mock import sentinel

import pytest

from qovery_async import NO_RETRIES, ApiError, AsyncQovery, to_request
from qovery_async.emulator import Emulator
from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.operations import ApiOperation, operations
from qovery_async.emulator.pytest_plugin import qovery_emulator  # noqa: F401
from qovery_async.emulator.world import crud, handlers, inventions, settings
from qovery_async.models import BillingInfoRequest
from qovery_sync import Qovery
from tests.support import ROOT

pytestmark = pytest.mark.anyio

AT_MOST = 40
"""How many of the operations that read may be made up."""

# Made up only where no service follows the image.
SOMETIMES = {"containers.auto_deploy", "jobs.auto_deploy"}


def is_made_up(operation: ApiOperation) -> bool:
    audit_log: Any = sentinel.audit_log
    audit_log.handlers = lambda: dict.fromkeys(("events.list", "events.list_targets"), sentinel.handler)
    by_hand = handlers.all_of(sentinel.tokens, sentinel.life, sentinel.clusters, audit_log)
    by_hand = {**by_hand, "webhooks.list_events": sentinel.handler}
    by_hand |= dict.fromkeys(("clusters.query_logs", "clusters.query_metrics"), sentinel.handler)
    if handlers.handler_of(operation, by_hand) is inventions.sampled:
        return True
    if operation.method != "GET" or operation.call in by_hand:
        return False
    if operation.call in families().settings:
        return settings.is_made_up(operation)
    return operation.call in families().of_call and crud.is_made_up(families().of_call[operation.call][0])


def table() -> str:
    """The table of docs/emulator.md."""
    rows: dict[str, tuple[list[str], list[str]]] = {}
    for call, reason in inventions.REASONS.items():
        reading, writing = rows.setdefault(reason, ([], []))
        (reading if operations()[call].method == "GET" else writing).append(f"`{call}`")
    lines = [f"| {reason} | {' | '.join(', '.join(sorted(calls)) for calls in row)} |" for reason, row in rows.items()]
    return "\n".join(["| Why | What it reads | What it writes, without effect |", "|---|---|---|", *lines])


def test_each_made_up_response_has_a_reason() -> None:
    made_up = {operation.call for operation in operations().values() if is_made_up(operation)}
    assert made_up | SOMETIMES == inventions.REASONS.keys()


def test_few_operations_that_read_are_made_up() -> None:
    reading = [call for call in inventions.REASONS if operations()[call].method == "GET"]
    assert len(reading) <= AT_MOST
    told = f"{len(reading)} of the {sum(o.method == 'GET' for o in operations().values())} operations that read"
    assert told in (ROOT / "docs/emulator.md").read_text(encoding="utf-8")


def test_the_document_lists_them() -> None:
    assert table() in (ROOT / "docs/emulator.md").read_text(encoding="utf-8"), table()


def test_the_document_says_how_many_write() -> None:
    writing = [call for call in inventions.REASONS if operations()[call].method != "GET"]
    told = f"{len(writing)} of the {sum(o.method != 'GET' for o in operations().values())} that write have no effect"
    assert told in (ROOT / "docs/emulator.md").read_text(encoding="utf-8"), told


async def test_a_header_marks_them(emulator: Emulator, client: AsyncQovery) -> None:
    cluster = emulator.state.every("cluster")[0].id
    made_up = await client.with_response(client.clusters.list_kubernetes_events)(
        cluster, from_date_time="2026-01-05T09:00:00Z", to_date_time="2026-01-05T10:00:00Z"
    )
    assert made_up.headers["X-Qovery-Emulator"] == "sample"
    without_effect = await client.with_response(client.git.disconnect_github_app)()
    assert without_effect.headers["X-Qovery-Emulator"] == "sample"
    true = await client.with_response(client.clusters.list)()
    assert "X-Qovery-Emulator" not in true.headers


async def test_what_was_written_is_not_made_up(client: AsyncQovery) -> None:
    before = await client.with_response(client.billing.info.get)()
    assert before.headers["X-Qovery-Emulator"] == "sample"
    await client.billing.info.update(to_request(before.result, BillingInfoRequest))
    after = await client.with_response(client.billing.info.get)()
    assert "X-Qovery-Emulator" not in after.headers


async def test_they_can_be_refused() -> None:
    async with (
        Emulator(world="demo", samples="refuse") as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url, retries=NO_RETRIES) as client,
    ):
        with pytest.raises(ApiError, match=r"the response to account\.get_referral: no money flows") as caught:
            await client.account.get_referral()
        assert caught.value.status == 501
        assert len(await client.projects.list()) == 4


async def test_what_is_refused_is_not_in_the_audit_log() -> None:
    async with (
        Emulator(world="demo", samples="refuse") as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url, retries=NO_RETRIES) as client,
    ):
        cluster = emulator.state.every("cluster")[0].id
        with pytest.raises(ApiError, match="no operator runs"):
            await client.clusters.operator.attach(cluster)
        assert len(await client.events.list()) == 0


@pytest.mark.qovery_emulator(samples="refuse", world="demo")
def test_the_fixture_takes_the_option(qovery_emulator: Emulator) -> None:  # noqa: F811
    client = Qovery(qovery_emulator.token, base_url=qovery_emulator.url, retries=NO_RETRIES)
    with client, pytest.raises(ApiError, match="samples='mark'"):
        client.blueprints.catalog.list()
