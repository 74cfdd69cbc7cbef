"""Do payloads made from codegen/api.json fit Qovery's own description? A validator that others wrote decides.

So every name, type, enum value and `required` that the SDK is generated from stands in the
description as well, for all 724 declared schemas: those with a class and those without.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from codegen.decisions import tables
from codegen.facts import Field
from tests.support import payloads
from tests.support.descriptions import PRECISE as API
from tests.support.payloads import Payload, few
from tests.support.published import (
    BARE,
    COMPONENTS,
    CONTRADICTIONS,
    DECLARED,
    FULL,
    MODELS,
    PUBLISHED,
    SOME,
    UNDECLARED,
    complaints,
    reached,
)

# What the description calls nullable in a way that a strict reader ignores: the enum does not list
# null, or the `$ref` or `allOf` beside it does not allow it. The SDK takes it as it is meant.
_ENUM = "its enum does not list null"
_BESIDE = "`nullable` stands beside a schema that allows no null"
IGNORED_NULLS = {
    ("Application", "cpu_architecture"): _BESIDE,
    ("ApplicationEditRequest", "cpu_architecture"): _BESIDE,
    ("ApplicationRequest", "cpu_architecture"): _BESIDE,
    ("ArgocdAppResponse", "git_repository"): _BESIDE,
    ("BlueprintCreateRequest", "spec_overrides"): _BESIDE,
    ("BlueprintUpdateRequest", "spec_overrides"): _BESIDE,
    ("BlueprintUpdateRequest", "variables"): _BESIDE,
    ("ClusterFeatureNatGatewayParameters", "nat_gateway_type"): _BESIDE,
    ("ClusterFeatureNatGatewayParametersResponse", "value"): _BESIDE,
    ("ClusterFeatureResponse", "value_object"): _BESIDE,
    ("ClusterOperatorStatusResponse", "reported_identity"): _BESIDE,
    ("ClusterStatus", "cluster_lock"): _BESIDE,
    ("ContainerRequest", "cpu_architecture"): _BESIDE,
    ("ContainerResponse", "cpu_architecture"): _BESIDE,
    ("CronJobResponse", "cpu_architecture"): _BESIDE,
    ("Database", "disk_type"): _ENUM,
    ("DatabaseEditRequest", "disk_type"): _ENUM,
    ("EnvironmentOverviewResponse", "deployment_status"): _BESIDE,
    ("EnvironmentStatus", "origin"): _ENUM,
    ("GhostAlertRuleResponse", "target"): _BESIDE,
    ("JobRequest", "cpu_architecture"): _BESIDE,
    ("LifecycleJobResponse", "cpu_architecture"): _BESIDE,
    ("OrganizationApiTokenCreateRequest", "scope"): _ENUM,
    ("OrganizationEventResponse", "sub_target_type"): _ENUM,
    ("TerraformDeployRequest", "action"): _ENUM,
    ("TerraformRequest", "dockerfile_fragment"): _BESIDE,
    ("TerraformResponse", "dockerfile_fragment"): _BESIDE,
}


class TestClasses:
    def test_all_declared_schemas_are_there(self) -> None:
        assert len(COMPONENTS) == 724
        assert {*DECLARED, *API.unnamed} == {*COMPONENTS}
        assert len(DECLARED) + len(API.unnamed) == 724

    @pytest.mark.parametrize("name", DECLARED)
    @few(5)
    @given(data=st.data())
    def test_payloads_fit(self, name: str, data: st.DataObject) -> None:
        assert complaints(name, data.draw(SOME.of(name))) == []

    @pytest.mark.parametrize("name", DECLARED)
    @few(1)
    @given(data=st.data())
    def test_payloads_with_all_keys_fit(self, name: str, data: st.DataObject) -> None:
        assert complaints(name, data.draw(FULL.of(name))) == []

    @pytest.mark.parametrize("name", MODELS)
    @few(1)
    @given(data=st.data())
    def test_every_key_is_one_the_description_knows(self, name: str, data: st.DataObject) -> None:
        """A key under a wrong name would pass as unknown; a misfit under it shows that it does not."""
        payload = data.draw(FULL.of(name))
        for place, field in fields_below(name, payload):
            spoilt = copy.deepcopy(payload)
            parent(spoilt, place)[field.wire] = misfit(field)
            assert complaints(name, spoilt), f"a wrong value at {[*place, field.wire]} goes unnoticed"

    @pytest.mark.parametrize("name", MODELS)
    @few(1)
    @given(data=st.data())
    def test_required_keys_are_required(self, name: str, data: st.DataObject) -> None:
        payload = data.draw(FULL.of(name))
        for place, field in fields_below(name, payload):
            poorer = copy.deepcopy(payload)
            del parent(poorer, place)[field.wire]
            assert bool(complaints(name, poorer)) is field.required, f"{[*place, field.wire]}"


NULLABLE = [
    (name, field.wire)
    for name in MODELS
    for field in payloads.MODELS[name].fields
    if field.nullable or " | None]" in field.type
]


class TestNulls:
    @pytest.mark.parametrize(("name", "wire"), NULLABLE)
    @few(1)
    @given(data=st.data())
    def test_are_allowed_where_we_say_so(self, name: str, wire: str, data: st.DataObject) -> None:
        payload = data.draw(BARE.of(name))
        (field,) = [field for field in MODELS[name].fields if field.wire == wire]
        payload[wire] = None if field.nullable else {"any": None}
        assert bool(complaints(name, payload)) is ((name, wire) in IGNORED_NULLS)

    @pytest.mark.parametrize("name", MODELS)
    @few(1)
    @given(data=st.data())
    def test_are_allowed_nowhere_else(self, name: str, data: st.DataObject) -> None:
        payload = data.draw(BARE.of(name))
        for field in payloads.MODELS[name].fields:
            if not field.nullable and field.type != "Any":
                assert complaints(name, payload | {field.wire: None}), field.wire


def refused(name: str, payload: Payload) -> bool:
    return bool(complaints(name, payload, about=PUBLISHED))


class TestContradictions:
    @pytest.mark.parametrize("name", CONTRADICTIONS)
    def test_are_still_there(self, name: str) -> None:
        users = [name] if name in API.schemas else [n for n in DECLARED if name in reached(COMPONENTS[n])]
        for user in users:
            # Raises NoSuchExample once nothing contradicts any more.
            find(FULL.of(user), partial(refused, user), settings=few(50))

    def test_that_are_corrected_are_all_listed(self) -> None:
        corrected = {c.at.split("/")[3] for c in tables.read().corrections.correction if c.undeclared}
        assert corrected == {name for name, reason in CONTRADICTIONS.items() if reason is UNDECLARED}


def fields_below(name: str, payload: Payload, place: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, Field]]:
    """The fields of a model, with those of the inline models in it, which stand in no component."""
    for field in payloads.MODELS[name].fields:
        if field.wire not in payload:
            continue
        yield place, field
        found, type_ = payload[field.wire], field.type
        below = (*place, field.wire)
        if type_.startswith("list[") and found:
            found, type_, below = found[0], type_[len("list[") : -1], (*below, 0)
        if type_ in payloads.MODELS and type_ not in COMPONENTS:
            yield from fields_below(type_, found, below)


def parent(payload: Any, place: tuple[str | int, ...]) -> Any:
    for step in place:
        payload = payload[step]
    return payload


def misfit(field: Field) -> object:
    return "not a number" if field.type in ("int", "float") else 0


def test_counts(capsys: pytest.CaptureFixture[str]) -> None:
    fates = Counter(API.unnamed.values())
    with capsys.disabled():
        told = ", ".join(f"{count} {fate}" for fate, count in sorted(fates.items()))
        print(f"\n{len(COMPONENTS)} declared schemas: {len(DECLARED)} validated as classes, {told}")
    assert fates.total() + len(DECLARED) == 724
