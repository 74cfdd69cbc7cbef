"""Is the version that a deploy request names deployed, and does everything that tells of versions tell it?"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from qovery_async import AsyncQovery, BadRequest, to_dict
from qovery_async.emulator import Emulator
from qovery_sync import Qovery
from tests.support.versions import GIT, KINDS, LONG, NEW, OLD, OTHER, Bench, at, body

pytestmark = pytest.mark.anyio


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", rate_limit=None, speed=None) as running:
        yield running


@pytest.mark.parametrize("road", ["one", "many"])
@pytest.mark.parametrize("kind", KINDS)
async def test_the_version_of_a_request_is_deployed_and_told_everywhere(
    emulator: Emulator, client: AsyncQovery, kind: str, road: str
) -> None:
    bench = await Bench.of(emulator, client, kind)
    before = await bench.shown()
    await bench.ask(NEW, road)
    emulator.clock.advance(3.5)
    assert await bench.shown() == before, "not before it has succeeded"
    if bench.past:
        assert await bench.history() == [NEW], "while it runs"
    emulator.clock.advance(LONG)
    assert (await bench.status()).service_deployment_status == "UP_TO_DATE"
    assert await bench.shown() == NEW
    (listed,) = [one for one in await bench.family.list(bench.environment) if one.id == bench.id]
    assert at(to_dict(listed), bench.place) == NEW
    (among,) = [one for one in await client.environments.list_services(bench.environment) if one.id == bench.id]
    assert at(to_dict(among), bench.place) == NEW
    if not bench.past:
        return
    v1 = (await client.environments.list_deployment_history(bench.environment)).items[0]
    if kind != "terraform":
        assert at(to_dict(getattr(v1, bench.list)[0]), bench.past) == NEW
        own = next(iter(await bench.family.list_deployment_history(bench.id)))
        assert at(to_dict(own), bench.past) == NEW
    run = (await client.environments.list_deployment_history_v2(bench.environment)).items[0]
    assert at(to_dict(run.stages[0].services[0].details), bench.past) == NEW
    lines = await client.environments.list_deployment_logs(bench.environment, version=run.identifier.execution_id)
    assert f"Deploying new {NEW}" in [line.message.safe_message for line in lines if line.message]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_failed_or_was_canceled_leaves_the_old_version_and_the_next_deployment_takes_it(
    emulator: Emulator, client: AsyncQovery, kind: str
) -> None:
    bench = await Bench.of(emulator, client, kind)
    await bench.deploy(NEW)
    emulator.life.fail_next_deployment(bench.id)
    await bench.deploy(OTHER)
    assert await bench.shown() == NEW
    await bench.ask(OTHER)
    await client.environments.cancel_deployment(bench.environment)
    emulator.clock.advance(LONG)
    assert await bench.shown() == NEW
    await bench.family.redeploy(bench.id)
    emulator.clock.advance(LONG)
    await client.environments.deploy(bench.environment)
    emulator.clock.advance(LONG)
    assert await bench.shown() == NEW
    if bench.past:
        assert await bench.history() == [NEW, NEW, OTHER, OTHER, NEW]


async def test_the_date_and_the_author_of_a_deployed_commit_are_shown(emulator: Emulator, client: AsyncQovery) -> None:
    bench = await Bench.of(emulator, client, "application")
    assert (await client.applications.get(bench.id)).git_repository.deployed_commit_date is None
    await bench.deploy(NEW)
    repository = (await client.applications.get(bench.id)).git_repository
    assert (repository.deployed_commit_contributor, repository.deployed_commit_tag) == ("Ada Lovelace", NEW[:7])
    assert repository.deployed_commit_date
    assert repository.deployed_commit_date < emulator.clock.now()


async def test_what_a_new_world_has_deployed_shows_its_commit(emulator: Emulator, client: AsyncQovery) -> None:
    environment = (await client.organizations.list_environments())[0].id
    storefront, api = await client.applications.list(environment)
    for application in (storefront, api):
        deployed = (await client.applications.get_status(application.id)).state == "DEPLOYED"
        assert bool(application.git_repository.deployed_commit_id) == deployed
    history = await client.applications.list_deployment_history_v2(storefront.id)
    details = to_dict(history.items[0].details)
    assert at(details, "commit.git_commit_id") == storefront.git_repository.deployed_commit_id


async def test_an_update_keeps_the_deployed_commit(emulator: Emulator, client: AsyncQovery) -> None:
    bench = await Bench.of(emulator, client, "application")
    await bench.deploy(NEW)
    changed = await client.applications.update(bench.id, {"name": "changed", "healthchecks": {}, "git_repository": GIT})
    assert changed.git_repository.deployed_commit_id == NEW
    assert (await client.applications.get_status(bench.id)).service_deployment_status == "OUT_OF_DATE"


async def test_an_application_without_a_repository_is_deployed_all_the_same(
    emulator: Emulator, client: AsyncQovery
) -> None:
    bench = await Bench.of(emulator, client, "application")
    await client.applications.update(bench.id, {"name": "changed", "healthchecks": {}})
    await bench.deploy(NEW)
    assert (await bench.history(), await bench.shown()) == ([NEW], None)


async def test_a_clone_has_the_tags_and_nothing_deployed(emulator: Emulator, client: AsyncQovery) -> None:
    application = await Bench.of(emulator, client, "application")
    container = await Bench.of(emulator, client, "container")
    await application.deploy(NEW)
    await container.deploy(NEW)
    clone = (await client.environments.clone(application.environment, {"name": "clone"})).id
    (cloned,) = [one for one in await client.applications.list(clone) if one.name == "new"]
    assert cloned.git_repository.deployed_commit_id is None
    assert [one.tag for one in await client.containers.list(clone) if one.name == "new"] == [NEW]


async def test_a_merged_request_deploys_the_latest_version_it_was_given(
    emulator: Emulator, client: AsyncQovery
) -> None:
    bench = await Bench.of(emulator, client, "container")
    await bench.ask(OTHER)
    await bench.ask(NEW, "many")
    await client.environments.deploy(bench.environment)
    emulator.clock.advance(LONG)
    assert await bench.shown() == NEW
    assert await bench.history() == [NEW]


async def test_the_logs_of_a_service_tell_its_version(emulator: Emulator, client: AsyncQovery) -> None:
    bench = await Bench.of(emulator, client, "container")
    await bench.deploy(OLD)
    await bench.deploy(NEW)
    lines = await client.containers.list_logs(bench.id)
    starts = [line for line in lines if line.message.startswith("Starting")]
    assert [(line.message, line.version) for line in starts] == [(f"Starting new {v}", v) for v in (OLD, NEW)]
    assert "Received SIGTERM, shutting down" in [line.message for line in lines]


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("PLAN", ("TERRAFORM_PLAN_ONLY", "DEPLOY_DRY_RUN")),
        ("FORCE_UNLOCK", ("TERRAFORM_FORCE_UNLOCK_STATE", "TERRAFORM_FORCE_UNLOCK")),
        ("MIGRATE_STATE", ("TERRAFORM_MIGRATE_STATE", "TERRAFORM_MIGRATE_STATE")),
    ],
)
@pytest.mark.parametrize("road", ["one", "many"])
async def test_actions_of_terraform_are_told_and_deploy_nothing(
    emulator: Emulator, client: AsyncQovery, road: str, action: str, told: tuple[str, str]
) -> None:
    bench = await Bench.of(emulator, client, "terraform")
    await bench.deploy(NEW, road, action=action)
    status = await bench.status()
    assert status.service_deployment_status == "NEVER_DEPLOYED"
    run = (await client.environments.list_deployment_history_v2(bench.environment)).items[0]
    assert (status.status_details.sub_action, run.trigger_action) == told
    assert await bench.shown() is None
    await bench.deploy(NEW, road)
    status = await bench.status()
    assert status.status_details.sub_action == "TERRAFORM_PLAN_AND_APPLY"


@pytest.mark.parametrize(
    ("kind", "key", "takes"),
    [
        ("application", "image_tag", "git_commit_id"),
        ("image job", "git_commit_id", "image_tag"),
        ("git job", "image_tag", "git_commit_id"),
        ("chart", "git_commit_id", "chart_version"),
        ("git chart", "chart_version", "git_commit_id"),
        ("chart", "values_override_git_commit_id", "chart_version"),
    ],
)
async def test_a_version_of_another_kind_is_refused(
    emulator: Emulator, client: AsyncQovery, kind: str, key: str, takes: str
) -> None:
    bench = await Bench.of(emulator, client, kind)
    name = "application_id" if kind == "application" else "id"
    with pytest.raises(BadRequest, match=f"{key}: .* takes {takes}"):
        await client.environments.deploy_services(bench.environment, {bench.list: [{name: bench.id, key: NEW}]})


@pytest.mark.parametrize("kind", ["container", "image job"])
async def test_a_pushed_tag_is_deployed_to_all_that_use_the_image_automatically(
    emulator: Emulator, client: AsyncQovery, kind: str
) -> None:
    bench, other = await Bench.of(emulator, client, kind), (await client.organizations.list_environments())[1].id
    automatic = (await bench.family.create(other, body(emulator, kind) | {"auto_deploy": True})).id
    accepted = await bench.family.auto_deploy({"image_name": "acme/new", "tag": NEW})
    assert (accepted.id, accepted.state) == (automatic, "DEPLOYMENT_QUEUED")
    emulator.clock.advance(LONG)
    assert await bench.shown() == OLD
    assert at(to_dict(await bench.family.get(automatic)), bench.place) == NEW


@pytest.mark.qovery_emulator(world="demo", rate_limit=None, speed=200)
def test_in_the_blocking_style_a_version_arrives(qovery_emulator: Emulator) -> None:
    with Qovery(qovery_emulator.token, base_url=qovery_emulator.url) as client:
        container = next(one for one in client.services.list() if one.service_type == "CONTAINER")
        client.containers.deploy(container.id, {"image_tag": "2.0.0"})
        for _ in range(2000):
            if client.containers.get(container.id).tag == "2.0.0":
                return
    pytest.fail("the version was never deployed")
