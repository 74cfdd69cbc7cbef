"""Does each action on a cluster wait until the emulator says that it has succeeded?"""

from __future__ import annotations

import pickle
from typing import Any

import anyio
import pytest

from qovery_async import AsyncQovery, Conflict, DeploymentFailed, DeploymentTimeout, Forbidden
from qovery_async.deployments.snapshot import ClusterSnapshot
from qovery_async.emulator import Action, Emulator, Fault
from tests.deployments.conftest import Place

pytestmark = pytest.mark.anyio

SECONDS = 20


@pytest.fixture(params=["async", "sync"])
async def cluster(request: pytest.FixtureRequest, emulator: Emulator) -> Place:
    async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
        found = next(each for each in await client.clusters.list() if each.name == "development")
    return Place(emulator, request.param, found.id, {})


async def act(cluster: Place, method: str, **arguments: Any) -> ClusterSnapshot:
    found: ClusterSnapshot = await cluster(
        lambda client: getattr(client.deployments, method)(cluster.id, **{"timeout": SECONDS} | arguments)
    )
    return found


@pytest.mark.parametrize(
    ("method", "state"), [("deploy_cluster", "DEPLOYED"), ("upgrade_cluster", "DEPLOYED"), ("stop_cluster", "STOPPED")]
)
async def test_the_end_is_what_the_emulator_says(cluster: Place, method: str, state: str) -> None:
    told: list[ClusterSnapshot] = []
    end = await act(cluster, method, on_update=told.append)
    life = cluster.emulator.clusters.cluster(cluster.id)
    assert (end.state, life.state, life.action) == (state, state, None)
    assert told[-1] == end
    assert len({str(snapshot.state) for snapshot in told}) > 1


async def test_one_that_is_stopped_already_is_a_success(cluster: Place) -> None:
    for _ in range(2):
        assert (await act(cluster, "stop_cluster")).state == "STOPPED"


async def test_it_is_deleted_once_it_is_gone(cluster: Place) -> None:
    state = cluster.emulator.state
    for environment in [each for each in state.every("environment") if each.value["cluster_id"] == cluster.id]:
        state.remove(environment)  # a cluster in use is not deleted
    end = await act(cluster, "delete_cluster")
    assert (end.is_gone, end.state, cluster.there) == (True, "DELETED", None)


@pytest.mark.parametrize(("credentials", "state"), [(False, "DEPLOYMENT_ERROR"), (True, "INVALID_CREDENTIALS")])
async def test_a_failure_is_raised(cluster: Place, credentials: bool, state: str) -> None:  # noqa: FBT001
    cluster.emulator.clusters.fail_next(cluster.id, credentials=credentials)
    with pytest.raises(DeploymentFailed) as caught:
        await act(cluster, "deploy_cluster")
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.state, error.action, error.environment_id) == (state, "deploy", None)
    assert state in str(error)
    assert (await act(cluster, "deploy_cluster")).state == "DEPLOYED", "an old failure is not reported"


async def test_a_timeout_is_an_error(cluster: Place) -> None:
    with pytest.raises(DeploymentTimeout, match=r"had not ended after 0.2 s: it is \w+\. It goes on\."):
        await act(cluster, "deploy_cluster", timeout=0.2)
    assert cluster.emulator.clusters.cluster(cluster.id).action is Action.DEPLOY


async def test_a_refusal_is_raised(cluster: Place) -> None:
    cluster.emulator.faults.add(Fault.status(409), call="clusters.deploy")
    with pytest.raises(Conflict):
        await act(cluster, "deploy_cluster")
    cluster.emulator.clock.call_later(1, lambda: cluster.emulator.faults.add(Fault.status(403)))
    with pytest.raises(Forbidden):
        await act(cluster, "upgrade_cluster")


@pytest.mark.parametrize("cluster", ["async"], indirect=True)  # a thread is not cancelled
async def test_a_user_who_stops_waiting_hears_that_it_goes_on(cluster: Place, caplog: pytest.LogCaptureFixture) -> None:
    with anyio.move_on_after(0.2) as scope:
        await act(cluster, "deploy_cluster")
    assert scope.cancelled_caught
    assert f"Stopped waiting for the deploy of cluster {cluster.id}. It goes on." in caplog.text
    assert cluster.emulator.clusters.cluster(cluster.id).action is Action.DEPLOY
