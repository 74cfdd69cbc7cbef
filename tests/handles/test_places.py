"""What do the handles of environments, projects and clusters tell, and where do they lead?"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from qovery_async import AsyncQovery, NothingFound, models
from qovery_async.emulator import Emulator
from qovery_sync import Qovery
from tests.support.both_faces import organization, play
from tests.support.named_places import id_of
from tests.support.server import Ask, in_thread

pytestmark = pytest.mark.anyio


async def test_an_environment_tells_of_itself_and_its_services(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        environment = yield client.find.environment("platform/production")
        services = yield environment.services()
        full = yield environment.get()
        status = yield environment.status()
        statuses = yield environment.statuses()
        links = yield environment.links()
        variables = yield environment.variables.list()
        project = yield environment.project()
        return environment, services, full, status, statuses, links, variables, project

    async with Emulator(world="demo") as emulator:
        found, asked = await play(ask, emulator, script)
    environment, services, full, status, statuses, links, variables, project = found
    assert {(type(service).__name__, service.name) for service in services} == {
        ("HelmHandle", "grafana"), ("ContainerHandle", "proxy"), ("TerraformHandle", "buckets"), ("JobHandle", "backup"),
    }  # fmt: skip
    assert {service.environment_id for service in services} == {environment.id}
    assert isinstance(full, models.Environment)
    assert full.id == status.id == statuses.environment.id == environment.id
    assert all(isinstance(link, models.Link) for link in links)
    assert {"LOG_LEVEL", "PUBLIC_NAME"} <= {variable.key for variable in variables}
    assert project.name == "platform"
    assert asked == [
        "projects.list", "organizations.list_environments",
        "services.list", "environments.get", "environments.get_status", "environments.get_statuses",
        "environments.list_links", "variables.list",
    ]  # fmt: skip


async def test_a_project_tells_of_itself_and_its_environments(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        project = yield client.find.project("shop")
        full = yield project.get()
        environments = yield project.environments()
        variables = yield project.variables.list()
        above = yield environments[0].project()
        services = yield environments[0].services()
        return project, full, environments, variables, above, services

    async with Emulator(world="demo") as emulator:
        found, asked = await play(ask, emulator, script)
    project, full, environments, variables, above, services = found
    assert isinstance(full, models.Project)
    assert [environment.name for environment in environments] == ["production", "staging", "preview-checkout"]
    assert [variable.key for variable in variables] == ["LOG_LEVEL"]
    assert above == project
    assert len(services) == 4
    assert asked == ["projects.list", "projects.get", "environments.list", "variables.list", "services.list"]


async def test_a_cluster_tells_of_itself(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        cluster = yield client.find.cluster("production")
        full = yield cluster.get()
        status = yield cluster.status()
        kubeconfig = yield cluster.kubeconfig(read_only=True)
        same = yield client.cluster(cluster.id).get()
        return cluster, full, status, kubeconfig, same

    async with Emulator(world="demo") as emulator:
        (cluster, full, status, kubeconfig, same), asked = await play(ask, emulator, script)
    assert isinstance(full, models.Cluster)
    assert full.id == same.id == status.cluster_id == cluster.id
    assert repr(kubeconfig) != f"'{kubeconfig}'"  # a secret
    assert asked == [
        "clusters.list",
        "clusters.list",
        "clusters.get_status",
        "clusters.kubeconfig.get",
        "clusters.list",
    ]


async def test_a_cluster_of_another_organization_stays_in_it(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        cluster = yield client.find(url)
        status = yield cluster.status()
        return cluster, status

    async with Emulator(world="demo") as emulator:
        id_ = emulator.state.every("cluster")[1].id
        url = f"https://console.qovery.com/organization/{organization(emulator)}/cluster/{id_}/overview"
        (cluster, status), _ = await play(ask, emulator, script, organization_id="another")
    assert status.cluster_id == cluster.id == id_


async def test_a_cluster_that_there_is_not_is_a_clear_error(ask: Ask) -> None:
    async with Emulator(world="demo") as emulator:
        where = organization(emulator)
        with pytest.raises(NothingFound, match=f"organization {where} has no cluster {id_of('x')}"):
            await ask(
                emulator.url,
                lambda client: client.cluster(id_of("x")).get(),
                token=emulator.token,
                organization_id=where,
            )


async def test_an_environment_can_be_watched() -> None:
    async with (
        Emulator(world="demo", speed=None) as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url) as client,
    ):
        id_ = emulator.state.every("environment")[0].id
        async for snapshot in client.environment(id_).watch():
            assert snapshot.environment_id == id_
            assert len(snapshot.services) == 4
            break


def test_an_environment_can_be_watched_in_the_blocking_face_too() -> None:
    with (
        in_thread(Emulator(world="demo", speed=None)) as emulator,
        Qovery(emulator.token, base_url=emulator.url) as client,
    ):
        id_ = emulator.state.every("environment")[0].id
        for snapshot in client.environment(id_).watch():
            assert (snapshot.environment_id, len(snapshot.services)) == (id_, 4)
            break
