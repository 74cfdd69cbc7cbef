"""What does the emulator refuse, so that a test does not pass where Qovery would say no?"""

from __future__ import annotations

from typing import Any

import pytest

from qovery_async import NO_RETRIES, AsyncQovery, BadRequest, Conflict, NotFound
from qovery_async.emulator import Emulator

pytestmark = pytest.mark.anyio

RESTRICTION: Any = {"mode": "MATCH", "type": "PATH", "value": "src/"}


async def test_no_two_deployment_restrictions_say_the_same(emulator: Emulator, client: AsyncQovery) -> None:
    first, second = (entity.id for entity in emulator.state.every("application")[:2])
    restrictions = client.applications.deployment_restrictions
    made = await restrictions.create(first, RESTRICTION)
    with pytest.raises(Conflict, match=made.id):
        await restrictions.create(first, RESTRICTION)
    other = await restrictions.create(first, {**RESTRICTION, "value": "docs/"})
    with pytest.raises(Conflict, match=made.id):
        await restrictions.update(first, other.id, RESTRICTION)
    await restrictions.update(first, made.id, RESTRICTION)
    await restrictions.create(second, RESTRICTION)


async def test_what_services_use_is_not_deleted(emulator: Emulator, client: AsyncQovery) -> None:
    registry, repository = (emulator.state.every(kind)[0].id for kind in ("containerRegistry", "helmRepository"))
    with pytest.raises(Conflict, match=r"used by job 'newsletter', .* and \d+ more"):
        await client.container_registries.delete(registry)
    with pytest.raises(Conflict, match="used by helm 'grafana'"):
        await client.helm_repositories.delete(repository)
    unused = await client.container_registries.create({"name": "unused", "kind": "ECR", "config": {}})
    await client.container_registries.delete(unused.id)


async def test_a_cluster_with_environments_is_not_deleted(emulator: Emulator, client: AsyncQovery) -> None:
    cluster = emulator.state.every("cluster")[0].id
    with pytest.raises(Conflict, match="used by environment 'production'"):
        await client.clusters.delete(cluster)
    unused = await client.clusters.create({"name": "unused", "cloud_provider": "AWS", "region": "eu-west-3"})
    await client.clusters.delete(unused.id)


async def test_credentials_of_a_cluster_are_not_deleted(emulator: Emulator, client: AsyncQovery) -> None:
    cluster = emulator.state.every("cluster")[0]
    body: Any = {"type": "AWS_ROLE", "name": "role", "role_arn": "arn:aws:iam::1:role/qovery"}
    credentials: Any = await client.aws.credentials.create(body)
    about: Any = {"cloud_provider": "AWS", "credentials": {"id": credentials.id, "name": "role"}}
    await client.clusters.cloud_provider_info.specify(cluster.id, about)
    with pytest.raises(Conflict, match=f"used by cluster '{cluster.value['name']}'"):
        await client.aws.credentials.delete(credentials.id)


async def test_credentials_that_a_new_cluster_names_are_in_use(client: AsyncQovery) -> None:
    account: Any = {"type": "AWS_ROLE", "name": "role", "role_arn": "arn:aws:iam::1:role/qovery"}
    credentials: Any = await client.aws.credentials.create(account)
    about: Any = {"cloud_provider": "AWS", "credentials": {"id": credentials.id, "name": "role"}}
    body: Any = {"name": "new", "cloud_provider": "AWS", "region": "eu-west-3", "cloud_provider_credentials": about}
    cluster = await client.clusters.create(body)
    with pytest.raises(Conflict, match="used by cluster 'new'"):
        await client.aws.credentials.delete(credentials.id)
    info = await client.clusters.cloud_provider_info.get(cluster.id)
    assert (info.credentials and info.credentials.id) == credentials.id


@pytest.mark.parametrize("feature", [{"value": True}, {"id": None, "value": None}])
async def test_a_feature_of_a_cluster_needs_an_id(emulator: Emulator, client: AsyncQovery, feature: Any) -> None:
    body: Any = {"name": "new", "cloud_provider": "AWS", "region": "eu-west-3", "features": [feature]}
    with pytest.raises(BadRequest, match="features: each must have an id"):
        await client.clusters.create(body)
    with pytest.raises(BadRequest, match="features: each must have an id"):
        await client.clusters.update(emulator.state.every("cluster")[0].id, body)


@pytest.mark.parametrize("url", ["", "acme/api", "https://", "https://github.com/a b", "git@github.com:acme/api"])
async def test_a_repository_needs_a_url(emulator: Emulator, client: AsyncQovery, url: str) -> None:
    git = {"url": url, "provider": "GITHUB"}
    body: Any = {"name": "new", "healthchecks": {}, "git_repository": git}
    with pytest.raises(BadRequest, match=r"git_repository\.url: must be a URL"):
        await client.applications.create(emulator.state.every("environment")[0].id, body)


async def test_keys_that_the_description_forgot_have_a_type(emulator: Emulator, client: AsyncQovery) -> None:
    organization = emulator.state.every("organization")[0].id
    body: Any = {"name": "acme", "plan": []}
    with pytest.raises(BadRequest, match="plan: expected one of FREE"):
        await client.organizations.update(organization, body)


