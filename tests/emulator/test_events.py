"""Does the audit log tell what was done, by whom and to what?"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from qovery_async import NO_RETRIES, AsyncQovery, NotFound
from qovery_async.emulator import Emulator
from tests.support.audit import Place, short, told

pytestmark = pytest.mark.anyio

LONG = 600.0
GIT = {"url": "https://github.com/acme/x.git", "provider": "GITHUB"}


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", rate_limit=None, speed=None) as running:
        yield running


@pytest.fixture
def place(emulator: Emulator) -> Place:
    return Place(emulator)


async def test_objects_that_are_created_changed_and_deleted(client: AsyncQovery) -> None:
    project = await client.projects.create({"name": "new"})
    await client.projects.update(project.id, {"name": "renamed"})
    await client.projects.delete(project.id)
    assert await told(client) == [
        ("CREATE", "PROJECT", "new"),
        ("UPDATE", "PROJECT", "renamed"),
        ("DELETE", "PROJECT", "renamed"),
    ]
    update = (await client.events.list(event_type="UPDATE")).items[0]
    assert (update.target_id, update.project_id, update.project_name) == (project.id, project.id, "renamed")
    assert [json.loads(text or "")["name"] for text in (update.original_change, update.change)] == ["new", "renamed"]


async def test_parts_of_objects_have_these_as_their_target(client: AsyncQovery, place: Place) -> None:
    where = {"variable_scope": "APPLICATION", "variable_parent_id": place.application}
    await client.variables.create({"key": "A", "value": "do not tell", "is_secret": True, **where})
    await client.applications.advanced_settings.update(place.application, {})
    await client.api_tokens.create({"name": "ci", "role_id": None})
    await client.deployment_stages.create(place.environment, {"name": "last"})
    await client.environments.clone(place.environment, {"name": "copy"})
    events = list(reversed((await client.events.list()).items))
    assert [(*short(event), event.sub_target_type) for event in events] == [
        ("CREATE", "APPLICATION", "storefront", "SECRET"),
        ("UPDATE", "APPLICATION", "storefront", "ADVANCED_SETTINGS"),
        ("CREATE", "ORGANIZATION", "acme", "API_TOKEN"),
        ("CREATE", "ENVIRONMENT", "production", "DEPLOYMENT_STAGE"),
        ("CLONE", "ENVIRONMENT", "copy", "CONFIG"),
    ]
    assert "do not tell" not in "".join(event.change or "" for event in events)
    assert (events[0].environment_id, events[0].environment_name) == (place.environment, "production")


async def test_what_an_event_has_not_is_left_out(emulator: Emulator, client: AsyncQovery, place: Place) -> None:
    """The description forbids null for the names of project and environment."""
    await client.api_tokens.create({"name": "ci", "role_id": None})
    await client.clusters.stop(place.cluster)
    organization = emulator.state.every("organization")[0].id
    stop, create = (event.shown for event in emulator.audit_log.newest_first(organization))
    assert not {None} & {*stop.values(), *create.values()}
    assert not {key for key in (*stop, *create) if key.startswith(("project", "environment"))}


async def test_members_are_found_in_the_body(client: AsyncQovery) -> None:
    grace = next(member for member in await client.members.list() if member.name == "Grace Hopper")
    roles = {role.name: role.id for role in await client.organizations.list_available_roles()}
    await client.members.update_role({"user_id": grace.id, "role_id": roles["Viewer"]})
    await client.members.delete({"user_id": grace.id})
    assert await told(client) == [
        ("UPDATE", "MEMBERS_AND_ROLES", "Grace Hopper"),
        ("DELETE", "MEMBERS_AND_ROLES", "Grace Hopper"),
    ]


@pytest.mark.parametrize(
    ("act", "ended"),
    [
        ("deploy", "DEPLOYED"),
        ("redeploy", "DEPLOYED"),
        ("stop", "STOPPED"),
        ("uninstall", "UNINSTALLED"),
        ("delete", "DELETED"),
    ],
)
async def test_actions_on_an_environment(
    emulator: Emulator, client: AsyncQovery, place: Place, act: str, ended: str
) -> None:
    await getattr(client.environments, act)(place.environment)
    assert await told(client) == [(f"TRIGGER_{act.upper()}", "ENVIRONMENT", "production")]
    emulator.clock.advance(LONG)
    services = [("DATABASE", "orders"), ("JOB", "newsletter"), ("APPLICATION", "storefront"), ("APPLICATION", "api")]
    assert (await told(client))[1:] == [(ended, *service) for service in [*services, ("ENVIRONMENT", "production")]]
    assert {event.environment_id async for event in client.events.iterate()} == {place.environment}


async def test_actions_on_services(emulator: Emulator, client: AsyncQovery, place: Place) -> None:
    both = {"application_ids": [place.application, place.other]}
    await client.applications.deploy(place.application, {"git_commit_id": "c0ffee"})
    emulator.clock.advance(LONG)
    await client.environments.stop_services(place.environment, both)
    emulator.clock.advance(LONG)
    emulator.life.fail_next_deployment(place.other)
    await client.environments.deploy_services(place.environment, {"applications": [{"application_id": place.other}]})
    emulator.clock.advance(LONG)
    await client.applications.restart(place.application)
    emulator.clock.advance(LONG)
    await client.applications.uninstall(place.application, {})
    emulator.clock.advance(LONG)
    types = [
        *("TRIGGER_DEPLOY", "DEPLOYED", "TRIGGER_STOP", "TRIGGER_STOP", "STOPPED", "STOPPED"),
        *("TRIGGER_DEPLOY", "DEPLOY_FAILED", "TRIGGER_RESTART", "RESTARTED", "TRIGGER_UNINSTALL", "UNINSTALLED"),
    ]
    s, a = "storefront", "api"
    assert await told(client) == [
        (type_, "APPLICATION", name) for type_, name in zip(types, (s, s, s, a, s, a, a, a, s, s, s, s), strict=True)
    ]


async def test_what_was_canceled_or_skipped_did_not_end(emulator: Emulator, client: AsyncQovery, place: Place) -> None:
    emulator.life.fail_next_deployment(place.job)
    await client.environments.deploy(place.environment)
    emulator.clock.advance(LONG)
    assert (await told(client))[1:] == [
        ("DEPLOYED", "DATABASE", "orders"),
        ("DEPLOY_FAILED", "JOB", "newsletter"),
        ("DEPLOY_FAILED", "ENVIRONMENT", "production"),
    ]
    accepted = await client.environments.deploy(place.environment)
    async with AsyncQovery(emulator.user_token("bob"), base_url=emulator.url, retries=NO_RETRIES) as bob:
        await bob.deployment_queue.cancel(accepted.deployment_request_id or "")
    emulator.clock.advance(LONG)
    assert (await told(client))[4:] == [
        ("TRIGGER_DEPLOY", "ENVIRONMENT", "production"),
        ("TRIGGER_CANCEL", "ENVIRONMENT", "production"),
    ]
    assert [event.triggered_by for event in await client.events.list(event_type="TRIGGER_CANCEL")] == ["bob"]


async def test_actions_of_terraform_have_events_of_their_own(emulator: Emulator, client: AsyncQovery) -> None:
    buckets = emulator.state.every("terraform")[0].id
    await client.terraforms.deploy(buckets, {"action": "PLAN"})
    emulator.clock.advance(LONG)
    assert [type_ for type_, _, _ in await told(client)] == ["TRIGGER_DEPLOY_DRY_RUN", "DEPLOYED_DRY_RUN"]


def leave_unused(emulator: Emulator, cluster: str) -> None:
    """Removes the environments of a cluster, without which it can be deleted."""
    for environment in emulator.state.every("environment"):
        if environment.value["cluster_id"] == cluster:
            emulator.state.remove(environment)


async def test_actions_on_clusters(emulator: Emulator, client: AsyncQovery, place: Place) -> None:
    await client.clusters.stop(place.cluster)
    emulator.clock.advance(LONG)
    emulator.clusters.fail_next(place.cluster, credentials=True)
    await client.clusters.deploy(place.cluster)
    emulator.clock.advance(LONG)
    await client.clusters.upgrade(place.cluster)
    emulator.clock.advance(LONG)
    leave_unused(emulator, place.cluster)
    await client.clusters.delete(place.cluster)
    assert (await client.clusters.get_status(place.cluster)).status == "DEPLOYED", "a deletion takes its time"
    emulator.clock.advance(LONG)
    with pytest.raises(NotFound):
        await client.clusters.get_status(place.cluster)
    assert [type_ for type_, target, name in await told(client) if (target, name) == ("CLUSTER", "production")] == [
        *("TRIGGER_STOP", "STOPPED", "TRIGGER_DEPLOY", "DEPLOY_FAILED"),
        *("TRIGGER_DEPLOY", "DEPLOYED", "TRIGGER_DELETE", "DELETED"),
    ]


async def test_a_cluster_that_only_qovery_is_to_forget_is_gone_at_once(
    emulator: Emulator, client: AsyncQovery, place: Place
) -> None:
    leave_unused(emulator, place.cluster)
    await client.clusters.delete(place.cluster, delete_mode="DELETE_QOVERY_CONFIG")
    assert await told(client) == [("DELETE", "CLUSTER", "production")]


async def test_what_is_refused_or_only_read_makes_no_event(client: AsyncQovery, place: Place) -> None:
    await client.projects.list()
    with pytest.raises(NotFound):
        await client.projects.update("d2719d1c-0000-4000-8000-000000000000", {"name": "x"})
    await client.environments.check_git_file(place.environment, {"git_repository": GIT, "files": ["a"]})
    assert await told(client) == []


@pytest.mark.parametrize(
    ("agent", "origin"),
    [
        ("my-deploy-script/1", "API"),
        ("CLI 1.40.0", "CLI"),
        ("Qovery-CLI/1.2", "CLI"),
        ("terraform-provider-qovery/0.5", "TERRAFORM_PROVIDER"),
        ("Mozilla/5.0 (X11)", "CONSOLE"),
        ("qovery-skill/1", "SKILL"),
    ],
)
async def test_the_user_agent_tells_the_origin(
    emulator: Emulator, client: AsyncQovery, place: Place, agent: str, origin: str
) -> None:
    async with AsyncQovery(emulator.token, base_url=emulator.url, user_agent=agent) as other:
        await other.environments.deploy(place.environment)
    emulator.clock.advance(LONG)
    events = (await client.events.list()).items
    assert {str(event.origin) for event in events} == {origin}
    assert all((event.user_agent or "").startswith(agent) for event in events)
    assert (await client.environments.get_status(place.environment)).origin == origin
