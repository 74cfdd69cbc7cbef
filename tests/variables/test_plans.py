"""Which changes make what is there what is desired, and which wishes have no way?"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

import pytest

from qovery_async import (
    AliasOf,
    AsyncQovery,
    ConfigurationError,
    MountedFile,
    NotFound,
    NothingFound,
    SecretValue,
    VariablesError,
    VariablesPlan,
)
from qovery_async.emulator import Emulator
from tests.support.both_faces import play
from tests.support.server import Ask
from tests.support.variable_world import Places

pytestmark = pytest.mark.anyio

ALIAS, SECRET, FILE = AliasOf("A"), SecretValue("hush"), MountedFile("text", "/etc/f")


def build(places: Places) -> None:
    """An application that has a variable of each type, and inherits some."""
    app, environment, project = places.application, places.environment, places.project
    places.has(project, "UP", "up")
    places.has(project, "UP_SECRET", "hush up", is_secret=True)
    places.has(project, "UP_FILE", "up", mount_path="/up")
    up = places.has(project, "OVER", "wide")
    places.linked(environment, "OVER", up, "middle")
    places.linked(app, "OVER", up, "narrow")
    a = places.has(app, "A", "a", description="the first")
    places.has(app, "S", "hush", is_secret=True)
    places.has(app, "F", "file", mount_path="/f")
    places.linked(app, "ALIAS", a)
    places.linked(app, "UP_ALIAS", places.has(environment, "E", "e"))


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "nothing": ({}, {}, []),
    "the same": (
        {"A": "a", "F": "file", "ALIAS": AliasOf("A"), "UP": "up", "OVER": "narrow", "UP_ALIAS": AliasOf("E")},
        {},
        [],
    ),
    "an alias with the value that it has": ({"ALIAS": "a"}, {}, []),
    "another value": ({"A": "b"}, {}, ['~ A = "a" -> "b"']),
    "an empty value": ({"A": ""}, {}, ['~ A = "a" -> ""']),
    "a new one of each type": (
        {"N1": "x", "N2": SECRET, "N3": FILE, "N4": ALIAS},
        {},
        ['+ N1 = "x"', "+ N2 = ***", '+ N3 = "text"  (a file at /etc/f)', "+ N4 = alias of A"],
    ),
    "a secret file": (
        {"N": MountedFile(SECRET, "/etc/n")},
        {},
        ["+ N = ***  (a file at /etc/n)"],
    ),
    "a secret stays one": ({"S": "x"}, {}, ["~ S = *** -> ***  (a secret is written without being compared)"]),
    "a secret is kept": ({"S": SECRET}, {"secrets": "keep"}, []),
    "a file stays one": ({"F": "x"}, {}, ['~ F = "file" -> "x"  (a file at /f)']),
    "a file elsewhere": (
        {"F": MountedFile("file", "/g")},
        {},
        ['- F = "file"', '+ F = "file"  (a file at /g; deleted and made anew: what is there is a file at /f)'],
    ),
    "a value becomes a secret, and its alias goes with it": (
        {"A": SecretValue("a")},
        {},
        [
            "- A = ***",
            "+ A = ***  (deleted and made anew: what is there is no secret)",
            "- ALIAS = alias of A",
            "+ ALIAS = alias of A  (made anew with A)",
        ],
    ),
    "a value becomes an alias": ({"F": ALIAS}, {}, ['- F = "file"', "+ F = alias of A"]),
    "an alias becomes a value": ({"ALIAS": "x"}, {}, ["- ALIAS = alias of A", '+ ALIAS = "x"  (was an alias of A)']),
    "an alias of something else": (
        {"ALIAS": AliasOf("UP")},
        {},
        ["- ALIAS = alias of A", "+ ALIAS = alias of UP  (was an alias of A)"],
    ),
    "an alias follows the nearest": (
        {"UP_ALIAS": AliasOf("E"), "E": "mine"},
        {},
        [
            '+ E = "mine"  (overrides that of the environment)',
            "- UP_ALIAS = alias of E",
            "+ UP_ALIAS = alias of E  (made anew, to follow the E of this place)",
        ],
    ),
    "an alias keeps its value where its target changes": (
        {"ALIAS": "a", "A": "b"},
        {},
        ['~ A = "a" -> "b"', "- ALIAS = alias of A", '+ ALIAS = "a"  (was an alias of A, which changes)'],
    ),
    "an override of each type": (
        {"UP": "x", "UP_SECRET": "x", "UP_FILE": "x"},
        {},
        [
            '+ UP = "x"  (overrides that of the project)',
            '+ UP_FILE = "x"  (a file at /up; overrides that of the project)',
            "+ UP_SECRET = ***  (overrides that of the project)",
        ],
    ),
    "an inherited secret is kept": ({"UP_SECRET": SECRET}, {"secrets": "keep"}, []),
    "an override changes": ({"OVER": "x"}, {}, ['~ OVER = "narrow" -> "x"']),
    "the rest goes, but nothing that is inherited": (
        {"A": "a"},
        {"prune": True},
        ["- ALIAS = alias of A", '- F = "file"', '- OVER = "narrow"', "- S = ***", "- UP_ALIAS = alias of E"],
    ),
    "a pruned override leaves an alias of what is inherited": (
        {"X": AliasOf("OVER")},
        {"prune": True},
        [
            '- A = "a"', "- ALIAS = alias of A", '- F = "file"', '- OVER = "narrow"', "- S = ***",
            "- UP_ALIAS = alias of E", "+ X = alias of OVER",
        ],
    ),
    "an alias of what is built in": ({"X": AliasOf("QOVERY_PROJECT_ID")}, {}, ["+ X = alias of QOVERY_PROJECT_ID"]),
    "a key that sounds like that of a secret": ({"DB_PASSWORD": "x"}, {}, ["+ DB_PASSWORD = ***"]),
    "a password in an address": ({"DB": "pg://app:hush@db"}, {}, ['+ DB = "pg://app:***@db"']),
    "lines and long values": ({"X": "a\n" + 200 * "b"}, {}, [f'+ X = "a\\n{95 * "b"}…']),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_the_plan_says_what_changes_and_applying_it_does(
    ask: Ask, emulator: Emulator, places: Places, case: str
) -> None:
    build(places)
    desired, options, lines = CASES[case]

    def script(client: Any) -> Generator[Any, Any, Any]:
        plan = yield client.variables.plan(places.application.id, desired, **options)
        before = places.shown(places.application)
        applied = yield client.variables.apply(plan)
        again = yield client.variables.plan(places.application.id, desired, **{"secrets": "keep", **options})
        return plan, before, applied, again

    (plan, before, applied, again), _ = await play(ask, emulator, script)
    assert [str(change) for change in plan.changes] == lines
    assert len(applied.made) == len(lines)
    assert (before == places.shown(places.application)) is (lines == [])
    assert again.changes == ()
    assert VariablesPlan.from_json(plan.to_json(), desired) == plan


PROBLEMS: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "an alias of nothing": (
        {"X": AliasOf("NOPE")},
        {},
        ["X is to be an alias of NOPE, which service .* does not have"],
    ),
    "an alias of itself": ({"X": AliasOf("X")}, {}, ["X is to be an alias of X, which is itself"]),
    "an alias of an alias": ({"X": AliasOf("ALIAS")}, {}, ["X .* which is an alias too: the API has no alias of"]),
    "two new aliases in a row": ({"X": AliasOf("Y"), "Y": AliasOf("A")}, {}, ["X .* which is an alias too"]),
    "the target becomes an alias": (
        {"A": AliasOf("UP")},
        {},
        ["ALIAS is an alias of A, which is to be an alias too"],
    ),
    "the target would be pruned": (
        {"ALIAS": ALIAS},
        {"prune": True},
        ["ALIAS .* of A, which would be pruned: add it to what is desired"],
    ),
    "an inherited key, by choice": (
        {"UP": "x", "E": "x", "UP_FILE": "up"},
        {"inherited": "error"},
        ["E is inherited from the environment shop/production", "UP is inherited from the project shop"],
    ),
    "a built-in key": ({"QOVERY_PROJECT_ID": "x"}, {}, ["QOVERY_PROJECT_ID is set by Qovery itself: leave it out"]),
    "an inherited value as a secret": (
        {"UP": SECRET},
        {},
        ["UP is inherited from the project shop, where it is no secret: so would its override"],
    ),
    "an override as a secret": ({"OVER": SECRET}, {}, ["OVER overrides an inherited variable, which is no secret"]),
    "an inherited value as a file": ({"UP": FILE}, {}, ["UP is inherited from the project shop, where it is no file"]),
    "an inherited file elsewhere": ({"UP_FILE": FILE}, {}, ["where it is a file at /up: so would its override"]),
    "an alias in place of what is inherited": (
        {"UP": ALIAS},
        {},
        ["UP is inherited from the project shop: only a value can take its place, no alias"],
    ),
    "several at once": (
        {"UP": ALIAS, "X": AliasOf("NOPE")},
        {},
        ["UP is inherited", "X is to be an alias of NOPE"],
    ),
}


@pytest.mark.parametrize("case", PROBLEMS)
async def test_what_has_no_way_is_told_key_by_key(ask: Ask, emulator: Emulator, places: Places, case: str) -> None:
    build(places)
    desired, options, messages = PROBLEMS[case]
    before = places.shown(places.application)

    def script(client: Any) -> Generator[Any, Any, Any]:
        try:
            yield client.variables.plan(places.application.id, desired, **options)
        except VariablesError as error:
            return error

    error, asked = await play(ask, emulator, script)
    assert len(error.problems) == len(messages)
    for problem, message in zip(error.problems, messages, strict=True):
        assert re.search(message, problem), problem
        assert problem in str(error)
    assert {*asked} == {"services.list", "variables.list"}
    assert places.shown(places.application) == before


class TestParents:
    async def test_are_found_with_their_scope(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            scopes = []
            for place in places.all():
                plan = yield client.variables.plan(place.id.upper(), {"X": "x"})
                scopes.append((plan.parent.scope, plan.parent.noun, plan.parent.path))
            return scopes

        scopes, asked = await play(ask, emulator, script)
        assert scopes == [
            ("PROJECT", "project", "shop"),
            ("ENVIRONMENT", "environment", "shop/production"),
            ("APPLICATION", "service", "shop/production/storefront"),
        ]
        assert asked == ["services.list", "variables.list"] * 3

    async def test_of_every_kind_of_service(self, ask: Ask, emulator: Emulator) -> None:
        kinds = {kind: emulator.state.every(kind)[0].id for kind in ("container", "job", "helm", "terraform")}

        def script(client: Any) -> Generator[Any, Any, Any]:
            for kind, id_ in kinds.items():
                plan = yield client.variables.plan(id_, {"X": kind})
                assert plan.parent.scope == kind.upper()
                yield client.variables.apply(plan)

        await play(ask, emulator, script)
        for kind, id_ in kinds.items():
            assert Places(emulator).shown(emulator.state.get(kind, id_)) == {"X": kind}

    async def test_as_handles_ask_for_nothing_more(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            yield client.project(places.project.id).variables.plan({"X": "1"})
            yield client.variables.plan(client.environment(places.environment.id), {"X": "1"})
            service = yield client.find.service(places.application.id)
            plan = yield service.variables.plan({"X": "1"})
            yield service.variables.apply(plan)
            inventory = yield client.inventory()
            (same,) = [each for each in inventory.services if each.id == service.id]
            found = yield client.variables.drift(same, {"X": "1"})
            return found

        drift, asked = await play(ask, emulator, script)
        assert drift.changes == ()
        assert asked[:5] == ["variables.list", "variables.list", "services.list", "variables.list", "variables.create"]
        assert asked[-1] == "variables.list"

    async def test_are_not_looked_for_where_the_scope_is_given(
        self, ask: Ask, emulator: Emulator, places: Places
    ) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            return (yield client.variables.export(places.environment.id, scope="ENVIRONMENT"))

        assert (await play(ask, emulator, script))[1] == ["variables.list"]

    async def test_without_services_take_one_list_more(self, ask: Ask, emulator: Emulator) -> None:
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            project = await client.projects.create({"name": "empty"})

        def script(client: Any) -> Generator[Any, Any, Any]:
            return (yield client.variables.plan(project.id, {"X": "1"}))

        plan, _ = await play(ask, emulator, script)
        assert str(plan) == 'Variables of project empty: 1 change\n  + X = "1"'

    async def test_of_another_organization_of_no_kind_or_of_another_scope(
        self, ask: Ask, emulator: Emulator, places: Places
    ) -> None:
        database = emulator.state.every("database")[0].id
        unknown = database[:-4] + "0000"

        def script(client: Any) -> Generator[Any, Any, Any]:
            for error, message, parent, options in (
                (NothingFound, "has the id", unknown, {}),
                (ConfigurationError, "is of kind DATABASE, which has no variables", database, {}),
                (ConfigurationError, "a cluster, which has no variables", emulator.state.every("cluster")[0].id, {}),
                (ConfigurationError, "client.find finds a handle by name", "shop/production", {}),
                (ConfigurationError, "given by its id or its handle", None, {}),
                (ConfigurationError, "scope must be one of APPLICATION, .*, got 'application'", database,
                 {"scope": "application"}),
                (ConfigurationError, "scope must be one of", places.project.id, {"scope": "BUILT_IN"}),
                (ConfigurationError, "scope='JOB' is wrong: project .* has the scope PROJECT",
                 client.project(places.project.id), {"scope": "JOB"}),
                (NotFound, "does not exist", places.project.id, {"scope": "JOB"}),
            ):  # fmt: skip
                with pytest.raises(error, match=message) as refused:
                    yield client.variables.plan(parent, {"A": "1"}, **options)
                if error is NotFound:
                    assert refused.value.__notes__[-1] == (
                        "scope='JOB' was given: without it, what has the id is found out."
                    )

        await play(ask, emulator, script)


class TestSources:
    async def test_another_place_with_its_aliases_and_files(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        build(places)
        places.emulator.state.remove(
            next(each for each in places.application.of_kind("variable") if each.value["key"] == "S")
        )
        other = places.environment.of_kind("application")[1]

        def script(client: Any) -> Generator[Any, Any, Any]:
            source = yield client.find.service(places.application.id)
            plan = yield client.variables.plan(other.id, [source, {"A": "mine"}])
            yield client.variables.apply(plan)
            by_id = yield client.variables.plan(other.id, [places.application.id, {"A": "mine"}])
            return by_id

        by_id, _ = await play(ask, emulator, script)
        assert by_id.changes == ()
        assert places.shown(other) == {**places.shown(places.application), "A": "mine"}

    async def test_secrets_of_another_place_are_kept_where_they_are_and_asked_for_elsewhere(
        self, ask: Ask, emulator: Emulator, places: Places
    ) -> None:
        build(places)
        other = places.environment.of_kind("application")[1]

        def script(client: Any) -> Generator[Any, Any, Any]:
            source = client.service(places.application.id)
            with pytest.raises(VariablesError, match="S is a secret of another place, whose value cannot be read"):
                yield client.variables.plan(other.id, source)
            plan = yield client.variables.plan(other.id, [source, {"S": SecretValue("of my own")}])
            yield client.variables.apply(plan)
            return (yield client.variables.plan(other.id, source))

        plan, _ = await play(ask, emulator, script)
        assert (plan.changes, plan.uncompared) == ((), ("S",))
        assert places.shown(other)["S"] == "*of my own"

    @pytest.mark.parametrize(
        ("desired", "message"),
        [
            ("prod.env", r"for a file, give Path\('prod.env'\)"),
            ("TOKEN=hush", "got str$"),
            (None, "got NoneType"),
            ([{"A": "1"}, 7], "got int"),
            ({"A": 7}, "the value of A must be a string, SecretValue, AliasOf or MountedFile, got int"),
            ({"A": None}, "got NoneType"),
            ({"": "x"}, "a key must be a non-empty string, got ''"),
            ({7: "x"}, "a key must be a non-empty string, got 7"),
        ],
    )
    async def test_of_no_kind_are_refused_before_a_request(
        self, ask: Ask, emulator: Emulator, places: Places, desired: Any, message: str
    ) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            with pytest.raises(ConfigurationError, match=message) as refused:
                yield client.variables.plan(places.project.id, desired)
            assert "hush" not in str(refused.value)

        assert (await play(ask, emulator, script))[1] == []

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"inherited": "ignore"}, "inherited must be 'override' or 'error'"),
            ({"secrets": "maybe"}, "secrets must be 'write' or 'keep'"),
            ({"secret_keys": "A"}, "secret_keys must be a list of keys"),
        ],
    )
    async def test_options_are_checked(self, emulator: Emulator, places: Places, options: Any, message: str) -> None:
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            with pytest.raises(ConfigurationError, match=message):
                await client.variables.plan(places.project.id, {"A": "1"}, **options)

    def test_values_are_checked_where_they_are_made(self) -> None:
        for make, message in (
            (lambda: SecretValue(7), "the value of a secret must be a string, got int"),  # type: ignore[arg-type]
            (lambda: AliasOf(" "), "key must be a non-empty string"),
            (lambda: MountedFile("x", ""), "mount_path must be"),
        ):
            with pytest.raises(ConfigurationError, match=message):
                make()
