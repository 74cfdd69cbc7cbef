"""Which version of Kubernetes does a cluster have before, during and after an upgrade, and what does its log say?"""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import anyio.to_thread
import pytest

from qovery_async import NO_RETRIES, AsyncQovery, BadRequest, Conflict, models
from qovery_async.emulator import Emulator
from qovery_sync import Qovery
from tests.support.server import SECONDS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", speed=None) as running:
        yield running


@pytest.fixture
async def client(emulator: Emulator) -> AsyncIterator[AsyncQovery]:
    async with AsyncQovery(
        emulator.token, base_url=emulator.url, ws_url=emulator.ws_url, retries=NO_RETRIES
    ) as connected:
        yield connected


def cluster_of(emulator: Emulator) -> str:
    return emulator.state.every("cluster")[0].id


async def shown(client: AsyncQovery, cluster: str) -> tuple[str | None, str | None, str, str | None]:
    """The status and the version in the list, the status and the next version."""
    listed = next(each for each in await client.clusters.list() if each.id == cluster)
    status = await client.clusters.get_status(cluster)
    (same,) = [each for each in await client.clusters.list_statuses() if each.cluster_id == cluster]
    assert status == same
    return listed.status, listed.version, status.status, status.next_k8s_available_version


async def test_an_upgrade_ends_with_the_next_version(emulator: Emulator, client: AsyncQovery) -> None:
    cluster = cluster_of(emulator)
    assert await shown(client, cluster) == ("DEPLOYED", "1.33", "DEPLOYED", "1.34")
    accepted = await client.clusters.upgrade(cluster)
    assert (accepted.status, accepted.next_k8s_available_version) == ("DEPLOYMENT_QUEUED", "1.34")
    emulator.clock.advance(4)
    assert await shown(client, cluster) == ("DEPLOYING", "1.33", "DEPLOYING", "1.34")
    with pytest.raises(Conflict, match="in progress"):
        await client.clusters.upgrade(cluster)
    emulator.clock.advance(10)
    assert await shown(client, cluster) == ("DEPLOYED", "1.34", "DEPLOYED", None)
    with pytest.raises(BadRequest, match="no version of Kubernetes"):
        await client.clusters.upgrade(cluster)
    events = [event.event_type for event in await client.events.list()]
    assert events == ["DEPLOYED", "TRIGGER_DEPLOY"]


async def test_an_upgrade_that_fails_changes_no_version(emulator: Emulator, client: AsyncQovery) -> None:
    cluster = cluster_of(emulator)
    emulator.clusters.fail_next(cluster)
    await client.clusters.upgrade(cluster)
    emulator.clock.advance(20)
    assert await shown(client, cluster) == ("DEPLOYMENT_ERROR", "1.33", "DEPLOYMENT_ERROR", "1.34")
    last = (await client.clusters.list_logs(cluster))[-1]
    assert (last.type, last.step) == ("error", "CreateError")
    assert last.error is not None
    assert last.error.tag == "DEPLOYMENT_ERROR"
    await client.clusters.deploy(cluster)
    emulator.clock.advance(20)
    assert await shown(client, cluster) == ("DEPLOYED", "1.33", "DEPLOYED", "1.34")


async def test_a_new_cluster_is_upgraded_once_it_is_deployed(emulator: Emulator, client: AsyncQovery) -> None:
    body = {"name": "new", "region": "eu-west-3", "cloud_provider": "AWS"}
    made = await client.clusters.create(models.ClusterRequest(**body))
    assert (made.status, made.version, made.deployment_status) == ("READY", "1.33", "NEVER_DEPLOYED")
    assert await client.clusters.list_logs(made.id) == []
    with pytest.raises(BadRequest):
        await client.clusters.upgrade(made.id)
    await client.clusters.deploy(made.id)
    emulator.clock.advance(20)
    assert await shown(client, made.id) == ("DEPLOYED", "1.33", "DEPLOYED", "1.34")
    changed = await client.clusters.patch(made.id, max_running_nodes=20)
    assert changed.deployment_status == "OUT_OF_DATE"
    own = await client.clusters.create(models.ClusterRequest(**body | {"name": "own"}, kubernetes="SELF_MANAGED"))
    await client.clusters.deploy(own.id)
    emulator.clock.advance(20)
    assert await shown(client, own.id) == ("DEPLOYED", None, "DEPLOYED", None)


async def test_a_lock_is_in_the_status(emulator: Emulator, client: AsyncQovery) -> None:
    cluster = cluster_of(emulator)
    await client.clusters.lock(cluster, {"reason": "migration"})
    lock = (await client.clusters.get_status(cluster)).cluster_lock
    assert lock is not None
    assert lock.reason == "migration"


async def test_nodes_have_the_version_of_their_cluster(emulator: Emulator, client: AsyncQovery) -> None:
    cluster = cluster_of(emulator)
    await client.clusters.upgrade(cluster)
    emulator.clock.advance(20)
    with anyio.fail_after(SECONDS):
        async with client.streams.cluster_metrics(cluster) as metrics:
            nodes = (await anext(aiter(metrics))).nodes
        async with client.streams.cluster_status(cluster) as statuses:
            status = (await anext(aiter(statuses))).computed_status
    assert {node.kubelet_version for node in nodes} == {"v1.34.0"}
    assert "1.34" in repr(status.kube_version_status)


@pytest.mark.parametrize("face", ["async", "sync"])
async def test_the_stream_shows_the_lines_of_the_log_as_they_come(
    face: str, emulator: Emulator, client: AsyncQovery
) -> None:
    cluster, found = cluster_of(emulator), list[models.InfraLogLine]()

    def blocking() -> None:
        with (
            Qovery(emulator.token, base_url=emulator.url, ws_url=emulator.ws_url) as other,
            other.streams.infra_logs(cluster, "NGINX") as lines,
        ):
            for line in lines:
                found.append(line)
                if line.message == "The cluster is deployed" and len(found) > 1:
                    break

    async def following() -> None:
        async with client.streams.infra_logs(cluster, "NGINX") as lines:
            async for line in lines:
                found.append(line)
                if line.message == "The cluster is deployed" and len(found) > 1:
                    break

    with anyio.fail_after(SECONDS):
        async with anyio.create_task_group() as group:
            group.start_soon(following) if face == "async" else group.start_soon(anyio.to_thread.run_sync, blocking)
            while not found:
                await anyio.sleep(0.01)
            await client.clusters.upgrade(cluster)
            for _ in range(20):
                emulator.clock.advance(1)
                await anyio.sleep(0.01)
    logs = await client.clusters.list_logs(cluster)
    assert [line.message.safe_message for line in logs if line.message] == [line.message for line in found]
    assert [round(line.timestamp.timestamp() * 1000) for line in logs if line.timestamp] == [
        line.created_at for line in found
    ]
    assert [line.step for line in logs] == [
        "Created", "LoadConfiguration", "Create", "UnderMigration", "UnderMigration", "Created",
    ]  # fmt: skip
