"""What users write with `client.find` and handles, in both faces: read by type checkers, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import assert_type

import qovery_async
import qovery_sync
from qovery_async import AsyncQovery, EnvironmentSnapshot, FindError, NothingFound, ServiceSnapshot, models
from qovery_sync import Qovery


def seen(snapshot: EnvironmentSnapshot) -> None:
    print(snapshot.state)


async def seen_later(snapshot: EnvironmentSnapshot) -> None:
    print(snapshot.state)


async def in_the_async_face(client: AsyncQovery) -> None:
    service = await client.find.service("shop/production/api")
    assert_type(service, qovery_async.ServiceHandle)
    assert_type(await service.deploy(version="v1.2.3", timeout=900, on_update=seen_later), ServiceSnapshot)
    assert_type(await service.redeploy(timeout=900), ServiceSnapshot)
    assert_type(await service.restart(timeout=900, on_update=seen), ServiceSnapshot)
    assert_type(await service.stop(timeout=900), ServiceSnapshot)
    assert_type(await service.uninstall(timeout=900), ServiceSnapshot)
    await service.delete(timeout=900)
    assert_type(await service.status(), models.Status)
    assert_type(await service.links(), list[models.Link])
    async with service.port_forward(5432) as address, client.port_forward(service, 5432, host="::1") as other:
        assert_type(address, qovery_async.ForwardedPort)
        assert_type((address.host, address.port), tuple[str, int])
        assert_type(other.errors, list[qovery_async.QoveryError])
    assert_type(await service.variables.list(is_secret=False), list[models.VariableResponse])
    assert_type((service.id, service.name, service.kind), tuple[str, str | None, str | None])
    assert_type(await service.get(), models.AnyService)
    if isinstance(service, qovery_async.ApplicationHandle):
        assert_type(await service.get(), models.Application)
    match service:
        case qovery_async.DatabaseHandle():
            assert_type((await service.get()).type, models.DatabaseTypeEnum)
        case qovery_async.ContainerHandle() | qovery_async.HelmHandle():
            assert_type(await service.get(), models.ContainerResponse | models.HelmResponse)
        case _:
            pass


async def around_it(client: AsyncQovery, service: qovery_async.ServiceHandle, url: str) -> None:
    environment = await service.environment()
    assert_type(environment, qovery_async.EnvironmentHandle)
    assert_type(await environment.services(), list[qovery_async.ServiceHandle])
    assert_type(await environment.deploy(services={service: "v1"}, timeout=60, on_update=seen), EnvironmentSnapshot)
    assert_type(await environment.deploy(services=[service, "id"], timeout=60), EnvironmentSnapshot)
    await environment.deploy(services={one: one.name for one in await environment.services()}, timeout=60)
    await environment.deploy(services={service: "v1", "id": None}, timeout=60)
    by_handle: dict[qovery_async.ServiceHandle, str | None] = {service: None}
    await environment.deploy(services=by_handle, timeout=60)
    assert_type(await environment.cancel(timeout=60, force=True), EnvironmentSnapshot)
    assert_type(await environment.clone_and_deploy("pr-1", mode="PREVIEW", timeout=60), EnvironmentSnapshot)
    assert_type(await environment.wait("deploy", timeout=60), EnvironmentSnapshot)
    assert_type(environment.watch(), AsyncIterator[EnvironmentSnapshot])
    assert_type(await environment.statuses(), models.EnvironmentStatuses)
    assert_type(await environment.project(), qovery_async.ProjectHandle)

    document = await client.environments.export("id")
    assert_type(document, qovery_async.EnvironmentDocument)
    assert_type(document["services"][0]["kind"], str)
    diff = await client.environments.diff(environment, await environment.export())
    assert_type(diff, qovery_async.EnvironmentDiff)
    assert_type(diff.changes, tuple[qovery_async.EnvironmentChange, ...])
    assert_type(await environment.diff("id"), qovery_async.EnvironmentDiff)
    await client.environments.diff(await environment.get(), {"format": 1})
    assert_type(await client.environments.deployment_rule.get("id"), models.EnvironmentDeploymentRule)

    project = await client.find.project("shop")
    assert_type(await project.environments(), list[qovery_async.EnvironmentHandle])
    cluster = await client.find.cluster("eu")
    assert_type(await cluster.kubeconfig(read_only=True), str)
    assert_type(await cluster.upgrade(timeout=3600), qovery_async.ClusterSnapshot)
    assert_type(client.service("id"), qovery_async.ServiceHandle)
    assert_type(client.environment("id"), qovery_async.EnvironmentHandle)
    assert_type(client.project("id"), qovery_async.ProjectHandle)
    assert_type(client.cluster("id"), qovery_async.ClusterHandle)
    await client.deployments.deploy_service(service, timeout=60)
    states = await client.bulk.map(client.find.service, ["a", "b"])
    assert_type(states, list[qovery_async.ServiceHandle])
    try:
        print(await client.find(url))
    except NothingFound as error:
        print(error.name, error.candidates)
    except FindError as error:
        print(error)


def in_the_blocking_face(client: Qovery, url: str) -> None:
    service = client.find.service("shop/production/api")
    assert_type(service, qovery_sync.ServiceHandle)
    assert_type(service.deploy(version="v1.2.3", timeout=900, on_update=seen), ServiceSnapshot)
    assert_type(service.restart(timeout=900), ServiceSnapshot)
    assert_type(service.status(), models.Status)
    with service.port_forward(5432) as address, client.port_forward(service, 5432, 15432) as other:
        assert_type(address, qovery_sync.ForwardedPort)
        assert_type(other.errors, list[qovery_sync.QoveryError])
    assert_type(service.variables.list(), list[models.VariableResponse])
    assert_type(service.get(), models.AnyService)
    if isinstance(service, qovery_sync.JobHandle):
        assert_type(service.get(), models.JobResponse)

    environment = service.environment()
    assert_type(environment, qovery_sync.EnvironmentHandle)
    assert_type(environment.services(), list[qovery_sync.ServiceHandle])
    assert_type(environment.deploy(services={service: "v1"}, timeout=60, on_update=seen), EnvironmentSnapshot)
    assert_type(environment.watch(), Iterator[EnvironmentSnapshot])
    assert_type(environment.project(), qovery_sync.ProjectHandle)
    assert_type(client.environments.export("id"), qovery_sync.EnvironmentDocument)
    assert_type(client.environments.diff(environment, "id"), qovery_sync.EnvironmentDiff)
    assert_type(environment.diff(environment.export()), qovery_sync.EnvironmentDiff)
    assert_type(client.environments.list("id"), list[models.Environment])
    assert_type(client.find.project("shop").environments(), list[qovery_sync.EnvironmentHandle])
    assert_type(client.find.cluster("eu").kubeconfig(), str)
    assert_type(client.service("id"), qovery_sync.ServiceHandle)
    assert_type(client.bulk.map(client.find.service, ["a", "b"]), list[qovery_sync.ServiceHandle])
    client.deployments.deploy_service(service, timeout=60)
    print(client.find(url))


async def wrong(client: AsyncQovery, blocking: Qovery) -> None:
    await client.find.service(7)  # rejected
    await client.environments.diff("id")  # rejected
    await client.environments.diff("id", 7)  # rejected
    blocking.environments.export()  # rejected
    blocking.environment("id").diff(["id"])  # rejected
    await client.find.servce("api")  # rejected
    client.service()  # rejected
    service = await client.find.service("api")
    await service.deploy()  # rejected
    await service.deploy("v1", timeout=5)  # rejected
    await service.restart(version="v1", timeout=5)  # rejected
    await service.reboot(timeout=5)  # rejected
    blocking.service("id").stop(timeout="5")  # rejected
    blocking.environment("id").wait("deploi", timeout=5)  # rejected
    blocking.environment("id").deploy(timeout=5, on_update=seen_later)  # rejected
    blocking.environment("id").deploy(timeout=5, services={service: 1})  # rejected
    blocking.cluster("id").restart(timeout=5)  # rejected
