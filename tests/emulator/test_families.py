"""Can every kind of object be created, listed, read, replaced and deleted, however deep it lies?"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import pytest
from anyio import to_thread

from qovery_async import AsyncQovery, BadRequest, Conflict, NotFound, to_dict
from qovery_async.emulator import Emulator
from qovery_async.models import APIVariableScopeEnum
from qovery_sync import Qovery

pytestmark = pytest.mark.anyio

GIT = {"url": "https://github.com/acme/api.git", "branch": "main", "provider": "GITHUB"}
HEALTHY: dict[str, Any] = {"healthchecks": {}}
IMAGE = {
    "image_name": "acme/api",
    "tag": "1.0",
    "registry_id": "259f4329-e6f4-490b-9a16-4106cf6a659e",
}  # the demo world's
# By namespace: what lies above, and a body.
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "git_tokens": ("organization", {"name": "x", "type": "GITHUB", "token": "t"}),
    "custom_roles": ("organization", {"name": "x", "cluster_permissions": [], "project_permissions": []}),
    "container_registries": ("organization", {"name": "x", "kind": "ECR", "config": {}}),
    "helm_repositories": ("organization", {"name": "x", "kind": "HTTPS", "config": {}, "skip_tls_verification": False}),
    "annotations_groups": ("organization", {"name": "x", "annotations": [], "scopes": []}),
    "labels_groups": ("organization", {"name": "x", "labels": []}),
    "projects": ("organization", {"name": "x"}),
    "environments": ("project", {"name": "x"}),
    "applications": ("environment", {"name": "x", "git_repository": GIT, **HEALTHY}),
    "containers": ("environment", {"name": "x", **IMAGE, **HEALTHY}),
    "databases": ("environment", {"name": "x", "type": "REDIS", "version": "7", "mode": "CONTAINER"}),
    "jobs": ("environment", {"name": "x", "source": {"image": IMAGE}, **HEALTHY}),
    "deployment_stages": ("environment", {"name": "x"}),
}


def above(emulator: Emulator, kind: str) -> tuple[str, ...]:
    """The arguments that name the parent of a new object; the organization is the client's default."""
    return () if kind == "organization" else (emulator.state.every(kind)[0].id,)


@pytest.mark.parametrize("namespace", FAMILIES)
async def test_a_life(emulator: Emulator, client: AsyncQovery, namespace: str) -> None:
    kind, body = FAMILIES[namespace]
    parent, family = above(emulator, kind), attrgetter(namespace)(client)
    before = len(await family.list(*parent))

    made = await family.create(*parent, body)
    assert [thing.id for thing in await family.list(*parent)].count(made.id) == 1
    assert (await family.get(made.id)).name == "x"
    with pytest.raises(Conflict, match="already taken"):
        await family.create(*parent, body)

    changed = await family.update(made.id, {**body, "name": "y"})
    assert (changed.id, changed.name) == (made.id, "y")
    assert (await family.get(made.id)).name == "y"

    await family.delete(made.id)
    with pytest.raises(NotFound, match=made.id):
        await family.get(made.id)
    assert len(await family.list(*parent)) == before


async def test_both_faces_see_the_same(emulator: Emulator, client: AsyncQovery) -> None:
    made = await client.projects.create({"name": "new"})

    def names() -> list[str]:
        with Qovery(emulator.token, base_url=emulator.url) as blocking:
            return [project.name for project in blocking.projects.list()]

    assert made.name in await to_thread.run_sync(names)


async def test_what_is_left_out_falls_back_to_its_default(emulator: Emulator, client: AsyncQovery) -> None:
    (environment,) = above(emulator, "environment")
    body = {"name": "big", "git_repository": GIT, **HEALTHY}
    made = await client.applications.create(environment, {**body, "cpu": 2000, "description": "large"})
    assert (made.cpu, made.memory, made.description) == (2000, 512, "large")
    smaller = await client.applications.update(made.id, {"name": "big", **HEALTHY})
    assert (smaller.cpu, smaller.description) == (500, "")


async def test_settings_read_their_defaults_until_they_are_written(emulator: Emulator, client: AsyncQovery) -> None:
    service = emulator.state.every("application")[0].id
    default = await client.applications.advanced_settings.get(service)
    assert default == await client.applications.advanced_settings.get(service)
    await client.applications.advanced_settings.update(service, {"network.ingress.enable_cors": True})
    written = to_dict(await client.applications.advanced_settings.get(service))
    assert written["network.ingress.enable_cors"] is True
    await client.applications.advanced_settings.update(service, {})
    assert await client.applications.advanced_settings.get(service) == default


