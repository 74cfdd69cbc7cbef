"""What is planned where the emulator has nothing alike: secret managers, new types, lists without what is overridden?"""

from __future__ import annotations

from typing import Any

import pytest

from qovery_async import VariablesParent, from_dict, models
from qovery_async.variables.planning import Planning
from qovery_async.variables.present import here
from qovery_async.variables.values import AliasOf, MountedFile, SecretValue, WantedVariable, wanted

PARENT = VariablesParent(id="a1", scope="APPLICATION", path="shop/production/api")


def listed(key: str, value: str | None = "v", scope: str = "APPLICATION", **more: Any) -> models.VariableResponse:
    data = {
        "id": f"{scope}-{key}", "created_at": "2026-01-02T03:04:05Z", "key": key, "value": value, "scope": scope,
        "variable_type": "VALUE", "is_secret": value is None, **more,
    }  # fmt: skip
    return from_dict(models.VariableResponse, data)


def planned(
    there: list[models.VariableResponse], desired: dict[str, Any], **options: Any
) -> tuple[list[str], list[str]]:
    choices: dict[str, Any] = {"prune": False, "inherited": "override", "secrets": "write", **options}
    wish = {key: v if isinstance(v, WantedVariable) else wanted(key, v) for key, v in desired.items()}
    planning = Planning(PARENT, here(there, "APPLICATION"), wish, **choices)
    return [str(change) for change in planning.run()], planning.problems


@pytest.mark.parametrize("type_", ["EXTERNAL_SECRET", "FILE_EXTERNAL_SECRET", "OF_TOMORROW"])
@pytest.mark.parametrize("wish", ["x", SecretValue("x"), AliasOf("B")])
def test_what_a_secret_manager_holds_is_left_alone(type_: str, wish: Any) -> None:
    there = [listed("A", None, variable_type=type_), listed("B")]
    changes, problems = planned(there, {"A": wish})
    assert changes == []
    assert problems == [f"A is of type {type_}, which only its holder can change: delete it first"]
    assert planned(there, {}, prune=True) == (['- B = "v"'], [])


def test_what_another_tool_owns_is_left_alone() -> None:
    there = [listed("A", "x", owned_by="Doppler"), listed("B", owned_by="Qovery"), listed("C", owned_by="QOVERY")]
    assert planned(there, {"A": "y"})[1] == ["A is owned by Doppler: change it there"]
    assert planned(there, {"A": AliasOf("B")})[1] == ["A is owned by Doppler: change it there"]
    assert planned(there, {"A": "x"}, prune=True) == (['- B = "v"', '- C = "v"'], [])
    assert planned(there, {}, prune=True) == (['- B = "v"', '- C = "v"'], [])


def test_a_built_in_variable_may_have_the_scope_of_its_environment() -> None:
    there = [listed("QOVERY_ID", "x", "ENVIRONMENT", variable_type="BUILT_IN")]
    assert planned(there, {"QOVERY_ID": "y"})[1] == ["QOVERY_ID is set by Qovery itself: leave it out"]
    assert planned(there, {"QOVERY_ID": "x", "A": AliasOf("QOVERY_ID")}) == (["+ A = alias of QOVERY_ID"], [])


def test_an_override_counts_also_where_what_it_overrides_is_not_listed() -> None:
    above = {"id": "p", "key": "A", "scope": "PROJECT", "variable_type": "FILE", "mount_path": "/a", "value": "wide"}
    there = [listed("A", "narrow", variable_type="OVERRIDE", overridden_variable=above), listed("B")]
    assert planned(there, {"A": MountedFile("narrow", "/a")}) == ([], [])
    assert planned(there, {"A": "x"}) == (['~ A = "narrow" -> "x"  (a file at /a)'], [])
    assert planned(there, {"A": AliasOf("B")})[1] == ["A overrides an inherited variable: an alias cannot do so"]


def test_the_nearest_of_what_is_inherited_counts_in_any_order() -> None:
    every = [listed("A", "wide", "PROJECT"), listed("A", "near", "ENVIRONMENT", variable_type="OVERRIDE")]
    for there in (every, every[::-1]):
        assert planned(there, {"A": "near"}) == ([], [])
        assert planned(there, {"A": "wide"}) == (['+ A = "wide"  (overrides that of the environment)'], [])


def test_a_value_that_does_not_come_back_cannot_be_compared() -> None:
    there = [listed("A", None, is_secret=False)]
    assert planned(there, {"A": "x"}, secrets="keep") == ([], [])
    assert planned(there, {"A": "x"})[0] == ['~ A = *** -> "x"  (written without being compared)']


def test_a_secret_of_another_place_is_only_wanted_where_a_secret_is_already() -> None:
    hidden = WantedVariable(is_secret=True)
    why = "A is a secret of another place, whose value cannot be read: give it in a later source"
    for scope in ("APPLICATION", "PROJECT"):
        assert planned([listed("A", None, scope)], {"A": hidden}) == ([], [])
        assert planned([listed("A", "plain", scope)], {"A": hidden}) == ([], [why])
    assert planned([], {"A": hidden}) == ([], [why])


def test_an_inherited_variable_changes_neither_secrecy_nor_path_by_an_override() -> None:
    above = listed("A", "x", "PROJECT")
    assert planned([above], {"A": SecretValue("z")})[1] == [
        "A is inherited from the project shop, where it is no secret: an override cannot change that"
    ]
    alias = {"id": "b", "key": "B", "scope": "APPLICATION", "variable_type": "VALUE", "value": "y", "mount_path": ""}
    own = listed("A", "y", variable_type="ALIAS", aliased_variable=alias)
    there = [above, own, listed("B", "y")]
    assert planned(there, {"A": SecretValue("z")})[1] == ["A is inherited from the project shop, where it is no secret"]
    assert planned(there, {"A": "z"})[0] == [
        "- A = alias of B",
        '+ A = "z"  (overrides that of the project; was an alias of B)',
    ]
    override = listed("A", "y", variable_type="OVERRIDE", overridden_variable={**alias, "key": "A", "scope": "PROJECT"})
    assert planned([override], {"A": SecretValue("z")})[1] == [
        "A overrides an inherited variable, which is no secret: an override cannot change that"
    ]
