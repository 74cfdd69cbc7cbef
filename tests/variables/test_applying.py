"""What happens when a plan is applied, and something is in its way?"""

from __future__ import annotations

import pickle
from collections.abc import Generator
from typing import Any

import attrs
import pytest

from qovery_async import (
    AliasOf,
    BadRequest,
    BulkProgress,
    ConfigurationError,
    Forbidden,
    PlanNotApplied,
    SecretValue,
    TransportError,
    VariablesPlan,
)
from qovery_async.emulator import Emulator, Fault
from qovery_async.emulator.faults.kinds import OutgoingResponse
from qovery_async.emulator.world.state import Entity
from tests.support.both_faces import play
from tests.support.server import Ask
from tests.support.variable_world import KIND, Places

pytestmark = pytest.mark.anyio

MANY = {f"KEY_{number:03}": str(number) for number in range(100)}


def variable(place: Entity, key: str) -> Entity:
    (found,) = [each for each in place.of_kind(KIND) if each.value["key"] == key]
    return found


class TestFailures:
    async def test_the_first_one_stops_the_rest_and_the_next_call_makes_them(
        self, ask: Ask, emulator: Emulator, places: Places
    ) -> None:
        refused = 0

        def strike(_: Any, response: OutgoingResponse) -> OutgoingResponse | None:
            nonlocal refused
            refused += 1
            return attrs.evolve(response, status=403, body=b'{"status":403,"detail":"no"}') if refused > 30 else None

        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.application.id, MANY)
            emulator.faults.add(Fault("forbids", "before", strike), call="variables.create")
            try:
                yield client.variables.apply(plan)
            except PlanNotApplied as error:
                emulator.faults.clear()
                return error, (yield client.variables.apply(plan))

        (error, applied), asked = await play(ask, emulator, script)
        assert len(error.done) == 30
        assert {*error.done, *error.left} == {*MANY}
        assert 1 <= len(error.errors) <= 16
        assert isinstance(error.errors[0], Forbidden)
        assert error.__cause__ is error.errors[0]
        assert str(error).startswith(
            "30 of 100 changes of the variables of service shop/production/storefront were made; "
            "apply the plan again to make the others\n  create KEY_0"
        )
        assert "Check the role of the token" in str(error)
        assert (len(applied.made), len(applied.already)) == (70, 30)
        assert asked.count("variables.create") == 100 + len(error.errors)
        assert places.shown(places.application) == MANY

    async def test_are_picklable(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.application.id, MANY)
            emulator.faults.add(Fault.status(403), call="variables.create")
            with pytest.raises(PlanNotApplied) as failed:
                yield client.variables.apply(plan)
            return failed.value, (pickle.loads(pickle.dumps(plan)), plan)

        (error, (copied, plan)), _ = await play(ask, emulator, script)
        assert copied == plan
        again = pickle.loads(pickle.dumps(error))
        assert (str(again), again.left, again.problems) == (str(error), error.left, error.problems)
        assert isinstance(again.errors[0], Forbidden)

    async def test_a_name_that_the_api_refuses_is_named(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        """And what it quotes of a secret is not shown."""

        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.application.id, {"9 KEY": SecretValue("hush-hush-hush")})
            detail = "key or value is not valid: 9 KEY=hush-hush-hush"
            emulator.faults.add(Fault.status(400, detail=detail), call="variables.create")
            with pytest.raises(PlanNotApplied, match=r"create 9 KEY: .* returned 400 key or value is not") as failed:
                yield client.variables.apply(plan)
            return failed.value

        error, _ = await play(ask, emulator, script)
        (refused,) = error.errors
        assert isinstance(refused, BadRequest)
        assert "hush" not in f"{error}{error!r}{refused}{refused!r}{refused.body}{refused.args}"

    @pytest.mark.parametrize("fault", [Fault.drop("after"), Fault.reset("after"), Fault.truncated()])
    @pytest.mark.parametrize("wish", [{"A": "x"}, {"A": SecretValue("x")}, {"UP": "x"}, {"A": AliasOf("UP")}])
    async def test_what_was_made_and_not_confirmed_is_not_sent_twice(
        self, ask: Ask, emulator: Emulator, places: Places, fault: Fault, wish: dict[str, Any]
    ) -> None:
        places.has(places.project, "UP")

        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.application.id, wish)
            emulator.faults.add(fault, call="variables.create*")
            with pytest.raises(PlanNotApplied) as failed:
                yield client.variables.apply(plan)
            assert isinstance(failed.value.errors[0], TransportError)
            emulator.faults.clear()
            return (yield client.variables.apply(plan))

        applied, asked = await play(ask, emulator, script)
        assert (applied.made, len(applied.already)) == ((), 1)
        assert len([each for each in asked if each.startswith("variables.create")]) == 1
        assert len(places.shown(places.application)) == 1

    async def test_a_target_whose_id_did_not_come_back(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        def strike(_: Any, response: OutgoingResponse) -> OutgoingResponse:
            return attrs.evolve(response, body=b"")

        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.application.id, {"A": "x", "B": AliasOf("A")})
            emulator.faults.add(Fault("empties", "after", strike), call="variables.create")
            with pytest.raises(PlanNotApplied, match="alias B: the id of A did not come back"):
                yield client.variables.apply(plan)
            return (yield client.variables.apply(plan))

        applied, _ = await play(ask, emulator, script)
        assert [each.key for each in applied.made] == ["B"]
        assert places.shown(places.application) == {"A": "x", "B": "->A"}