async def test_nothing_outlives_its_parent(emulator: Emulator, client: AsyncQovery) -> None:
    project = emulator.state.every("project")[0]
    below = [entity.id for entity in project.below()]
    assert len(below) > 10
    await client.projects.delete(project.id)
    assert [id_ for id_ in below if emulator.state.find(id_)] == []
    environments = await client.organizations.list_environments()
    assert project.id not in {environment.project.id for environment in environments}


async def test_a_thing_is_only_there_below_its_own_parent(emulator: Emulator, client: AsyncQovery) -> None:
    first, second = emulator.state.every("application")[:2]
    body = {"domain": "shop.example.com", "generate_certificate": True}
    domain = await client.applications.custom_domains.create(first.id, body)
    with pytest.raises(NotFound):
        await client.applications.custom_domains.delete(second.id, domain.id)
    assert [d.id for d in await client.applications.custom_domains.list(first.id)] == [domain.id]


async def test_services_are_listed_across_environments(client: AsyncQovery) -> None:
    services = await client.services.list()
    counts = await client.projects.list_stats()
    assert sum(project.service_total_number or 0 for project in counts) == len(services)
    environment = services[0].environment_id
    here = [service.id for service in services if service.environment_id == environment]
    assert [service.id for service in await client.services.list(environment_id=environment)] == here
    assert [service.id for service in await client.environments.list_services(environment)] == here


async def test_jobs_are_of_the_kind_their_schedule_says(emulator: Emulator, client: AsyncQovery) -> None:
    (environment,) = above(emulator, "environment")
    body = {"source": {"image": IMAGE}, **HEALTHY}
    nightly = await client.jobs.create(
        environment, {**body, "name": "nightly", "schedule": {"cronjob": {"scheduled_at": "0 3 * * *"}}}
    )
    once = await client.jobs.create(environment, {**body, "name": "once", "schedule": {"on_start": {}}})
    assert (nightly.job_type, once.job_type) == ("CRON", "LIFECYCLE")


async def test_images_and_charts_and_sources_come_back_as_they_were_sent(
    emulator: Emulator, client: AsyncQovery
) -> None:
    (environment,) = above(emulator, "environment")
    registry = (await client.container_registries.list())[0]
    image = {**IMAGE, "registry_id": registry.id}
    container = to_dict(await client.containers.create(environment, {"name": "x", **image, **HEALTHY}))
    job = to_dict(await client.jobs.create(environment, {"name": "x", "source": {"image": image}, **HEALTHY}))
    for shown in (container, job["source"]["image"]):
        assert (shown["registry_id"], shown["registry"]["id"], shown["registry"]["name"]) == (
            registry.id,
            registry.id,
            registry.name,
        )
    helm = {"auto_deploy": False, "arguments": [], "values_override": {}, "source": {"git_repository": GIT}}
    chart = to_dict(await client.helms.create(environment, {"name": "x", **helm}))
    assert chart["source"]["git"]["git_repository"]["url"] == GIT["url"]


async def test_stages_have_an_order(emulator: Emulator, client: AsyncQovery) -> None:
    (environment,) = above(emulator, "environment")
    first, second, third = await client.deployment_stages.list(environment)
    moved = await client.deployment_stages.move_before(third.id, first.id)
    assert [stage.id for stage in moved] == [third.id, first.id, second.id]
    service = (await client.applications.list(environment))[0].id
    await client.deployment_stages.attach_service(first.id, service)
    assert (await client.services.get_deployment_stage(service)).id == first.id
    with pytest.raises(BadRequest, match="empty of services"):
        await client.deployment_stages.delete(first.id)


async def test_an_environment_is_cloned_with_all_that_is_in_it(emulator: Emulator, client: AsyncQovery) -> None:
    original = emulator.state.every("environment")[0]
    (first, *_) = await client.deployment_stages.list(original.id)
    service = (await client.applications.list(original.id))[0]
    await client.deployment_stages.attach_service(first.id, service.id)
    clone = await client.environments.clone(original.id, {"name": "pull-request-7", "mode": "PREVIEW"})
    assert (clone.name, clone.mode) == ("pull-request-7", "PREVIEW")

    def names(services: list[Any]) -> list[str]:
        return [service.name for service in services]

    there, here = [await client.environments.list_services(id_) for id_ in (original.id, clone.id)]
    assert names(here) == names(there)
    assert not {service.id for service in here} & {service.id for service in there}
    (stage, *_) = await client.deployment_stages.list(clone.id)
    assert [one.service_id for one in stage.services or []][:1] == [here[0].id]
    variables = await client.variables.list(parent_id=clone.id, scope=APIVariableScopeEnum.ENVIRONMENT)
    built_in = {variable.key: variable.value for variable in variables}
    assert built_in["QOVERY_ENVIRONMENT_ID"] == clone.id
    assert "API_KEY" in built_in
    with pytest.raises(Conflict):
        await client.environments.clone(original.id, {"name": "pull-request-7"})


