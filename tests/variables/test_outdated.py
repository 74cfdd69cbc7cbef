"""What becomes of a plan that is applied later, or in another process?"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

from qovery_async import (
    AliasOf,
    ConfigurationError,
    MountedFile,
    PlanOutdated,
    SecretValue,
    VariablesError,
    VariablesPlan,
)
from qovery_async.emulator import Emulator
from qovery_async.emulator.world.state import Entity
from tests.support.both_faces import play
from tests.support.server import Ask
from tests.support.variable_world import KIND, Places

pytestmark = pytest.mark.anyio

SECRETS = {"API_KEY": SecretValue("hush-hush-hush"), "LEVEL": "debug"}


def variable(place: Entity, key: str) -> Entity:
    (found,) = [each for each in place.of_kind(KIND) if each.value["key"] == key]
    return found


def change(places: Places, key: str, value: str) -> None:
    """Someone else changes a variable of the application."""
    found = variable(places.application, key)
    found.facts["plain"] = value
    found.value = {**found.value, "updated_at": "2030-01-01T00:00:00Z"}


class TestOthers:
    """Between the plan and its application, someone else changes something; a plan from JSON looks first."""

    CASES: tuple[tuple[dict[str, Any], Callable[[Places], object], str], ...] = (
        ({"A": "x"}, lambda p: change(p, "A", "other"), "A was changed by someone else"),
        ({"A": "x"}, lambda p: p.emulator.state.remove(variable(p.application, "A")), "A is gone"),
        ({"NEW": "x"}, lambda p: p.has(p.application, "NEW", "y"), "NEW is there with another value"),
        ({"NEW": "x"}, lambda p: p.has(p.environment, "NEW", "y"), "NEW is inherited from the environment now"),
        ({"UP": "x"}, lambda p: p.emulator.state.remove(variable(p.project, "UP")), "UP is no longer inherited"),
        (
            {"B": AliasOf("E")},
            lambda p: p.emulator.state.remove(variable(p.environment, "E")),
            "B has lost its target E",
        ),
        ({}, lambda p: change(p, "A", "other"), "A was changed by someone else"),
        ({}, lambda p: change(p, "S", "other"), "S was changed by someone else"),
    )

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case[2])
    async def test_is_noticed_before_anything_is_sent(
        self, ask: Ask, emulator: Emulator, places: Places, case: tuple[dict[str, Any], Callable[[Places], object], str]
    ) -> None:
        wish, meanwhile, message = case
        places.has(places.application, "A", "a")
        places.has(places.application, "S", "s", is_secret=True)
        places.has(places.project, "UP", "up")
        places.has(places.environment, "E", "e")

        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.application.id, wish, prune=not wish)
            meanwhile(places)
            with pytest.raises(PlanOutdated, match="is outdated, nothing was sent: make a new one") as outdated:
                yield client.variables.apply(VariablesPlan.from_json(plan.to_json(), wish))
            return outdated.value

        error, asked = await play(ask, emulator, script)
        assert error.problems == (message,)
        assert isinstance(error, VariablesError)
        assert asked == ["services.list", "variables.list", "variables.list"]

    async def test_is_no_trouble_where_they_did_the_same(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        places.has(places.application, "A", "a")
        places.has(places.application, "B", "b")
        wish = {"A": "x", "NEW": MountedFile("x", "/x")}

        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.application.id, wish, prune=True)
            change(places, "A", "x")
            emulator.state.remove(variable(places.application, "B"))
            places.has(places.application, "NEW", "x", mount_path="/x")
            return (yield client.variables.apply(VariablesPlan.from_json(plan.to_json())))

        applied, _ = await play(ask, emulator, script)
        assert (applied.made, len(applied.already)) == ((), 3)

    async def test_a_secret_that_was_written_since_is_left(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        """It may be this plan that wrote it, in another process."""
        places.has(places.application, "API_KEY", "old", is_secret=True)

        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.application.id, SECRETS)
            change(places, "API_KEY", "theirs")
            return (yield client.variables.apply(VariablesPlan.from_json(plan.to_json(), SECRETS)))

        applied, _ = await play(ask, emulator, script)
        assert [each.key for each in applied.already] == ["API_KEY"]
        assert places.shown(places.application) == {"API_KEY": "*theirs", "LEVEL": "debug"}

    async def test_is_noticed_by_a_plan_of_more_than_a_minute(
        self, ask: Ask, emulator: Emulator, places: Places
    ) -> None:
        places.has(places.application, "A", "a")

        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.application.id, {"A": "x"})
            change(places, "A", "other")
            plan._memory.seen_at -= 61
            with pytest.raises(PlanOutdated):
                yield client.variables.apply(plan)

        await play(ask, emulator, script)


class TestJson:
    async def test_has_no_secret_and_takes_them_back(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        places.has(places.application, "PLAIN", "hush-hush-hush")
        wish = {**SECRETS, "PLAIN": SecretValue("hush-hush-hush"), "F": MountedFile(SecretValue("hush-hush"), "/f")}

        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.application.id, wish)
            text = plan.to_json()
            assert "hush" not in f"{text}{plan}{plan!r}{plan.changes!r}"
            bare = VariablesPlan.from_json(text)
            assert str(bare) == str(plan)
            with pytest.raises(
                ConfigurationError, match="without the values of API_KEY, F, PLAIN: give them as desired="
            ):
                yield client.variables.apply(bare)
            yield client.variables.apply(VariablesPlan.from_json(text, [{"API_KEY": "hush-hush-hush"}, wish]))

        await play(ask, emulator, script)
        assert places.shown(places.application) == {
            "API_KEY": "*hush-hush-hush", "F": "*hush-hush at /f", "LEVEL": "debug", "PLAIN": "*hush-hush-hush",
        }  # fmt: skip

    @pytest.mark.parametrize(
        "text", ["", "[]", "{}", '{"parent": {"id": "x"}, "changes": [], "uncompared": []}',
                 '{"parent": {"id": "x", "scope": "JOB"}, "changes": [{"action": "burn", "key": "x"}], "uncompared": []}'],
    )  # fmt: skip
    def test_that_is_none_is_refused(self, text: str) -> None:
        with pytest.raises(ConfigurationError, match="this is no plan of variables"):
            VariablesPlan.from_json(text)
