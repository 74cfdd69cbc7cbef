"""Do services and environments go through the states that deploying, stopping, canceling and deleting promise?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from qovery_async import AsyncQovery, Conflict, NotFound, models
from qovery_async.emulator import Emulator
from qovery_sync import Qovery

pytestmark = [pytest.mark.anyio]

LONG = 600.0


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", rate_limit=None, speed=None) as running:
        yield running


async def an_environment(client: AsyncQovery) -> models.OrganizationEnvironmentResponse:
    return (await client.organizations.list_environments())[0]


async def test_an_environment_is_deployed_service_by_service(emulator: Emulator, client: AsyncQovery) -> None:
    environment = await an_environment(client)
    accepted = await client.environments.deploy(environment.id)
    assert accepted.deployment_request_id
    seen = set()
    for _ in range(60):
        emulator.clock.advance(0.5)
        statuses = await client.environments.get_statuses(environment.id)
        seen |= {status.state for status in statuses.applications}
    assert seen >= {models.StateEnum.BUILDING, models.StateEnum.DEPLOYING, models.StateEnum.DEPLOYED}
    assert statuses.environment.state == models.StateEnum.DEPLOYED
    history = await client.environments.list_deployment_history_v2(environment.id)
    assert history.items[0].status == "DEPLOYED"
    execution = history.items[0].identifier.execution_id
    assert await client.environments.list_deployment_logs(environment.id, version=execution)


async def test_what_is_accepted_shows_only_after_a_while(emulator: Emulator, client: AsyncQovery) -> None:
    environment = await an_environment(client)
    before = await client.environments.get_status(environment.id)
    await client.environments.deploy(environment.id)
    assert (await client.environments.get_status(environment.id)).state == before.state


async def test_the_same_users_same_requests_become_one(emulator: Emulator, client: AsyncQovery) -> None:
    environment = await an_environment(client)
    await client.environments.deploy(environment.id)
    emulator.clock.advance(5)
    second = await client.environments.deploy(environment.id)
    third = await client.environments.deploy(environment.id)
    assert second.deployment_request_id == third.deployment_request_id
    emulator.clock.advance(3)
    (queued,) = await client.deployment_queue.list_for_environment(environment.id)
    assert queued.identifier.deployment_request_id == third.deployment_request_id
    state = await client.deployment_queue.get_status(deployment_request_id=queued.identifier.deployment_request_id)
    assert state.environment_id == environment.id


async def test_a_service_lives_by_itself(emulator: Emulator, client: AsyncQovery) -> None:
    environment = await an_environment(client)
    application = (await client.applications.list(environment.id))[0]
    await client.applications.stop(application.id)
    emulator.clock.advance(LONG)
    assert (await client.applications.get_status(application.id)).state == "STOPPED"
    await client.applications.deploy(application.id, {"git_commit_id": "0" * 40})
    emulator.clock.advance(LONG)
    assert (await client.applications.get_status(application.id)).state == "DEPLOYED"
    assert await client.applications.list_logs(application.id)
    page = await client.applications.list_deployment_history_v2(application.id)
    assert [item.status for item in page.items[:2]] == ["DEPLOYED", "STOPPED"]
    changed = {"name": "renamed", "healthchecks": {}}
    await client.applications.update(application.id, changed)
    assert (await client.applications.get_status(application.id)).service_deployment_status == "OUT_OF_DATE"


async def test_a_build_told_to_fail_fails_the_deployment(emulator: Emulator, client: AsyncQovery) -> None:
    environment = await an_environment(client)
    application = (await client.applications.list(environment.id))[0]
    with pytest.raises(ValueError, match="built from git"):
        emulator.fail_next_build(environment.id)
    emulator.fail_next_build(application.id)
    await client.environments.deploy(environment.id)
    emulator.clock.advance(LONG)
    assert (await client.environments.get_status(environment.id)).last_deployment_state == "BUILD_ERROR"


async def test_a_deployment_can_be_canceled(emulator: Emulator, client: AsyncQovery) -> None:
    environment = await an_environment(client)
    with pytest.raises(Conflict):
        await client.environments.cancel_deployment(environment.id)
    accepted = await client.environments.deploy(environment.id)
    assert accepted.deployment_request_id
    await client.deployment_queue.cancel(accepted.deployment_request_id)
    await client.environments.redeploy(environment.id)
    emulator.clock.advance(6)
    await client.environments.cancel_deployment(environment.id, {"force_cancel": True})
    emulator.clock.advance(LONG)
    assert (await client.environments.get_status(environment.id)).last_deployment_state == "CANCELED"
    with pytest.raises(NotFound):
        await client.deployment_queue.cancel("d2719d1c-0000-4000-8000-000000000000")


async def test_an_agentic_workflow_cancels_the_deployment_of_its_environment(
    emulator: Emulator, client: AsyncQovery
) -> None:
    environment = await an_environment(client)
    workflow = await client.agentic_workflows.create(environment.id, {"name": "reviewer"})
    with pytest.raises(Conflict):
        await client.agentic_workflows.cancel_deployment(workflow.id)
    await client.environments.deploy(environment.id)
    emulator.clock.advance(6)
    await client.agentic_workflows.cancel_deployment(workflow.id, {"force_cancel": True})
    emulator.clock.advance(LONG)
    assert (await client.environments.get_status(environment.id)).last_deployment_state == "CANCELED"


async def test_some_services_are_deployed_in_one_go(emulator: Emulator, client: AsyncQovery) -> None:
    environment = await an_environment(client)
    application = (await client.applications.list(environment.id))[0]
    body = models.DeployAllRequest(
        applications=[models.DeployAllRequestApplication(application_id=application.id, git_commit_id="0" * 40)]
    )
    await client.environments.deploy_services(environment.id, body)
    emulator.clock.advance(LONG)
    run = (await client.environments.list_deployment_history_v2(environment.id)).items[0]
    assert [service.identifier.service_id for stage in run.stages for service in stage.services] == [application.id]
    with pytest.raises(NotFound):
        await client.environments.stop_services(environment.id, {"application_ids": ["nobody"]})


async def test_deleting_takes_time_where_something_runs(emulator: Emulator, client: AsyncQovery) -> None:
    environment = await an_environment(client)
    await client.environments.delete(environment.id)
    assert await client.environments.get(environment.id)
    emulator.clock.advance(LONG)
    with pytest.raises(NotFound):
        await client.environments.get(environment.id)


async def test_overviews_tell_the_status_of_each_environment(emulator: Emulator, client: AsyncQovery) -> None:
    project = (await client.projects.list())[0].id
    environment = (await client.environments.list(project))[0].id
    await client.environments.stop(environment)
    emulator.clock.advance(LONG)
    overviews = await client.environments.list_overviews(project)
    assert [overview.deployment_status for overview in overviews] == await client.environments.list_statuses(project)
    (stopped,) = [overview.deployment_status for overview in overviews if overview.id == environment]
    assert stopped
    assert stopped.state == "STOPPED"


async def test_clusters_live_too(emulator: Emulator, client: AsyncQovery) -> None:
    cluster = (await client.clusters.list())[0]
    await client.clusters.stop(cluster.id)
    emulator.clock.advance(LONG)
    assert (await client.clusters.get_status(cluster.id)).status == "STOPPED"
    await client.clusters.deploy(cluster.id)
    emulator.clock.advance(LONG)
    assert {status.status for status in await client.clusters.list_statuses()} == {"DEPLOYED"}


@pytest.mark.qovery_emulator(world="demo", rate_limit=None, speed=100)
def test_in_the_blocking_style_time_runs(qovery_emulator: Emulator) -> None:
    with Qovery(qovery_emulator.token, base_url=qovery_emulator.url) as client:
        environment = client.organizations.list_environments()[0]
        client.environments.stop(environment.id)
        for _ in range(2000):
            if client.with_options(timeout=5).environments.get_status(environment.id).state == "STOPPED":
                return
    pytest.fail("the environment never stopped")


@pytest.mark.parametrize("kind", ["CRON", "LIFECYCLE"])
async def test_a_history_shows_the_icon_of_the_service(emulator: Emulator, client: AsyncQovery, kind: str) -> None:
    environment = await an_environment(client)
    schedule: Any = {"cronjob": {"scheduled_at": "0 0 * * *"}} if kind == "CRON" else {"on_start": {}}
    content: Any = {"name": "new", "healthchecks": {}, "schedule": schedule}
    job = await client.jobs.create(environment.id, content)
    await client.jobs.deploy(job.id, {})
    emulator.clock.run_out()
    assert kind.lower() in job.icon_uri
    assert [row.icon_uri for row in await client.jobs.list_deployment_history_v2(job.id)] == [job.icon_uri]


async def test_deploying_an_environment_answers_as_its_status_does(emulator: Emulator, client: AsyncQovery) -> None:
    environment = await an_environment(client)
    await client.environments.deploy(environment.id)
    emulator.clock.run_out()
    accepted = await client.environments.deploy(environment.id)
    status = await client.environments.get_status(environment.id)
    assert (accepted.service_deployment_status, status.deployment_status) == ("UP_TO_DATE", "UP_TO_DATE")
