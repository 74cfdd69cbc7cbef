"""Which objects does a world of the emulator begin with? The same ones for the same seed."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
import time
from datetime import datetime

import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator
from qovery_async.emulator.facts.families import families
from qovery_async.emulator.world.presets import World
from qovery_async.models import APIVariableScopeEnum

pytestmark = pytest.mark.anyio


async def test_an_empty_world_has_its_organization() -> None:
    async with Emulator() as emulator, AsyncQovery(emulator.token, base_url=emulator.url) as client:
        (organization,) = await client.organizations.list()
        assert (organization.name, await client.projects.list()) == ("acme", [])


async def test_the_demonstration(client: AsyncQovery) -> None:
    environments = await client.organizations.list_environments()
    services = await client.services.list()
    assert (len(await client.projects.list()), len(environments)) == (4, 12)
    assert 40 <= len(services) <= 45
    assert len({service.service_type for service in services}) >= 6


async def test_the_seed_decides() -> None:
    async def names_and_ids(seed: int) -> list[object]:
        async with Emulator(world="demo", seed=seed) as emulator:
            return [(entity.value, entity.facts.get("state")) for entity in emulator.state.root.below()]

    assert await names_and_ids(1) == await names_and_ids(1)
    assert await names_and_ids(1) != await names_and_ids(2)


async def test_a_large_one_loads_quickly() -> None:
    """In a few times what it takes to copy its objects: 1.5 to 4 times when this was written."""
    began = time.process_time()
    async with Emulator(world="large") as emulator:
        loaded = time.process_time()
        for entity in emulator.state.root.below():
            copy.deepcopy(entity.value)
        assert loaded - began < 10 * (time.process_time() - loaded)
        counts = {kind: len(emulator.state.every(kind)) for kind in ("project", "environment")}
        assert counts == {"project": 200, "environment": 2000}
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            assert len(await client.services.list()) == 20_000


def test_importing_costs_nothing() -> None:
    heavy = "{'aiohttp.web', 'qovery_async.emulator.http.server'}"
    code = f"import sys, qovery_async.emulator, qovery_async.emulator.pytest_plugin; print(set(sys.modules) & {heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
    code = "import sys, qovery_async; print('qovery_async.emulator' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM"])
def test_from_the_command_line(signal: str) -> None:
    import signal as signals

    command = [sys.executable, "-m", "qovery_async.emulator", "--port", "0", "--world", "empty"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        printed = [process.stdout.readline().rstrip() for _ in range(5)]
        process.send_signal(getattr(signals, signal))
        assert process.wait(10) == 0
        assert process.stderr
        assert process.stderr.read() == ""
    names = [line.removeprefix("export ").partition("=")[0] for line in printed[2:]]
    assert names == ["QOVERY_API_URL", "QOVERY_WS_URL", "QOVERY_API_TOKEN"]


@pytest.mark.parametrize("world", ["empty", "demo", "large"])
async def test_nothing_is_younger_than_its_deployment_or_than_now(world: World) -> None:
    async with Emulator(world=world, speed=None) as emulator:
        deployed = {
            environment.id: run.began
            for environment in emulator.state.every("environment")
            if (run := emulator.life.environment(environment.id).latest) is not None
        }
        assert bool(deployed) == (world != "empty")
        for entity in emulator.state.all():
            environment = entity.above("environment")
            latest = deployed.get(environment.id if environment else "", emulator.clock.now())
            created = entity.value.get("created_at")
            assert created is None or datetime.fromisoformat(created) <= latest, (entity.kind, created)


async def test_built_in_variables_have_the_same_ids_in_each_process() -> None:
    """Ids are drawn one after another, and strings have another order in the sets of each process."""
    async with Emulator(world="demo") as emulator, AsyncQovery(emulator.token, base_url=emulator.url) as client:
        project = emulator.state.every("project")[0]
        environment = project.of_kind("environment")[0]
        listed = await client.variables.list(parent_id=environment.id, scope=APIVariableScopeEnum.ENVIRONMENT)
        keys = [variable.key for variable in listed if variable.scope == "BUILT_IN"]
        services = [service for kind in families().services for service in environment.of_kind(kind)]
        hosts = [f"QOVERY_{families().services[each.kind]}_Z{each.id[:8].upper()}_HOST_INTERNAL" for each in services]
        first = ["PROJECT_ID", "ENVIRONMENT_ID", "ENVIRONMENT_NAME", "KUBERNETES_CLUSTER_NAME"]
        assert keys == [*(f"QOVERY_{name}" for name in first), *hosts]
