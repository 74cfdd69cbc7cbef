"""Do handles act as `client.deployments` does, and refuse what their kind has not?"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

import pytest

from qovery_async import (
    BulkProgress,
    ClusterSnapshot,
    ConfigurationError,
    DeploymentTimeout,
    EnvironmentSnapshot,
    ServiceSnapshot,
)
from qovery_async.emulator import Emulator, Fault
from tests.support.both_faces import play
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

QUICK = 1000
"""How many times faster than real time deployments run."""

ACTIONS_ON_A_SERVICE = {
    "deploy": "environments.deploy_services",
    "redeploy": "environments.deploy_services",
    "restart": "environments.restart_services",
    "stop": "environments.stop_services",
    "uninstall": "environments.uninstall_services",
    "delete": "environments.delete_services",
}
ACTIONS_ON_AN_ENVIRONMENT = {
    "deploy": "environments.deploy",
    "redeploy": "environments.redeploy",
    "restart": "environments.restart_services",
    "stop": "environments.stop",
    "uninstall": "environments.uninstall",
    "delete": "environments.delete",
}
ACTIONS_ON_A_CLUSTER = {
    "deploy": "clusters.deploy",
    "upgrade": "clusters.upgrade",
    "stop": "clusters.stop",
    "delete": "clusters.delete",
}
ACTIONS = {
    "service": ACTIONS_ON_A_SERVICE,
    "environment": ACTIONS_ON_AN_ENVIRONMENT,
    "cluster": ACTIONS_ON_A_CLUSTER,
}
"""Which request each action of a handle sends."""

LACKING = [
    ("shop/production/newsletter", "JOB", {"restart"}),
    ("platform/production/grafana", "HELM", {"restart"}),
    ("platform/production/buckets", "TERRAFORM", {"restart", "stop"}),
    ("platform/tools/legacy", "ARGOCD_APP", {*ACTIONS_ON_A_SERVICE}),
]


@pytest.mark.parametrize(("path", "kind", "actions"), LACKING, ids=[kind for _, kind, _ in LACKING])
async def test_what_a_kind_has_not_is_refused_before_any_request(
    ask: Ask, path: str, kind: str, actions: set[str]
) -> None:
    def script(client: Any) -> Generator[Any]:
        found = yield client.find.service(path)
        for action in sorted(actions):
            with pytest.raises(ConfigurationError, match=rf"is of kind {kind}, which cannot {action}"):
                yield getattr(found, action)(timeout=5)
        for action in sorted(actions):
            with pytest.raises(ConfigurationError, match=rf"is of kind {kind}, which cannot {action}"):
                yield getattr(client.service(found.id), action)(timeout=5)

    async with Emulator(world="demo") as emulator:
        _, asked = await play(ask, emulator, script)
    assert asked == ["services.list"] * (1 + len(actions))  # each handle of an id looks up its kind


async def test_a_timeout_that_is_none_is_refused_before_any_request(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any]:
        handles = (client.service(service), client.environment(service), client.cluster(service))
        for handle in handles:
            for timeout in (0, -1, None, "5"):
                with pytest.raises(ConfigurationError, match="timeout must be a positive number of seconds"):
                    yield handle.deploy(timeout=timeout)

    async with Emulator(world="demo") as emulator:
        service = emulator.state.every("application")[0].id
        _, asked = await play(ask, emulator, script, organization_id=None)
    assert asked == []


async def test_deployments_take_a_handle_for_a_service_and_what_it_knows(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any]:
        job = yield client.find.service("shop/production/newsletter")
        cannot = pytest.raises(ConfigurationError, match="is of kind JOB, which cannot restart")
        with cannot:
            yield client.deployments.restart_service(job, timeout=5)
        with cannot:
            yield client.deployments.restart(job.environment_id, services=[job], timeout=5)
        environment = yield job.environment()
        with cannot:
            yield environment.restart(services=[job], timeout=5)
        with pytest.raises(ConfigurationError, match="stop takes no versions"):
            yield environment.stop(services={job: "1.2"}, timeout=5)

    async with Emulator(world="demo") as emulator:
        _, asked = await play(ask, emulator, script)
    assert asked == ["services.list"]


@pytest.mark.slow
async def test_a_service_acts_and_waits(ask: Ask) -> None:
    seen: list[EnvironmentSnapshot] = []

    def script(client: Any) -> Generator[Any, Any, Any]:
        service = yield client.find.service("payments/staging/gateway")
        deployed = yield service.deploy(version="c0ffee1", timeout=30, on_update=seen.append)
        restarted = yield client.service(service.id).restart(timeout=30)
        stopped = yield service.stop(timeout=30)
        gone = yield service.delete(timeout=30)
        return service, deployed, restarted, stopped, gone

    async with Emulator(world="demo", speed=QUICK) as emulator:
        (service, deployed, restarted, stopped, gone), asked = await play(ask, emulator, script)
    assert all(isinstance(snapshot, ServiceSnapshot) for snapshot in (deployed, restarted, stopped))
    assert {snapshot.id for snapshot in (deployed, restarted, stopped)} == {service.id}
    assert [deployed.state, restarted.state, stopped.state] == ["DEPLOYED", "RESTARTED", "STOPPED"]
    assert gone is None
    assert {snapshot.environment_id for snapshot in seen} == {service.environment_id}
    assert asked.count("services.list") == 2  # `find`, and the handle that was made of an id


@pytest.mark.slow
@pytest.mark.parametrize("noun", ACTIONS)
async def test_every_action_sends_its_own_request(ask: Ask, noun: str) -> None:
    """As many at once as there are places for: time stands still, and each waits until its timeout."""
    left = dict(ACTIONS[noun])
    while left:
        async with Emulator(world="demo", speed=None) as emulator:
            actions = {
                action: (id_, left.pop(action)) for id_, action in zip(targets(emulator, noun), [*left], strict=False)
            }
            errors, asked = await play(ask, emulator, partial(acting, noun, actions))
        for error, (action, (_, operation)) in zip(errors, actions.items(), strict=True):
            ended = (noun, action) == ("cluster", "delete")  # at once, in the emulator
            assert ended or (isinstance(error, DeploymentTimeout) and error.action == action), error
            assert operation in asked


def acting(noun: str, actions: dict[str, tuple[str, str]], client: Any) -> Generator[Any, Any, Any]:
    calls = [partial(getattr(getattr(client, noun)(id_), action), timeout=2) for action, (id_, _) in actions.items()]
    outcomes = yield client.bulk.gather(*calls, on_error="return")
    return [outcome.error for outcome in outcomes]


def targets(emulator: Emulator, noun: str) -> list[str]:
    """The ids of what can act at the same time: one deployed application of each environment."""
    if noun != "service":
        return [entity.id for entity in emulator.state.every(noun)]
    deployed = [a for a in emulator.state.every("application") if a.facts["state"] == "DEPLOYED"]
    return [*{application.parent.id: application.id for application in deployed}.values()]


@pytest.mark.slow
async def test_an_environment_cancels_what_is_under_way(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any]:
        yield client.environments.redeploy(id_)
        emulator.clock.advance(1)
        with pytest.raises(DeploymentTimeout) as raised:
            yield client.environment(id_).cancel(timeout=1.5)
        assert raised.value.action == "cancel"

    async with Emulator(world="demo", speed=None) as emulator:
        id_ = emulator.state.every("environment")[0].id
        _, asked = await play(ask, emulator, script)
    assert "environments.cancel_deployment" in asked


@pytest.mark.slow
async def test_an_environment_acts_on_handles_clones_and_waits(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        environment = yield client.find.environment("payments/sandbox")
        (gateway,) = [s for s in (yield environment.services()) if s.name == "gateway"]
        some = yield environment.deploy(services={gateway: "c0ffee1"}, timeout=30)
        again = yield environment.restart(services=[gateway], timeout=30)
        joined = yield environment.wait("restart", timeout=30)
        clone = yield environment.clone_and_deploy("copy", mode="PREVIEW", timeout=60)
        return environment, gateway, some, again, joined, clone

    async with Emulator(world="demo", speed=QUICK) as emulator:
        (environment, gateway, some, again, joined, clone), _ = await play(ask, emulator, script)
    assert all(isinstance(snapshot, EnvironmentSnapshot) for snapshot in (some, again, joined, clone))
    assert {snapshot.environment_id for snapshot in (some, again, joined)} == {environment.id}
    assert some.service(gateway.id).state == "DEPLOYED"
    assert again.service(gateway.id).state == "RESTARTED"
    assert clone.environment_id != environment.id
    assert clone.state == "DEPLOYED"


@pytest.mark.slow
async def test_a_cluster_acts_and_waits(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        cluster = yield client.find.cluster("development")
        snapshot = yield cluster.deploy(timeout=60)
        return cluster, snapshot

    async with Emulator(world="demo", speed=QUICK) as emulator:
        (cluster, snapshot), _ = await play(ask, emulator, script)
    assert isinstance(snapshot, ClusterSnapshot)
    assert snapshot.cluster_id == cluster.id


@pytest.mark.parametrize("noun", [*ACTIONS])
async def test_progress_is_told(ask: Ask, noun: str) -> None:
    told: list[BulkProgress] = []

    def script(client: Any) -> Generator[Any, Any, None]:
        handle = getattr(client, noun)(targets(emulator, noun)[0])
        yield handle.deploy(timeout=30, progress=told.append)

    async with Emulator(world="demo", speed=QUICK) as emulator:
        await play(ask, emulator, script)
    assert told
    assert told[-1].done == told[-1].total
    assert told[-1].failed == 0


@pytest.mark.parametrize("noun", [*ACTIONS])
async def test_progress_that_cannot_be_is_refused_before_any_request(ask: Ask, noun: str) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        with pytest.raises(ConfigurationError, match="progress"):
            yield getattr(client, noun)(targets(emulator, noun)[0]).deploy(timeout=30, progress="rihc")

    async with Emulator(world="demo", speed=None) as emulator:
        _, asked = await play(ask, emulator, script)
    assert not asked


@pytest.mark.parametrize("action", sorted(ACTIONS_ON_A_SERVICE))
async def test_the_look_up_of_an_id_counts_in_the_timeout(ask: Ask, action: str) -> None:
    def script(client: Any) -> Generator[Any]:
        with pytest.raises(DeploymentTimeout) as raised:
            yield getattr(client.service(id_), action)(timeout=0.3)
        return raised.value

    async with Emulator(world="demo", speed=None) as emulator:
        emulator.faults.add(Fault.latency(20), call="services.list")
        id_ = emulator.state.every("application")[0].id
        error, asked = await play(ask, emulator, script)
    assert (error.action, error.target, asked) == (action, f"service {id_}", ["services.list"])
    assert str(error) == f"The {action} of service {id_} had not been asked for after 0.3 s."
