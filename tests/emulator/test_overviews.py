"""Does each operation that reads respond as it declares, and do lists across parents and notes say what there is?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from qovery_async import AsyncQovery, Conflict, NotFound
from qovery_async.emulator import Emulator
from qovery_async.emulator.facts.operations import ApiOperation, python_type
from qovery_async.emulator.facts.validation import misfit
from qovery_async.emulator.world.views import services_of
from tests.support import every_get

pytestmark = pytest.mark.anyio


def wrong(operation: ApiOperation, status: int, text: str) -> str | None:
    """What a response is that it should not be."""
    if any(parameter.required for parameter in operation.query):
        return None if status == 400 and "the query parameter is missing" in text else text
    declared = operation.response
    if status != declared.status or declared.media_type != "application/json" or declared.type is None:
        return None if status == declared.status else text
    body = json.loads(text)
    found = body[declared.items] if declared.items else body
    return misfit(found, list[python_type(declared.type)] if declared.items else python_type(declared.type))  # type: ignore[misc]  # known at run time


async def test_each_operation_that_reads_responds_as_it_declares(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(every_get, "MOST", 2)
    asked = [*every_get.asked(emulator)]
    responses = await every_get.everything(emulator)
    found = {path: said for operation, path in asked if (said := wrong(operation, *responses[path])) is not None}
    assert found == {}
    assert len({operation.call for operation, _ in asked}) > 200


async def test_statistics_count_services_and_environments(emulator: Emulator, client: AsyncQovery) -> None:
    for project in await client.projects.list_stats():
        assert project.id
        environments = await client.environments.list(project.id)
        counted = {each.id: each.service_total_number for each in await client.environments.list_stats(project.id)}
        assert counted == {each.id: len(await client.environments.list_services(each.id)) for each in environments}
        assert project.environment_total_number == len(environments)
        assert project.service_total_number == sum(count or 0 for count in counted.values())


async def test_overviews_have_cluster_status_and_services(emulator: Emulator, client: AsyncQovery) -> None:
    environment = emulator.state.every("environment")[0]
    assert environment.parent
    overviews = {each.id: each for each in await client.environments.list_overviews(environment.parent.id)}
    found = overviews[environment.id]
    cluster = await client.environments.get(environment.id)
    assert (found.name, found.cluster.id, found.cluster.name) == (
        cluster.name,
        cluster.cluster_id,
        cluster.cluster_name,
    )
    assert found.services_overview.service_count == len(list(services_of(environment)))
    assert found.deployment_status
    assert found.deployment_status.state == (await client.environments.get_status(environment.id)).state


async def test_a_cluster_has_the_environments_that_run_on_it(emulator: Emulator, client: AsyncQovery) -> None:
    cluster = emulator.state.every("cluster")[0]
    listed = await client.clusters.list_environments(cluster.id)
    every = [await client.environments.get(each.id) for each in await client.organizations.list_environments()]
    assert [each.environment_id for each in listed] == [each.id for each in every if each.cluster_id == cluster.id]
    assert any(each.services for each in listed)


async def test_services_are_found_by_what_they_are_in(emulator: Emulator, client: AsyncQovery) -> None:
    every = await client.services.list()
    environment = emulator.state.every("environment")[0]
    assert environment.parent
    inside = [each.id for each in every if each.environment_id == environment.id]
    assert inside
    assert [each.id for each in await client.services.list(environment_id=environment.id)] == inside
    in_project = [each.id for each in every if each.project_id == environment.parent.id]
    assert [each.id for each in await client.services.list(project_id=environment.parent.id)] == in_project
    cluster = environment.value["cluster_id"]
    assert {each.id for each in await client.services.list(cluster_id=cluster)} >= set(inside)
    assert await client.services.list(cluster_id="00000000-0000-4000-8000-000000000000") == []


async def test_credentials_of_all_clouds_are_listed(client: AsyncQovery) -> None:
    before = await client.organizations.list_credentials()
    account: Any = {"type": "AWS_ROLE", "name": "role", "role_arn": "arn:aws:iam::1:role/qovery"}
    made: Any = await client.aws.credentials.create(account)
    after: Any = await client.organizations.list_credentials()
    assert [each.credential.id for each in after if each not in before] == [made.id]


async def test_a_cluster_is_locked_once(emulator: Emulator, client: AsyncQovery) -> None:
    cluster = emulator.state.every("cluster")[0].id
    lock = await client.clusters.lock(cluster, {"reason": "migration", "ttl_in_days": 2})
    assert (lock.cluster_id, lock.reason, lock.ttl_in_days) == (cluster, "migration", 2)
    with pytest.raises(Conflict, match="already locked"):
        await client.clusters.lock(cluster, {"reason": "another"})
    assert [each.reason for each in await client.clusters.list_locks()] == ["migration"]
    await client.clusters.unlock(cluster)
    assert await client.clusters.list_locks() == []


async def test_clusters_of_argo_cd_are_mapped_to_those_of_qovery(emulator: Emulator, client: AsyncQovery) -> None:
    cluster = emulator.state.every("cluster")[0]
    mapping: Any = {"agent_cluster_id": cluster.id, "argocd_cluster_url": "https://x:443", "cluster_id": cluster.id}
    with pytest.raises(NotFound, match="nothing"):
        await client.argocd.cluster_mappings.save({**mapping, "cluster_id": "nothing"})
    await client.argocd.cluster_mappings.save(mapping)
    (row,) = await client.argocd.cluster_mappings.list()
    assert (row.agent_cluster_id, row.agent_cluster_name) == (cluster.id, cluster.value["name"])
    (linked,) = row.linked_clusters
    assert (linked.argocd_cluster_url, linked.qovery_cluster_id) == ("https://x:443", cluster.id)
    await client.argocd.cluster_mappings.delete(agent_cluster_id=cluster.id, argocd_cluster_url="https://x:443")
    assert await client.argocd.cluster_mappings.list() == []
