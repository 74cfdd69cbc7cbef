"""Do objects that repeat the name of another one repeat the new one once it has changed?"""

from __future__ import annotations

from typing import Any

import pytest

from qovery_async import AsyncQovery, to_request
from qovery_async.emulator import Emulator
from qovery_async.models import APIVariableScopeEnum, ClusterRequest

pytestmark = pytest.mark.anyio

HEALTHY: dict[str, Any] = {"healthchecks": {}}


@pytest.fixture
def environment(emulator: Emulator) -> str:
    return emulator.state.every("environment")[0].id


async def test_containers_and_jobs_show_the_new_name_of_their_registry(client: AsyncQovery, environment: str) -> None:
    config: Any = {"name": "old", "kind": "GENERIC_CR", "url": "https://old.example", "config": {}}
    registry = await client.container_registries.create(config)
    image = {"image_name": "acme/web", "tag": "1", "registry_id": registry.id}
    container = await client.containers.create(environment, {"name": "new", **image, **HEALTHY})
    body: Any = {"name": "new", "source": {"image": image}, "schedule": {"on_start": {}}, **HEALTHY}
    job = await client.jobs.create(environment, body)
    await client.container_registries.update(registry.id, config | {"name": "new", "url": "https://new.example"})
    source: Any = (await client.jobs.get(job.id)).source
    for shown in ((await client.containers.get(container.id)).registry, source.image.registry):
        assert (shown.id, shown.name, shown.url) == (registry.id, "new", "https://new.example")
    assert (await client.containers.get(container.id)).name == "new"


async def test_charts_show_the_new_name_of_their_repository(client: AsyncQovery, environment: str) -> None:
    config: Any = {
        "name": "old",
        "kind": "HTTPS",
        "url": "https://old.example",
        "config": {},
        "skip_tls_verification": False,
    }
    repository = await client.helm_repositories.create(config)
    chart = {"repository": repository.id, "chart_name": "redis", "chart_version": "1.0.0"}
    body: Any = {"name": "new", "source": {"helm_repository": chart}, "auto_deploy": False, "values_override": {}}
    body |= {"allow_cluster_wide_resources": False, "arguments": []}
    helm = await client.helms.create(environment, body)
    await client.helm_repositories.update(repository.id, config | {"name": "new", "url": "https://new.example"})
    source: Any = (await client.helms.get(helm.id)).source
    shown = source.repository.repository
    assert (shown.id, shown.name, shown.url) == (repository.id, "new", "https://new.example")


async def test_services_show_the_new_name_of_their_git_token(client: AsyncQovery, environment: str) -> None:
    config: Any = {"name": "old", "type": "GITHUB", "token": "secret"}
    token = await client.git_tokens.create(config)
    git = {"url": "https://github.com/acme/api", "provider": "GITHUB", "branch": "main", "git_token_id": token.id}
    application = await client.applications.create(environment, {"name": "new", "git_repository": git, **HEALTHY})
    await client.git_tokens.update(token.id, config | {"name": "new"})
    shown = (await client.applications.get(application.id)).git_repository
    assert shown is not None
    assert shown.git_token_name == "new"


async def test_environments_and_their_variables_show_new_names(client: AsyncQovery, environment: str) -> None:
    async def built_in() -> dict[str, str | None]:
        found = await client.variables.list(parent_id=environment, scope=APIVariableScopeEnum.ENVIRONMENT)
        return {variable.key: variable.value for variable in found if variable.scope == "BUILT_IN"}

    assert await built_in()
    cluster_id = (await client.environments.get(environment)).cluster_id
    (cluster,) = [each for each in await client.clusters.list() if each.id == cluster_id]
    renamed: Any = to_request(cluster, ClusterRequest)
    renamed.name = "new-cluster"
    await client.clusters.update(cluster_id, renamed)
    await client.environments.update(environment, {"name": "new-environment"})
    assert (await client.environments.get(environment)).cluster_name == "new-cluster"
    variables = await built_in()
    assert variables["QOVERY_KUBERNETES_CLUSTER_NAME"] == "new-cluster"
    assert variables["QOVERY_ENVIRONMENT_NAME"] == "new-environment"


async def test_tokens_and_invitations_show_the_new_name_of_a_custom_role(client: AsyncQovery) -> None:
    role = await client.custom_roles.create({"name": "old"})
    await client.api_tokens.create({"name": "mine", "role_id": role.id})
    await client.invitations.create({"email": "new@example.com", "role_id": role.id})
    await client.custom_roles.update(role.id, {"name": "new", "cluster_permissions": [], "project_permissions": []})
    (token,) = [each for each in await client.api_tokens.list() if each.name == "mine"]
    (invitation,) = await client.invitations.list()
    assert (token.role_name, invitation.role_name) == ("new", "new")


async def test_a_deleted_group_is_no_longer_shown(client: AsyncQovery, environment: str) -> None:
    group: Any = {"name": "team", "labels": [{"key": "a", "value": "1", "propagate_to_cloud_provider": False}]}
    first, second = [await client.labels_groups.create({**group, "name": name}) for name in ("first", "second")]
    git = {"url": "https://github.com/acme/api", "provider": "GITHUB", "branch": "main"}
    body: Any = {"name": "new", "git_repository": git, **HEALTHY}
    body |= {"labels_groups": [{"id": first.id}, {"id": second.id}]}
    application = await client.applications.create(environment, body)
    await client.labels_groups.delete(first.id)
    shown = (await client.applications.get(application.id)).labels_groups
    assert [each.name for each in shown or ()] == ["second"]
