"""What can a test make happen to deployments? What others do, and what goes wrong without an error."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from qovery_async import NO_RETRIES, AsyncQovery, Forbidden, NotFound, ServerError, models
from qovery_async.emulator import Durations, Emulator, Fault
from qovery_async.emulator.life import statuses
from qovery_async.emulator.life.actions import Action
from qovery_sync import Qovery
from tests.support.life_world import ADA, API, BOB, DB, ENV, JOB, WEB, Stand

LONG = 600.0


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", rate_limit=None, speed=None) as running:
        yield running


async def an_application(client: AsyncQovery) -> tuple[str, str]:
    """An environment and an application in it."""
    environment = (await client.organizations.list_environments())[0]
    return environment.id, (await client.applications.list(environment.id))[0].id


@pytest.mark.parametrize(("action", "state"), [(Action.DEPLOY, "DEPLOYING"), (Action.RESTART, "RESTARTING")])
def test_a_readiness_that_never_comes_lasts_until_the_deployment_is_canceled(
    deployed: Stand, action: Action, state: str
) -> None:
    deployed.life.never_ready(WEB)
    request = deployed.life.act(ENV, action, ADA)
    deployed.clock.run_out()
    deployed.clock.advance(86_400)
    assert (deployed.service(WEB), deployed.environment) == (state, state)
    done, queued = ("DEPLOYED", "DEPLOYMENT_QUEUED") if action is Action.DEPLOY else ("RESTARTED", "RESTART_QUEUED")
    assert (deployed.service(API), deployed.service(JOB)) == (done, queued), "later stages wait"
    deployed.life.cancel(ENV)
    deployed.clock.run_out()
    assert (deployed.service(WEB), request.state) == ("CANCELED", "CANCELED")
    assert deployed.act(Action.DEPLOY) == "DEPLOYED", "only once"


def test_a_readiness_that_never_comes_does_not_keep_a_service_from_stopping(deployed: Stand) -> None:
    deployed.life.never_ready(WEB)
    assert deployed.act(Action.STOP) == "STOPPED"


@pytest.mark.anyio
async def test_the_id_in_the_response_is_unknown_once_the_request_is_merged(
    emulator: Emulator, client: AsyncQovery
) -> None:
    environment, application = await an_application(client)
    emulator.life.merge_next(environment)
    accepted = (await client.environments.deploy(environment)).deployment_request_id
    assert accepted
    await client.deployment_queue.get_status(deployment_request_id=accepted)
    emulator.clock.advance(3)
    with pytest.raises(NotFound):
        await client.deployment_queue.get_status(deployment_request_id=accepted)
    status = await client.applications.get_status(application)
    assert status.deployment_request_id not in (None, accepted)
    merged = await client.deployment_queue.get_status(deployment_request_id=status.deployment_request_id or "")
    emulator.clock.advance(LONG)
    assert (merged.environment_id, merged.status) == (environment, "DEPLOYMENT_QUEUED")
    assert (await client.environments.get_status(environment)).last_deployment_state == "DEPLOYED"
    again = (await client.environments.deploy(environment)).deployment_request_id
    emulator.clock.advance(LONG)
    assert (await client.applications.get_status(application)).deployment_request_id == again, "only once"


def test_a_merged_request_can_be_canceled_before_it_begins(stand: Stand) -> None:
    stand.act(Action.DEPLOY, services=[DB])
    stand.life.merge_next(ENV)
    request = stand.life.act(ENV, Action.STOP, ADA)
    stand.life.cancel_request(request.id)
    stand.clock.run_out()
    assert request.state == "CANCELED"


def test_a_function_is_called_once_when_a_service_reaches_a_state(stand: Stand) -> None:
    seen: list[str] = []
    stand.life.when(WEB, "BUILDING", lambda: seen.append(stand.service(WEB)))
    stand.act(Action.DEPLOY)
    stand.act(Action.DEPLOY)
    assert seen == ["BUILDING"]


def test_a_function_may_cancel_the_run_that_calls_it(stand: Stand) -> None:
    stand.life.when(WEB, "BUILDING", lambda: stand.life.cancel(ENV))
    assert stand.act(Action.DEPLOY) == "CANCELED"


@pytest.mark.parametrize("state", ["QUEUED", "BUILDING", "DEPLOYING", "DEPLOYED"])
@pytest.mark.anyio
async def test_an_environment_can_go_away_during_its_deployment(
    emulator: Emulator, client: AsyncQovery, state: str
) -> None:
    environment, application = await an_application(client)
    emulator.life.when(
        application, state, lambda: emulator.state.remove(emulator.state.get("environment", environment))
    )
    await client.environments.deploy(environment)
    emulator.clock.advance(LONG)
    with pytest.raises(NotFound):
        await client.environments.get_status(environment)


@pytest.mark.anyio
async def test_an_outage_lasts_for_its_seconds(emulator: Emulator, client: AsyncQovery) -> None:
    environment, application = await an_application(client)
    emulator.life.when(application, "BUILDING", lambda: emulator.faults.add(Fault.status(503), seconds=60))
    await client.environments.deploy(environment)
    emulator.clock.advance(10)
    for _ in range(5):
        with pytest.raises(ServerError):
            await client.environments.get_statuses_with_stages(environment)
        emulator.clock.advance(10)
    emulator.clock.advance(10)
    assert (await client.environments.get_status(environment)).state == "DEPLOYED", "the deployment went on"
    for wrong in (0, -1, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="seconds must be"):
            emulator.faults.add(Fault.status(503), seconds=wrong)


@pytest.mark.anyio
async def test_requests_of_another_user_are_not_merged(emulator: Emulator, client: AsyncQovery) -> None:
    environment, _ = await an_application(client)
    async with AsyncQovery(emulator.user_token("bob"), base_url=emulator.url, retries=NO_RETRIES) as bob:
        ours = await client.environments.redeploy(environment)
        theirs = await bob.environments.redeploy(environment)
        assert ours.deployment_request_id != theirs.deployment_request_id
        emulator.clock.advance(LONG)
        history = await client.environments.list_deployment_history_v2(environment)
        assert history.items[0].auditing_data.triggered_by == "bob"
        await bob.environments.deploy(environment)
        await bob.environments.cancel_deployment(environment)
        emulator.clock.advance(LONG)
    assert (await client.environments.get_status(environment)).last_deployment_state == "CANCELED"
    assert emulator.user_token("bob") == emulator.user_token("bob") != emulator.user_token("eve")


@pytest.mark.anyio
async def test_a_user_sees_no_other_organizations_than_the_token_of_the_emulator(emulator: Emulator) -> None:
    foreign = emulator.state.add("organization", emulator.state.root, {"id": emulator.state.new_id(), "name": "other"})
    async with AsyncQovery(emulator.user_token("bob"), base_url=emulator.url, retries=NO_RETRIES) as bob:
        assert [organization.name for organization in await bob.organizations.list()] == ["acme"]
        with pytest.raises(Forbidden):
            await bob.projects.list(organization_id=foreign.id)


@pytest.mark.anyio
async def test_a_cluster_told_to_fail_fails(emulator: Emulator, client: AsyncQovery) -> None:
    first, second = await client.clusters.list()
    emulator.clusters.fail_next(first.id)
    emulator.clusters.fail_next(second.id, credentials=True)
    for cluster in (first, second):
        await client.clusters.deploy(cluster.id)
    emulator.clock.advance(LONG)
    ends = {status.status for status in await client.clusters.list_statuses()}
    assert ends == {"DEPLOYMENT_ERROR", "INVALID_CREDENTIALS"}


@pytest.mark.anyio
async def test_how_long_statuses_lag_can_be_chosen() -> None:
    async with (
        Emulator(world="demo", speed=None, durations=Durations(lag=30)) as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url) as client,
    ):
        environment, _ = await an_application(client)
        cluster = (await client.clusters.list())[0].id
        await client.clusters.stop(cluster)
        await client.environments.stop(environment)

        async def states() -> list[str]:
            status = await client.environments.get_status(environment)
            return [status.last_deployment_state, (await client.clusters.get_status(cluster)).status or ""]

        before = await states()
        emulator.clock.advance(29)
        assert await states() == before
        emulator.clock.advance(1)
        assert await states() == ["STOP_QUEUED", "STOP_QUEUED"]
        emulator.clock.advance(LONG)
        emulator.life.durations = Durations(lag=90)
        await client.environments.deploy(environment)
        emulator.clock.advance(89)
        assert (await states())[0] == "STOPPED"


def test_what_a_failed_stage_skips_keeps_its_state(deployed: Stand) -> None:
    deployed.act(Action.STOP, services=[JOB])
    deployed.life.fail_next_deployment(WEB)
    assert deployed.act(Action.DEPLOY) == "DEPLOYMENT_ERROR"
    status = statuses.service_status(deployed.life, ENV, JOB)
    assert (status["state"], status["status_details"]["status"]) == ("STOPPED", "NEVER")
    assert status["service_deployment_status"] == "UP_TO_DATE"
    stages = statuses.statuses_with_stages(deployed.life, ENV)["stages"]
    assert [stage["stage"]["status"] for stage in stages] == ["DONE", "ERROR", "SKIPPED"]


def test_a_request_canceled_in_the_queue_leaves_all_states_as_they_were() -> None:
    stand = Stand(durations=Durations(lag=0))
    stand.act(Action.DEPLOY)
    running = stand.life.act(ENV, Action.RESTART, ADA)
    stand.clock.advance(1)
    queued = stand.life.act(ENV, Action.STOP, BOB)
    stand.clock.advance(0)
    assert statuses.service_status(stand.life, ENV, WEB)["deployment_requests_count"] == 1
    stand.life.cancel_request(queued.id)
    stand.clock.run_out()
    assert (statuses.request_status(stand.life, queued.id)["status"], queued.run) == ("CANCELED", None)
    status = statuses.service_status(stand.life, ENV, WEB)
    assert (status["state"], status["deployment_requests_count"]) == ("RESTARTED", 0)
    assert status["deployment_request_id"] == running.id
    assert stand.environment == "RESTARTED"


def _ends(
    client: Qovery, environment: str, read: Callable[[models.EnvironmentStatus], bool]
) -> models.EnvironmentStatus:
    for _ in range(2000):
        if read(status := client.environments.get_status(environment)):
            return status
    pytest.fail("it never ended")


@pytest.mark.qovery_emulator(world="demo", rate_limit=None, speed=100)
def test_from_another_thread_on_a_running_clock(qovery_emulator: Emulator) -> None:
    with Qovery(qovery_emulator.token, base_url=qovery_emulator.url) as client:
        environment = client.organizations.list_environments()[0].id
        application = client.applications.list(environment)[0].id
        qovery_emulator.life.never_ready(application)
        qovery_emulator.life.when(
            application,
            "DEPLOYING",
            lambda: (
                qovery_emulator.faults.add(Fault.status(503), call="environments.get_status", seconds=60),
                qovery_emulator.life.cancel(environment),
            ),
        )
        client.environments.deploy(environment)
        canceled = _ends(client, environment, lambda status: status.last_deployment_state == "CANCELED")
        assert canceled.last_deployment_state == "CANCELED"
        assert qovery_emulator.faults.rules[0].inflicted