class TestWhatIsNotSaid:
    @pytest.mark.parametrize("wish", ["x", SecretValue("x"), AliasOf("UP")])
    async def test_stays(self, ask: Ask, emulator: Emulator, places: Places, wish: Any) -> None:
        """A PUT replaces all of a variable, and a new one begins with nothing."""
        places.has(places.project, "UP")
        about = {"description": "of the team", "enable_interpolation_in_file": True}
        places.has(places.application, "A", "a", mount_path="/a", **about)

        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.application.id, {"A": wish})
            yield client.variables.apply(VariablesPlan.from_json(plan.to_json(), {"A": wish}))

        await play(ask, emulator, script)
        found = variable(places.application, "A").value
        assert {key: found[key] for key in about} == about
        assert (found.get("mount_path") == "/a") is not isinstance(wish, AliasOf)

    async def test_an_override_refers_to_the_original(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        """And so outlives another override in between."""
        up = places.has(places.project, "UP")
        between = places.linked(places.environment, "UP", up, "middle")

        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.application.id, {"UP": "mine"})
            yield client.variables.apply(plan)
            yield client.variables.delete(between.id)

        await play(ask, emulator, script)
        assert places.shown(places.application) == {"UP": "mine"}

    async def test_aliases_and_overrides_below_go_with_what_is_deleted(
        self, ask: Ask, emulator: Emulator, places: Places
    ) -> None:
        up = places.has(places.project, "UP")
        places.linked(places.application, "UP", up, "mine")

        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.project.id, {}, prune=True)
            yield client.variables.apply(plan)
            return plan

        plan, _ = await play(ask, emulator, script)
        assert str(plan).endswith(
            "With a variable, its aliases and overrides in everything below are deleted; they are not shown."
        )
        assert places.shown(places.application) == {}


class TestCalls:
    async def test_tell_how_far_they_are(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        told: list[BulkProgress] = []

        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.application.id, {**MANY, "B": AliasOf("KEY_001")})
            yield client.variables.apply(plan, progress=told.append)

        await play(ask, emulator, script)
        assert [each.done for each in told] == [*range(1, 102)]
        assert told[-1] == BulkProgress(101, 0, 101)

    async def test_of_a_handle_take_plans_of_their_own_place(
        self, ask: Ask, emulator: Emulator, places: Places
    ) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.project.id, {"A": "x"})
            with pytest.raises(ConfigurationError, match=r"the plan is for project shop, not for \w+-"):
                yield client.environment(places.environment.id).variables.apply(plan)
            return (yield client.project(places.project.id).variables.apply(plan))

        applied, _ = await play(ask, emulator, script)
        assert len(applied.made) == 1

    async def test_take_nothing_but_plans(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            for variables in (client.variables, client.project(places.project.id).variables):
                with pytest.raises(ConfigurationError, match=r"apply takes a plan, .*, got dict"):
                    yield variables.apply({"A": "x"})

        assert (await play(ask, emulator, script))[1] == []

    async def test_know_what_cannot_be_deployed(self, ask: Ask, emulator: Emulator) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            data = {"parent": {"id": "x", "scope": "AGENTIC_WORKFLOW"}, "changes": [], "uncompared": []}
            plan = VariablesPlan.from_dict(data)
            with pytest.raises(
                ConfigurationError, match="service x is of kind AGENTIC_WORKFLOW, which cannot redeploy"
            ):
                yield client.variables.apply(plan, redeploy="if_changed", timeout=5)

        assert (await play(ask, emulator, script))[1] == []

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"redeploy": "always"}, "redeploy must be 'if_changed' or None"),
            ({"redeploy": "if_changed"}, "waits for deployments: give timeout= in seconds"),
            ({"redeploy": "if_changed", "timeout": 0}, "timeout must be a positive number"),
            ({"progress": "bar"}, "progress must be a function"),
        ],
    )
    async def test_are_checked_before_a_request(
        self, ask: Ask, emulator: Emulator, places: Places, options: Any, message: str
    ) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            plan = yield client.variables.plan(places.project.id, {"A": "x"})
            with pytest.raises(ConfigurationError, match=message):
                yield client.variables.apply(plan, **options)

        await play(ask, emulator, script)
        assert places.shown(places.project) == {}
