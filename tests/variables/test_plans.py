"""Which changes make what is there what is desired, and which wishes have no way?"""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from typing import Any

import pytest

from qovery_async import (
    AliasOf,
    MountedFile,
    SecretValue,
    VariablesError,
    VariablesPlan,
)
from qovery_async.emulator import Emulator
from tests.support.both_faces import play
from tests.support.server import Ask
from tests.support.variable_world import Places, build

pytestmark = pytest.mark.anyio

ALIAS, SECRET, FILE = AliasOf("A"), SecretValue("hush"), MountedFile("text", "/etc/f")


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
    "a secret stays one": ({"S": "x"}, {}, ["~ S = *** -> ***  (written without being compared)"]),
    "a secret is kept": ({"S": SECRET}, {"secrets": "keep"}, []),
    "a file stays one": ({"F": "x"}, {}, ['~ F = "file" -> "x"  (a file at /f)']),
    "a file elsewhere": (
        {"F": MountedFile("file", "/g")},
        {},
        ['- F = "file"', '+ F = "file"  (a file at /g; recreated: the present one is a file at /f)'],
    ),
    "a value becomes a secret, and its alias goes with it": (
        {"A": SecretValue("a")},
        {},
        [
            "- A = ***",
            "+ A = ***  (recreated: the present one is no secret)",
            "- ALIAS = alias of A",
            "+ ALIAS = alias of A  (recreated with A)",
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
            "+ UP_ALIAS = alias of E  (recreated, to follow the E of this place)",
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
    "an inherited secret is no error where it is kept": (
        {"UP_SECRET": SECRET},
        {"secrets": "keep", "inherited": "error"},
        [],
    ),
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
    assert not again
    assert VariablesPlan.from_json(plan.to_json(), desired) == plan
    assert repr(json.loads(plan.to_json())) == repr(plan.to_dict())  # plain types: an enum has a repr of its own


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
        ["UP is inherited from the project shop, where it is no secret: an override cannot change that"],
    ),
    "an override as a secret": ({"OVER": SECRET}, {}, ["OVER overrides an inherited variable, which is no secret"]),
    "an inherited value as a file": ({"UP": FILE}, {}, ["UP is inherited from the project shop, where it is no file"]),
    "an inherited file elsewhere": (
        {"UP_FILE": FILE},
        {},
        ["where it is a file at /up: an override cannot change that"],
    ),
    "an alias in place of an override": (
        {"OVER": ALIAS},
        {},
        ["OVER overrides an inherited variable: an alias cannot"],
    ),
    "an alias in place of what is inherited": (
        {"UP": ALIAS},
        {},
        ["UP is inherited from the project shop: an alias cannot override it"],
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
