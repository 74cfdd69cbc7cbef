"""Does each action wait until the emulator says that it has succeeded, in few requests?"""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from qovery_async import AsyncQovery
from qovery_async.deployments.patience import intervals
from qovery_async.deployments.snapshot import EnvironmentSnapshot
from qovery_async.emulator import Action, Emulator, Fault, Trigger
from qovery_async.models import StateEnum
from tests.deployments.conftest import Place, clone

pytestmark = pytest.mark.anyio

LOOK = "environments.get_statuses_with_stages"
SECONDS = 20


@pytest.mark.parametrize(
    ("action", "state", "sends"),
    [
        ("deploy", "DEPLOYED", "environments.deploy"),
        ("redeploy", "DEPLOYED", "environments.redeploy"),
        ("stop", "STOPPED", "environments.stop"),
        ("restart", "RESTARTED", "environments.restart_services"),
        ("uninstall", "DELETED", "environments.uninstall"),
    ],
)
async def test_an_environment(place: Place, action: str, state: str, sends: str) -> None:
    if action != "deploy":
        await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
        place.asked.clear()
    end = await place(lambda client: getattr(client.deployments, action)(place.id, timeout=SECONDS))
    assert (end.environment_id, end.state) == (place.id, state)
    assert place.state("APPLICATION") == state
    looks = len(place.asked) - 3
    assert place.asked == ["environments.list_services", LOOK, sends, *[LOOK] * looks], "two before, one POST, looks"


async def test_an_environment_is_deleted(place: Place) -> None:
    await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
    end = await place(lambda client: client.deployments.delete(place.id, timeout=SECONDS))
    assert (end.is_gone, end.state, place.there) == (True, "DELETED", None)


async def test_one_that_was_never_deployed_is_deleted_at_once(place: Place) -> None:
    await place(lambda client: client.deployments.delete(place.id, timeout=SECONDS))
    assert place.there is None


async def test_a_deployment_is_canceled(place: Place) -> None:
    place.emulator.life.act(place.id, Action.DEPLOY, Trigger("bob"))
    end = await place(lambda client: client.deployments.cancel(place.id, force=True, timeout=SECONDS))
    assert end.state == "CANCELED"


async def test_a_clone_is_deployed_with_its_versions(place: Place) -> None:
    api = place.services["APPLICATION"]
    end = await place(
        lambda client: client.deployments.clone_and_deploy(
            place.id, "preview", mode="PREVIEW", versions={api.name: "c0ffee1"}, timeout=SECONDS
        )
    )
    assert end.environment_id != place.id
    assert end.state == "DEPLOYED"
    deployed = {service.name: service for service in end.services}
    assert deployed[api.name].state == "DEPLOYED"


async def test_what_another_started_is_joined(place: Place) -> None:
    place.emulator.life.act(place.id, Action.DEPLOY, Trigger("bob"))
    end = await place(lambda client: client.deployments.wait(place.id, "deploy", timeout=SECONDS))
    assert (end.state, place.state("JOB")) == ("DEPLOYED", "DEPLOYED")
    assert set(place.asked) == {"environments.list_services", LOOK}


async def test_what_is_stopped_already_is_a_success(place: Place) -> None:
    await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
    for _ in range(2):
        end = await place(lambda client: client.deployments.stop(place.id, timeout=SECONDS))
        assert end.state == "STOPPED"


async def test_a_skipped_service_does_not_keep_a_stopped_environment_from_being_a_success(place: Place) -> None:
    database = place.services["DATABASE"].id
    life = place.emulator.life
    await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
    await place(lambda client: client.deployments.stop(place.id, timeout=SECONDS))
    life.service(database).state = StateEnum.READY
    place.emulator.faults.add(Fault.status(409), call="environments.stop")
    end = await place(lambda client: client.deployments.stop(place.id, timeout=SECONDS))
    assert end.state == "STOPPED"


