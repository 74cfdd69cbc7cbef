"""Which events do the filters and the pages of the audit log show?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from qovery_async import AsyncQovery, BadRequest
from qovery_async.emulator import AuditLog, Emulator, Trigger
from qovery_sync import Qovery
from tests.support.audit import Place, told

pytestmark = pytest.mark.anyio


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", rate_limit=None, speed=None) as running:
        yield running


@pytest.fixture
def place(emulator: Emulator) -> Place:
    return Place(emulator)


async def busy(emulator: Emulator, client: AsyncQovery, place: Place) -> None:
    """Some events of two users, in two projects and at several times."""
    await client.projects.create({"name": "new"})
    emulator.clock.advance(60)
    await client.applications.stop(place.application)
    emulator.clock.advance(60)
    async with AsyncQovery(emulator.user_token("bob"), base_url=emulator.url, user_agent="qovery-cli") as bob:
        await bob.environments.stop(emulator.state.every("environment")[5].id)
    emulator.clock.advance(60)


async def test_filters(emulator: Emulator, client: AsyncQovery, place: Place) -> None:
    await busy(emulator, client, place)
    everything, start = await told(client), int(emulator.clock.now().timestamp()) - 180
    bobs = [event for event in everything if event[2] not in ("new", "storefront")]
    stopped = ("STOPPED", "APPLICATION", "storefront")
    assert len(bobs) == 5
    assert await told(client, event_type="CREATE") == [("CREATE", "PROJECT", "new")]
    assert await told(client, target_type="PROJECT") == [("CREATE", "PROJECT", "new")]
    assert await told(client, sub_target_type="CONFIG") == [("CREATE", "PROJECT", "new")]
    assert await told(client, target_type="APPLICATION", target_id=place.application) == everything[1:3]
    assert await told(client, triggered_by="bob") == await told(client, origin="CLI") == bobs
    assert await told(client, service_project_id=place.project) == everything[1:3]
    assert await told(client, service_environment_id=place.environment) == everything[1:3]
    sandbox = emulator.state.every("environment")[5].id
    assert await told(client, service_environment_id=sandbox) == [one for one in bobs if one[1] != "ENVIRONMENT"]
    assert await told(client, from_timestamp=str(start + 60), to_timestamp=str(start + 120)) == everything[1:3]
    assert await told(client, to_timestamp=str(start + 60)) == everything[:1]
    assert await told(client, event_type="STOPPED", service_project_id=place.project) == [stopped]
    assert await told(client, event_type="SHELL") == []


async def test_targets_of_events(emulator: Emulator, client: AsyncQovery, place: Place) -> None:
    await busy(emulator, client, place)

    async def names(**filters: Any) -> set[str | None]:
        return {target.name for target in (await client.events.list_targets(**filters)).targets or ()}

    assert await names(target_type="PROJECT") == {"new"}
    assert await names(target_type="APPLICATION", environment_id=place.environment) == {"storefront"}
    assert await names(target_type="APPLICATION", target_level_to_fetch="PROJECT") == {"shop", "payments"}
    assert await names(triggered_by="bob", target_level_to_fetch="ENVIRONMENT") == {"sandbox"}


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"target_id": "x"}, "targetId: needs targetType"),
        ({"from_timestamp": "1767603600000"}, "fromTimestamp: must be a Unix time in seconds"),
        ({"to_timestamp": "yesterday"}, "toTimestamp: must be a Unix time in seconds"),
        ({"page_size": 0}, "pageSize: must be at least 1"),
        ({"continue_token": "x"}, "continueToken: no page has this token"),
    ],
)
async def test_wrong_filters_are_refused(client: AsyncQovery, filters: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        await client.events.list(**filters)


async def test_pages_go_on_and_back(client: AsyncQovery) -> None:
    for number in range(25):
        await client.projects.create({"name": f"project {number}"})
    first = await client.events.list()
    assert ([event.target_name for event in first][::9], first.previous) == (["project 24", "project 15"], None)
    await client.projects.create({"name": "meanwhile"})
    second = await client.events.list(continue_token=first.next or "")
    third = await client.events.list(continue_token=second.next or "")
    assert [len(page) for page in (first, second, third)] == [10, 10, 5]
    assert (third.next, third.items[-1].target_name) == (None, "project 0")
    back = await client.events.list(step_back_token=third.previous or "")
    assert back.items == second.items
    newest = await client.events.list(page_size=100, step_back_token=back.previous or "")
    assert newest.items[0].target_name == "meanwhile"
    assert len(newest) == 11
    assert len(await client.events.list(page_size=1000)) == 26


async def test_no_page_has_more_than_a_hundred_events(emulator: Emulator, client: AsyncQovery) -> None:
    fill(emulator.audit_log, emulator.state.every("organization")[0].id, 250)
    page = await client.events.list(page_size=1000)
    assert (len(page), page.limit_reached) == (100, False)
    names = [event.target_name async for event in client.events.iterate(event_type="CREATE", page_size=7)]
    assert names == [str(number) for number in reversed(range(250))]


async def test_older_events_than_the_limit_are_hidden(emulator: Emulator, client: AsyncQovery) -> None:
    emulator.audit_log.limit = 20
    fill(emulator.audit_log, emulator.state.every("organization")[0].id, 21)
    assert [event.target_name async for event in client.events.iterate()][-1] == "1"
    assert (await client.events.list()).limit_reached


def fill(log: AuditLog, organization_id: str, count: int) -> None:
    for number in range(count):
        about = {"event_type": "CREATE", "target_type": "PROJECT", "target_id": "x", "target_name": str(number)}
        log.add(organization_id, Trigger("ada"), about)


def test_in_the_blocking_style_all_pages_are_walked(qovery_emulator: Emulator) -> None:
    with Qovery(qovery_emulator.token, base_url=qovery_emulator.url) as client:
        for number in range(12):
            client.projects.create({"name": f"project {number}"})
        names = [event.target_name for event in client.events.iterate(page_size=5)]
        assert names == [f"project {number}" for number in reversed(range(12))]


async def test_a_plan_says_how_long_events_are_kept() -> None:
    async with (
        Emulator(world="demo", speed=None) as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url) as client,
    ):
        project = emulator.state.every("project")[0]
        await client.projects.update(project.id, {"name": "old"})
        plan = (await client.organization.get()).organization_plan
        assert plan is not None
        assert (plan.plan, plan.audit_logs_retention_in_days) == ("ENTERPRISE", 365)
        emulator.clock.advance(364 * 86_400)
        await client.projects.update(project.id, {"name": "new"})
        assert [event.target_name for event in await client.events.list()] == ["new", "old"]
        emulator.clock.advance(2 * 86_400)
        assert [event.target_name for event in await client.events.list()] == ["new"]