async def test_an_environment_needs_a_cluster_that_there_is(client: AsyncQovery) -> None:
    project = (await client.projects.list())[0].id
    with pytest.raises(NotFound, match="cluster nowhere does not exist"):
        await client.environments.create(project, {"name": "new", "cluster": "nowhere"})
    async with Emulator(world="empty") as empty, AsyncQovery(empty.token, base_url=empty.url) as newcomer:
        made = await newcomer.projects.create({"name": "first"})
        with pytest.raises(BadRequest, match="no cluster yet"):
            await newcomer.environments.create(made.id, {"name": "new"})


async def test_a_deployment_rule_has_one_id_in_its_environment(emulator: Emulator, client: AsyncQovery) -> None:
    first, second = (environment.id for environment in emulator.state.every("environment")[:2])
    rules = client.environments.deployment_rule
    rule, other = await rules.get(first), await rules.get(second)
    body: Any = {"timezone": "UTC", "start_time": rule.start_time, "stop_time": rule.stop_time, "weekdays": ["FRIDAY"]}
    with pytest.raises(NotFound, match=other.id):
        await rules.update(first, other.id, body)


async def test_stages_stay_in_their_environment_and_one_is_left(emulator: Emulator, client: AsyncQovery) -> None:
    here, other = emulator.state.every("environment")[:2]
    stages, foreign = await client.deployment_stages.list(here.id), await client.deployment_stages.list(other.id)
    service = (await client.environments.list_services(other.id))[0].id
    with pytest.raises(BadRequest, match="another environment"):
        await client.deployment_stages.attach_service(stages[0].id, service)
    with pytest.raises(BadRequest, match="different environments"):
        await client.deployment_stages.move_after(stages[0].id, foreign[0].id)
    same = await client.deployment_stages.move_before(stages[0].id, stages[0].id)
    assert [stage.id for stage in same] == [stage.id for stage in stages]
    assert here.parent
    empty = await client.environments.create(here.parent.id, {"name": "empty"})
    *removed, last = await client.deployment_stages.list(empty.id)
    for stage in removed:
        await client.deployment_stages.delete(stage.id)
    with pytest.raises(BadRequest, match="the last deployment stage cannot be deleted"):
        await client.deployment_stages.delete(last.id)


async def test_an_invitation_needs_an_address(client: AsyncQovery) -> None:
    with pytest.raises(BadRequest, match="email: must be an address"):
        await client.invitations.create({"email": "nobody"})


async def test_a_cluster_that_does_not_exist_is_not_mapped(emulator: Emulator, client: AsyncQovery) -> None:
    cluster = emulator.state.every("cluster")[0].id
    body: Any = {"agent_cluster_id": "none", "argocd_cluster_url": "https://argo", "cluster_id": cluster}
    with pytest.raises(NotFound, match="cluster none does not exist"):
        await client.argocd.cluster_mappings.save(body)


async def test_a_strict_emulator_names_the_read_only_keys() -> None:
    async with (
        Emulator(world="demo", strict=True) as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url, retries=NO_RETRIES) as client,
    ):
        project = emulator.state.every("project")[0]
        body: Any = {"name": "shop", "created_at": "2026-01-05T09:00:00Z", "desription": "misspelt"}
        with pytest.raises(BadRequest, match=r"'created_at' are read-only.*'desription' do not exist"):
            await client.projects.update(project.id, body)
        assert (await client.projects.update(project.id, {"name": "shop 2"})).name == "shop 2"


async def test_a_lenient_emulator_drops_them(emulator: Emulator, client: AsyncQovery) -> None:
    project = emulator.state.every("project")[0]
    body: Any = {"name": "shop", "created_at": "2030-01-05T09:00:00Z"}
    assert (await client.projects.update(project.id, body)).created_at.year == 2026


async def test_no_two_objects_have_the_same_id(emulator: Emulator, client: AsyncQovery) -> None:
    requests = {
        row.deployment_request_id
        for environment in emulator.state.every("environment")
        for row in [await client.environments.get_status(environment.id)]
        if row.deployment_request_id
    }
    assert len(requests) > 5
    assert [id_ for id_ in requests if emulator.state.find(id_)] == []
    first, second = (cluster.id for cluster in emulator.state.every("cluster")[:2])
    body: Any = {"argocd_url": "https://argo.example.com", "argocd_token": "t"}
    made = [await client.argocd.credentials.save(cluster, body) for cluster in (first, second)]
    assert made[0].id != made[1].id


async def test_a_deployment_rule_keeps_its_id(emulator: Emulator, client: AsyncQovery) -> None:
    environment = emulator.state.every("environment")[0].id
    rules = client.environments.deployment_rule
    rule = await rules.get(environment)
    body: Any = {"timezone": "UTC", "start_time": rule.start_time, "stop_time": rule.stop_time, "weekdays": ["FRIDAY"]}
    for _ in range(2):
        assert (await rules.update(environment, rule.id, body)).id == rule.id
    assert (await rules.get(environment)).weekdays == ["FRIDAY"]