@pytest.mark.parametrize("action", ["deploy", "redeploy", "stop", "restart", "delete", "uninstall"])
async def test_no_services_are_no_action(place: Place, action: str) -> None:
    end = await place(lambda client: getattr(client.deployments, action)(place.id, services=[], timeout=SECONDS))
    assert end.state == "READY"
    assert place.asked == ["environments.list_services", LOOK]


async def test_each_new_state_is_told_once(place: Place) -> None:
    told: list[EnvironmentSnapshot] = []
    end = await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS, on_update=told.append))
    assert told[-1] == end
    assert all(sooner != later for sooner, later in itertools.pairwise(told))


async def test_an_error_of_the_hook_is_raised(place: Place) -> None:
    def hook(_: EnvironmentSnapshot) -> None:
        raise LookupError("of the user")

    with pytest.raises(LookupError, match="of the user"):
        await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS, on_update=hook))


async def test_requests_of_the_same_user_are_merged_and_both_succeed(emulator: Emulator) -> None:
    place = await clone(emulator, "async", "preview-checkout")
    api, db = place.services["APPLICATION"].id, place.services["DATABASE"].id
    async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
        ends = await asyncio.gather(
            client.deployments.deploy(place.id, services=[api], timeout=SECONDS),
            client.deployments.deploy(place.id, services=[db], timeout=SECONDS),
        )
    assert [end.service(id_).state for end, id_ in zip(ends, (api, db), strict=True)] == ["DEPLOYED"] * 2  # type: ignore[union-attr]
    assert len(emulator.life.environment(place.id).past) == 1


async def test_one_merged_under_another_id_succeeds(place: Place) -> None:
    place.emulator.life.merge_next(place.id)
    end = await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
    assert end.state == "DEPLOYED"
    assert "deployment_queue.get_status" in place.asked


async def test_it_waits_behind_the_queue_of_another_user(place: Place) -> None:
    place.emulator.life.act(place.id, Action.STOP, Trigger("bob"))
    end = await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
    assert (end.state, place.state("APPLICATION")) == ("DEPLOYED", "DEPLOYED")


@pytest.mark.slow
async def test_an_outage_of_a_minute_is_waited_out(place: Place) -> None:
    application = place.services["APPLICATION"].id
    place.emulator.life.when(application, "BUILDING", lambda: place.emulator.faults.add(Fault.status(503), seconds=60))
    end = await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
    assert end.state == "DEPLOYED"


def test_at_most_300_looks_an_hour() -> None:
    def within(seconds: float) -> int:
        times = itertools.accumulate(intervals())
        return sum(1 for _ in itertools.takewhile(lambda at: at <= seconds, times))

    assert 240 < within(3600) <= 260
    assert within(7200) - within(3600) <= 240
    assert within(10) >= 5


@pytest.mark.parametrize("status", [403, 404])
async def test_watching_ends_when_the_environment_is_not_shown_any_more(place: Place, status: int) -> None:
    place.emulator.clock.call_later(4, lambda: place.emulator.faults.add(Fault.status(status), call=LOOK))

    async def watch(client: Any) -> list[EnvironmentSnapshot]:
        return [snapshot async for snapshot in client.deployments.watch(place.id)]

    seen = await place(watch if place.face == "async" else lambda client: list(client.deployments.watch(place.id)))
    assert [snapshot.is_gone for snapshot in seen] == [False, True]


async def test_watching_yields_the_present_state_then_each_change(place: Place) -> None:
    emulator = place.emulator
    emulator.life.act(place.id, Action.DEPLOY, Trigger("bob"))
    emulator.clock.call_later(25, lambda: emulator.state.remove(emulator.state.get("environment", place.id)))

    async def watch(client: Any) -> list[EnvironmentSnapshot]:
        return [snapshot async for snapshot in client.deployments.watch(place.id)]

    seen = await place(watch if place.face == "async" else lambda client: list(client.deployments.watch(place.id)))
    states = [str(snapshot.state) for snapshot in seen]
    assert (states[0], states[-1], seen[-1].is_gone) == ("READY", "DELETED", True)
    assert "DEPLOYED" in states
    assert all(sooner != later for sooner, later in itertools.pairwise(seen))
