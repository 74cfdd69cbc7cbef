"""What users write with `client.deployments`, in both faces: read by type checkers, never run."""

# pyright: strict

from __future__ import annotations

from typing import assert_type

from qovery_async import (
    AsyncQovery,
    ClusterSnapshot,
    DeploymentAction,
    DeploymentError,
    DeploymentFailed,
    DeploymentTimeout,
    EnvironmentSnapshot,
    FailedService,
    Inventory,
    models,
)
from qovery_sync import Qovery


def told(now: EnvironmentSnapshot) -> None:
    print(now.state, now.stage, now.is_gone, [(service.name, service.state) for service in now.services])


async def told_later(now: EnvironmentSnapshot) -> None:
    service = now.service("service")
    print(service.status.status_details.status if service else now.queued)


def line_told(line: models.EnvironmentLogs) -> None:
    print(line.timestamp, line.message)


async def line_told_later(line: models.EnvironmentLogs) -> None:
    print(line.timestamp, line.message)


def cluster_told(now: ClusterSnapshot) -> None:
    print(now.state)


async def in_the_async_face(client: AsyncQovery, taken: Inventory, seen: EnvironmentSnapshot) -> None:
    act = client.deployments
    assert_type(await act.deploy("e", timeout=600, on_update=told), EnvironmentSnapshot)
    assert_type(await act.stop("e", services=["a", "b"], timeout=600, on_update=told_later), EnvironmentSnapshot)
    await act.restart("e", services=taken.services, timeout=600, on_update=print)
    await act.delete("e", services=seen.services, timeout=600)
    await act.uninstall("e", services={"a", "b"}, timeout=600)
    await act.redeploy("e", services=await client.services.list(environment_id="e"), timeout=600)
    await act.deploy("e", services={"a": "4f2c1d7", "b": None}, timeout=600)
    await act.deploy("e", services={service: service.name for service in taken.services}, timeout=600)
    await act.deploy("e", services={taken.services[0]: "4f2c1d7", "b": None}, timeout=600)
    versions: dict[str, str] = {"a": "1.2"}
    await act.deploy("e", services=versions, timeout=600)
    await act.cancel("e", force=True, timeout=60)
    clone = await act.clone_and_deploy("e", "pr-42", mode="PREVIEW", versions=versions, timeout=600)
    assert_type(clone.environment_id, str)
    action: DeploymentAction = "deploy"
    assert_type(await act.wait("e", action, timeout=600), EnvironmentSnapshot)
    async for now in act.watch("e"):
        assert_type(now.state, models.StateEnum)
    await act.deploy("e", timeout=600, logs=True)
    await act.stop_service("a", timeout=600, logs=line_told)
    await act.wait("e", action, timeout=600, logs=line_told_later)
    deployed = await act.deploy_service(taken.services[0], version="1.2", timeout=600, on_update=told_later)
    assert_type(deployed.state, models.StateEnum)
    assert_type(deployed.execution_id, str | None)
    await act.delete_service("a", timeout=600)
    assert_type(await act.upgrade_cluster("c", timeout=3600, on_update=cluster_told), ClusterSnapshot)


def in_the_blocking_face(client: Qovery, taken: Inventory, seen: EnvironmentSnapshot) -> None:
    act = client.deployments
    assert_type(act.deploy("e", services=taken.services, timeout=600, on_update=told), EnvironmentSnapshot)
    act.deploy("e", services={"a": "4f2c1d7", "b": None}, timeout=600)
    act.deploy("e", services={service: service.name for service in taken.services}, timeout=600)
    act.stop("e", services=seen.services, timeout=600)
    assert_type(act.wait("e", "stop", timeout=600), EnvironmentSnapshot)
    act.deploy("e", timeout=600, logs=True)
    act.deploy_service("a", timeout=600, logs=line_told)
    for now in act.watch("e"):
        assert_type(now, EnvironmentSnapshot)
    assert_type(act.restart_service("a", timeout=600).state, models.StateEnum)
    assert_type(act.deploy_cluster("c", timeout=3600, on_update=cluster_told).state, models.ClusterStateEnum)


def failures(client: Qovery) -> DeploymentError | None:
    try:
        client.deployments.deploy("e", timeout=600)
    except DeploymentFailed as error:
        assert_type(error.services, tuple[FailedService, ...])
        assert_type(error.logs, tuple[str, ...])
        print(error.environment_id, error.action, error.state, error.step, [each.type for each in error.services])
    except DeploymentTimeout as error:
        return error
    return None


async def wrong(client: AsyncQovery, blocking: Qovery) -> None:
    await client.deployments.deploy("e")  # rejected
    await client.deployments.deploy("e", timeout="600")  # rejected
    await client.deployments.deploy("e", services=[1], timeout=600)  # rejected
    await client.deployments.deploy("e", services={"a": 1}, timeout=600)  # rejected
    await client.deployments.deploy("e", services={1: "4f2c1d7"}, timeout=600)  # rejected
    numbers = {"a": 1}
    await client.deployments.deploy("e", services=numbers, timeout=600)  # rejected
    await client.deployments.deploy("e", services=(service for service in ("a", "b")), timeout=600)  # rejected
    await client.deployments.deploy("e", services="a,b".split, timeout=600)  # rejected
    await client.deployments.deploy("e", timeout=600, on_update=cluster_told)  # rejected
    await client.deployments.wait("e", "start", timeout=600)  # rejected
    await client.deployments.stop_service("a", version="1.2", timeout=600)  # rejected
    await client.deployments.restart_cluster("c", timeout=600)  # rejected
    blocking.deployments.deploy("e")  # rejected
    blocking.deployments.deploy("e", services={"a": 1}, timeout=600)  # rejected
    blocking.deployments.wait("e", "start", timeout=600)  # rejected
    blocking.deployments.deploy("e", timeout=600, on_update=told_later)  # rejected
    blocking.deployments.deploy_service(timeout=600)  # rejected
