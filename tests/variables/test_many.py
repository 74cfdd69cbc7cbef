"""Do hundreds of variables at three scopes become what is desired, in few requests, whatever happens on the way?"""

from __future__ import annotations

import random
import re
from collections.abc import Generator
from typing import Any

import pytest

from qovery_async import (
    NO_RETRIES,
    AliasOf,
    AsyncQovery,
    MountedFile,
    PlanNotApplied,
    QoveryError,
    SecretValue,
    VariablesPlan,
    VariableValue,
)
from qovery_async.emulator import Emulator
from tests.support.both_faces import organization, play
from tests.support.server import Ask
from tests.support.variable_world import Places, expected, kill

pytestmark = pytest.mark.anyio

Desired = list[dict[str, VariableValue]]


def desired_of(count: int, seed: int = 0) -> Desired:
    """What a project, an environment and a service should have, `count` variables in all."""
    dice = random.Random(seed)
    levels: Desired = []
    above: dict[str, VariableValue] = {}
    for level, share in enumerate((0.3, 0.3, 0.4)):
        own: dict[str, VariableValue] = {}
        for number in range(int(count * share)):
            key = f"KEY_{level}_{number:03}"
            targets = [*own, *above]
            one_above = dice.choice([*above]) if above else ""
            match dice.randrange(10):
                case 0 | 1 if own:
                    target = dice.choice(targets)
                    is_alias = isinstance(own.get(target, above.get(target)), AliasOf)
                    own[key] = f"no alias {level} {number}" if is_alias else AliasOf(target)
                case 2 | 3 if above and isinstance(above[one_above], str | SecretValue) and one_above not in own:
                    kind = type(above[one_above])
                    own[one_above] = kind(f"other {number}")
                case 4 | 5:
                    own[key] = SecretValue(f"secret {level} {number}")
                case 6:
                    own[key] = MountedFile(f"line {number}\nof a file\n", f"/etc/{key.lower()}")
                case _:
                    own[key] = f"value {level} {number} ${{HOME}} # 'quoted' \"ü\""
        levels.append(own)
        above |= own
    return levels


def before(places: Places, desired: Desired, seed: int = 1) -> None:
    """Something else at each scope: values that differ, other kinds, and what nobody desires."""
    dice = random.Random(seed)
    for place, own in zip(places.all(), desired, strict=True):
        here = {variable.value["key"] for above in place.ancestors() for variable in above.of_kind("variable")}
        for key, value in own.items():
            if key in here:
                continue
            match dice.randrange(6):
                case 0:
                    places.has(place, key, "old", is_secret=isinstance(value, SecretValue), description="about it")
                case 1:
                    places.has(place, key, "plain")
                case 2:
                    path = {"mount_path": value.mount_path} if isinstance(value, MountedFile) else {}
                    places.has(place, key, value if isinstance(value, str) else "old", **path)
                case _:
                    pass
        for number in range(5):
            unwanted = places.has(place, f"UNWANTED_{place.kind}_{number}")
            places.linked(place, f"UNWANTED_{place.kind}_{number}_ALIAS", unwanted)


def check(places: Places, desired: Desired) -> None:
    for place, own in zip(places.all(), desired, strict=True):
        assert places.shown(place) == expected(own)


async def made(ask: Ask, emulator: Emulator, places: Places, desired: Desired) -> tuple[int, int]:
    """Plans and applies at each scope, each with a client of its own; the number of changes and of requests."""
    changes = requests = 0
    for place, own in zip(places.all(), desired, strict=True):

        def script(client: Any, place: Any = place, own: Any = own) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(place.id, own, prune=True)
            applied = yield client.variables.apply(plan)
            assert sorted(map(str, applied.made)) == sorted(map(str, plan.changes))
            again = yield client.variables.apply(plan)
            assert (again.made, len(again.already)) == ((), len(plan.changes))
            return len(plan.changes)

        count, asked = await play(ask, emulator, script, organization_id=None)
        assert len(asked) <= count + 3
        changes, requests = changes + count, requests + len(asked)
    return changes, requests


