"""Is a clone ever lost, whatever ends the work on it?"""

from __future__ import annotations

import asyncio

import pytest

from qovery_async import AsyncQovery, DeploymentTimeout, QoveryError, RequestEvent, ServerError
from qovery_async.emulator import Emulator, Fault
from tests.deployments.conftest import Place, clone

pytestmark = pytest.mark.anyio

SECONDS = 20
LOOK = "environments.get_statuses_with_stages"


async def lost_clone(place: Place, fault: Fault, failing: str, seconds: float = SECONDS) -> tuple[str, Exception]:
    """The id of a clone, and the error that ends the work on it when a later request fails."""

    def fail_once_cloned(event: RequestEvent) -> None:
        if event.operation == "environments.clone":
            place.emulator.faults.add(fault, call=failing)

    versions = {place.services["APPLICATION"].name: "c0ffee1"}
    with pytest.raises(QoveryError) as caught:
        await place(
            lambda client: client.deployments.clone_and_deploy(place.id, "lost", versions=versions, timeout=seconds),
            on_request=fail_once_cloned,
        )
    (made,) = [each for each in place.emulator.state.every("environment") if each.value["name"] == "lost"]
    return made.id, caught.value


@pytest.mark.parametrize("failing", ["environments.list_services", LOOK, "environments.deploy_services"])
async def test_a_clone_that_cannot_be_deployed_is_not_lost(place: Place, failing: str) -> None:
    made, error = await lost_clone(place, Fault.status(503), failing)
    assert isinstance(error, ServerError)
    assert any(f"The clone is environment {made}" in note for note in error.__notes__)


async def test_a_clone_is_not_lost_where_the_time_is_up_before_its_services_are_read(place: Place) -> None:
    made, error = await lost_clone(place, Fault.latency(SECONDS), "environments.list_services", seconds=0.5)
    assert isinstance(error, DeploymentTimeout)
    assert (error.environment_id, f"environment {made}" in str(error)) == (made, True)


@pytest.mark.parametrize("slow", ["environments.clone", "environments.list_services"])
async def test_a_clone_is_told_where_the_work_on_it_is_canceled(
    emulator: Emulator, caplog: pytest.LogCaptureFixture, slow: str
) -> None:
    place, cloning = await clone(emulator, "async", "preview-checkout"), asyncio.Event()
    versions = {place.services["APPLICATION"].name: "c0ffee1"}

    def slow_down(event: RequestEvent) -> None:
        if event.operation == "environments.clone":
            emulator.faults.add(Fault.latency(SECONDS), call=slow)
            cloning.set()

    async def work(client: AsyncQovery) -> None:
        cloned = client.deployments.clone_and_deploy(place.id, "lost", versions=versions, timeout=SECONDS)
        task = asyncio.create_task(cloned)
        await cloning.wait()
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    await place(work, on_request=slow_down)
    made = [each.id for each in emulator.state.every("environment") if each.value["name"] == "lost"]
    told = f"The clone is environment {made[0]}" if made else f"a clone of environment {place.id}: 'lost' may be there"
    assert told in caplog.text
    assert len(made) == (slow != "environments.clone")
