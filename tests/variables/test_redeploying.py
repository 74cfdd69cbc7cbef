"""Which deployments follow when variables have changed?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from typing import Any

import pytest

from qovery_async import AsyncQovery, DeploymentFailed, SecretValue, VariablesPlan
from qovery_async.emulator import Emulator
from qovery_async.emulator.world.state import Entity
from tests.support.both_faces import play
from tests.support.quick import hastened
from tests.support.server import Ask
from tests.support.variable_world import Places

pytestmark = pytest.mark.anyio

CHANGED: dict[str, Any] = {"redeploy": "if_changed", "timeout": 60}
TIMES = 40


@pytest.fixture
async def emulator(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Emulator]:
    async with hastened(monkeypatch, TIMES) as running:
        yield running


async def applied(ask: Ask, places: Places, place: Entity) -> Any:
    def script(client: Any) -> Generator[Any, Any, Any]:
        plan = yield client.variables.plan(place.id, {"A": "x"})
        return (yield client.variables.apply(plan, **CHANGED))

    return (await play(ask, places.emulator, script))[0]


async def test_of_the_service_of_the_environment_or_of_what_runs_in_the_project(
    ask: Ask, emulator: Emulator, places: Places
) -> None:
    assert (await applied(ask, places, places.application)).deployed == (places.application.id,)
    assert (await applied(ask, places, places.environment)).deployed == (places.environment.id,)
    names = {each.id: each.value["name"] for each in places.project.of_kind("environment")}
    async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
        (staging,) = [id_ for id_, name in names.items() if name == "staging"]
        await client.environment(staging).stop(timeout=60)
    found = (await applied(ask, places, places.project)).deployed
    assert {names[id_] for id_ in found} == {"production", "preview-checkout"}


async def test_once_for_a_plan(ask: Ask, emulator: Emulator, places: Places) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        service = client.service(places.application.id)
        plan = yield service.variables.plan({"A": "x", "B": SecretValue("y")})
        yield service.variables.apply(plan)
        late = yield service.variables.apply(plan, **CHANGED)
        again = yield service.variables.apply(plan, **CHANGED)
        elsewhere = yield service.variables.apply(VariablesPlan.from_json(plan.to_json(), {"B": "y"}), **CHANGED)
        nothing = yield service.variables.apply((yield service.variables.plan({"A": "x"})), **CHANGED)
        return [each.deployed for each in (late, again, elsewhere, nothing)]

    deployed, asked = await play(ask, emulator, script)
    assert deployed == [(places.application.id,), (), (), ()]
    assert asked.count("environments.deploy_services") == 1


async def test_after_a_program_that_ended_before_it_deployed(ask: Ask, emulator: Emulator, places: Places) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        plan = yield client.variables.plan(places.environment.id, {"A": "x"})
        yield client.variables.apply(plan)
        return (yield client.variables.apply(VariablesPlan.from_json(plan.to_json()), **CHANGED))

    found, _ = await play(ask, emulator, script)
    assert (found.made, found.deployed) == ((), (places.environment.id,))


async def test_starts_nothing_that_is_stopped_or_was_never_deployed(
    ask: Ask, emulator: Emulator, places: Places
) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        yield client.environment(places.environment.id).stop(timeout=60)
        clone = yield client.environments.clone(places.environment.id, {"name": "new"})
        found = []
        for id_ in (places.application.id, places.environment.id, clone.id):
            plan = yield client.variables.plan(id_, {"A": "x"})
            found.append((yield client.variables.apply(plan, **CHANGED)))
        return found

    found, _ = await play(ask, emulator, script)
    assert [(len(each.made), each.deployed) for each in found] == [(1, ())] * 3


async def test_that_fails_is_an_error_and_the_next_call_deploys_again(
    ask: Ask, emulator: Emulator, places: Places
) -> None:
    emulator.fail_next_build(places.application.id)

    def script(client: Any) -> Generator[Any, Any, Any]:
        plan = yield client.variables.plan(places.application.id, {"A": "x"})
        with pytest.raises(DeploymentFailed):
            yield client.variables.apply(plan, **CHANGED)
        return (yield client.variables.apply(plan, **CHANGED))

    found, _ = await play(ask, emulator, script)
    assert (found.made, found.deployed) == ((), (places.application.id,))


async def test_of_several_environments_fail_together(ask: Ask, emulator: Emulator, places: Places) -> None:
    emulator.fail_next_build(places.application.id)

    def script(client: Any) -> Generator[Any, Any, Any]:
        plan = yield client.variables.plan(places.project.id, {"A": "x"})
        with pytest.RaisesGroup(DeploymentFailed, match="1 of 3 calls failed"):
            yield client.variables.apply(plan, **CHANGED)

    await play(ask, emulator, script)