async def test_sixty_become_what_is_desired(ask: Ask, emulator: Emulator, places: Places) -> None:
    desired = desired_of(60)
    before(places, desired)
    changes, requests = await made(ask, emulator, places, desired)
    check(places, desired)
    assert 60 < changes < 120
    assert requests == changes + 9


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
async def test_any_become_what_is_desired(emulator: Emulator, places: Places, seed: int) -> None:
    """Of one place after another, from what was there for another wish."""
    for wish in (seed, seed + 1000):
        desired = desired_of(60, seed=wish)
        before(places, desired, seed)
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            for place, own in zip(places.all(), desired, strict=True):
                plan = await client.variables.plan(place.id, own, prune=True)
                await client.variables.apply(plan)
                assert (await client.variables.plan(place.id, own, prune=True, secrets="keep")).changes == ()
                shown, wanted = places.shown(place), expected(own)
                assert shown.keys() == wanted.keys()
                for key, value in own.items():
                    assert shown[key] == wanted[key] or stays(shown[key], value), key


def stays(shown: str, value: VariableValue) -> bool:
    """Whether it is the value, of a secret or a file that was one before."""
    text = shown.removeprefix("*")
    match value:
        case str():
            return re.sub(r" at /\S+$", "", text) == value
        case SecretValue():
            return re.sub(r" at /\S+$", "", text) == value.value
        case MountedFile():
            return text == f"{value.content} at {value.mount_path}"
        case AliasOf():
            return False


@pytest.mark.slow
async def test_five_hundred_become_what_is_desired(ask: Ask, emulator: Emulator, places: Places) -> None:
    desired = desired_of(500)
    assert sum(map(len, desired)) == 500
    before(places, desired)
    changes, requests = await made(ask, emulator, places, desired)
    check(places, desired)
    assert requests == changes + 9

    def script(client: Any) -> Generator[Any, Any, Any]:
        plans = []
        for place, own in zip(places.all(), desired, strict=True):
            plans.append((yield client.variables.plan(place.id, own, prune=True, secrets="keep")))
        return plans

    plans, _ = await play(ask, emulator, script)
    assert [plan.changes for plan in plans] == [(), (), ()]


async def resumed(desired: Desired, at: int, *, in_this_process: bool) -> bool:
    """Whether a program was killed at a request; started again, it leaves all variables as desired."""
    async with Emulator(world="demo", rate_limit=None) as emulator:
        places = Places(emulator)
        places.clear()
        before(places, desired)
        kill(emulator, at)
        killed = [
            await one_killed(emulator, place.id, own, in_this_process=in_this_process)
            for place, own in zip(places.all(), desired, strict=True)
        ]
        check(places, desired)
    return any(killed)


async def one_killed(emulator: Emulator, place: str, own: dict[str, VariableValue], *, in_this_process: bool) -> bool:
    options: dict[str, Any] = {"base_url": emulator.url, "organization_id": organization(emulator)}
    try:
        async with AsyncQovery(emulator.token, retries=NO_RETRIES, **options) as client:
            plan = await client.variables.plan(place, own, prune=True)
            await client.variables.apply(plan)
    except QoveryError as error:
        emulator.faults.clear()
        if not isinstance(error, PlanNotApplied):
            await one_killed(emulator, place, own, in_this_process=in_this_process)
            return True
        told = {*error.done, *error.left}
    else:
        return False
    assert told == {change.key for change in plan.changes}
    async with AsyncQovery(emulator.token, retries=NO_RETRIES, **options) as client:
        # Another process has nothing but the JSON.
        again = plan if in_this_process else VariablesPlan.from_json(plan.to_json(), own)
        applied = await client.variables.apply(again)
        assert len(applied.made) + len(applied.already) == len(plan.changes)
        assert (await client.variables.apply(again)).made == ()
    return True


@pytest.mark.parametrize("in_this_process", [True, False])
@pytest.mark.parametrize("at", [0, 1, 5, 17, 40, 60, 85])
async def test_a_kill_at_any_request_is_resumed(at: int, *, in_this_process: bool) -> None:
    assert await resumed(desired_of(60, seed=at), at, in_this_process=in_this_process)


@pytest.mark.slow
async def test_a_kill_at_any_of_fifty_requests_of_five_hundred_changes_is_resumed() -> None:
    desired = desired_of(500)
    points = [*range(3), *random.Random(5).sample(range(3, 560), 47)]
    for number, at in enumerate(points):
        assert await resumed(desired, at, in_this_process=number % 2 == 0), f"request {at} was not sent"