async def test_a_service_is_cloned_into_another_environment(emulator: Emulator, client: AsyncQovery) -> None:
    service, other = emulator.state.every("application")[0], emulator.state.every("environment")[5]
    clone = await client.applications.clone(service.id, {"name": "copy", "environment_id": other.id})
    assert (clone.name, clone.environment.id) == ("copy", other.id)
    assert clone.id in {found.id for found in await client.applications.list(other.id)}


async def test_what_must_be_there_stays_when_it_is_left_out(emulator: Emulator, client: AsyncQovery) -> None:
    environment = emulator.state.every("environment")[0]
    changed = await client.environments.update(environment.id, {"mode": "STAGING"})
    assert (changed.name, changed.mode) == ("production", "STAGING")


async def test_passwords_do_not_come_back(client: AsyncQovery) -> None:
    config = {"username": "ada", "password": "hush"}
    body = {"name": "mine", "kind": "DOCKER_HUB", "config": config}
    made = await client.container_registries.create(body)
    assert made.config
    assert (made.config.username, made.config.extra) == ("ada", {})
    token = await client.git_tokens.create({"name": "mine", "type": "GITHUB", "token": "hush"})
    assert "hush" not in str(to_dict(token))


async def test_a_preview_stays_one(emulator: Emulator, client: AsyncQovery) -> None:
    """Requests cannot say PREVIEW."""
    preview = next(each for each in emulator.state.every("environment") if each.value["mode"] == "PREVIEW")
    changed = await client.environments.update(preview.id, {"name": "renamed"})
    assert (changed.name, changed.mode) == ("renamed", "PREVIEW")
    assert (await client.environments.update(preview.id, {"mode": "STAGING"})).mode == "STAGING"


@pytest.mark.parametrize(
    ("more", "type_"),
    [
        (
            {"type": "EKS_ANYWHERE_VSPHERE_ROLE", "role_arn": "r", "vsphere_user": "u", "vsphere_password": "p"},
            "EKS_ANYWHERE_VSPHERE",
        ),
        ({"type": "AWS_ROLE", "role_arn": "r"}, "AWS_ROLE"),
        ({"type": "AWS_STATIC", "access_key_id": "a", "secret_access_key": "s"}, "AWS"),
    ],
)
async def test_credentials_are_of_the_kind_that_was_sent(more: dict[str, str], type_: str, client: AsyncQovery) -> None:
    made = await client.aws.credentials.create({"name": "c", **more})  # type: ignore[typeddict-item]
    assert to_dict(made)["object_type"] == type_
    assert to_dict(made).get("vsphere_user") == more.get("vsphere_user")
    assert to_dict(await client.aws.credentials.get(made.id)) == to_dict(made)


async def test_aliases_of_built_in_variables_lead_to_those_of_the_clone(
    emulator: Emulator, client: AsyncQovery
) -> None:
    original = emulator.state.every("environment")[0]
    scope = APIVariableScopeEnum.ENVIRONMENT
    listed = await client.variables.list(parent_id=original.id, scope=scope)
    keys = {variable.key: variable.id for variable in listed}
    host = next(key for key in keys if key.startswith("QOVERY_APPLICATION_"))
    for name, key in (("WHERE", "QOVERY_ENVIRONMENT_ID"), ("HOST", host)):
        await client.variables.create_alias(
            keys[key], {"key": name, "alias_scope": scope, "alias_parent_id": original.id}
        )
    clone = await client.environments.clone(original.id, {"name": "copy"})
    found = {each.key: each for each in await client.variables.list(parent_id=clone.id, scope=scope)}
    services = {service.id for service in await client.environments.list_services(clone.id)}
    assert found["WHERE"].value == clone.id
    aliased = found["HOST"].aliased_variable
    assert aliased
    assert aliased.id in {each.id for each in found.values()}
    assert found["HOST"].value in {f"application-z{id_[:8]}" for id_ in services}


async def test_the_ports_and_the_storage_of_a_clone_have_ids_of_their_own(client: AsyncQovery) -> None:
    environment = (await client.organizations.list_environments())[0]
    ports: Any = [{"internal_port": 80, "publicly_accessible": True, "protocol": "HTTP"}]
    storage: Any = [{"type": "FAST_SSD", "size": 4, "mount_point": "/data"}]
    git: Any = {"url": "https://github.com/acme/x", "provider": "GITHUB", "branch": "main"}
    body: Any = {"name": "new", "git_repository": git, "healthchecks": {}, "ports": ports, "storage": storage}
    original = await client.applications.create(environment.id, body)
    copy = await client.applications.clone(original.id, {"name": "copy", "environment_id": environment.id})
    parts = [*original.ports, *copy.ports, *original.storage, *copy.storage]
    assert (len(parts), len({part.id for part in parts})) == (4, 4)
    assert (await client.applications.get(copy.id)).ports == copy.ports
