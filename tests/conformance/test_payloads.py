"""Payloads made from codegen/api.json fit Qovery's own description, says a validator that is not ours.

So every name, type, enum value and `required` that the SDK is generated from stands in the
description as well, for all 724 declared schemas: those with a class and those without.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest
import yaml
from hypothesis import find, given
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator

from codegen.facts import Field, Model, Operation, Union, references
from codegen.read import corrections
from codegen.read.description import METHODS, Node
from qovery_async import models
from qovery_async.codec.reader import Codec
from qovery_async.codec.writer import encode_body
from tests.support import payloads
from tests.support.payloads import API, Payload, Payloads, as_json, few
from tests.support.prism import description

SPEC = description()

# Limits of values and marks of direction are no facts of ours: they change no name and no type.
_LIMITS = {
    "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems",
    "readOnly", "writeOnly",
}  # fmt: skip


def _without_limits(value: Any, *, names: bool = False) -> Any:
    """The description without limits; below `properties` a key is a name, whatever it says."""
    if isinstance(value, list):
        return [_without_limits(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _without_limits(item, names=key == "properties" and not names)
        for key, item in value.items()
        if names or key not in _LIMITS
    }


PUBLISHED = _without_limits(yaml.load(SPEC.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
COMPONENTS: dict[str, Any] = PUBLISHED["components"]["schemas"]
DECLARED = [name for name in COMPONENTS if name in API.schemas]
MODELS = {name: payloads.MODELS[name] for name in DECLARED if name in payloads.MODELS}

# What no payload can satisfy, because the description contradicts itself.
_UNDECLARED = "requires keys that nothing declares (codegen/decisions/corrections.toml)"
_OVERLAP = "what fits one branch of its `oneOf` fits another too, which `oneOf` forbids"
CONTRADICTIONS = {
    "ApplicationGitRepositoryRequest": _UNDECLARED,
    "ContainerImageCheckRequest": _UNDECLARED,
    "CostRange": _UNDECLARED,
    "DockerfileCheckResponse": _UNDECLARED,
    "EnvironmentLog": _UNDECLARED,
    "EnvironmentTotalNumber": _UNDECLARED,
    "HelmGitRepositoryRequest": _UNDECLARED,
    "OrganizationEditRequest": _UNDECLARED,
    "ServiceTotalNumber": _UNDECLARED,
    "ClusterRequest": _OVERLAP,
    "DeploymentHistoryServiceDetails": _OVERLAP,
    "HelmDefaultValuesRequest": _OVERLAP,
    "HelmPortRequest": _OVERLAP,
    "HelmRequest": _OVERLAP,
}
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


def _mended() -> Any:
    """The description as it must be meant, for what cannot be checked against the published one."""
    mended = copy.deepcopy(PUBLISHED)
    corrections.apply(Node(mended, "#", mended), corrections.read())

    def loosen(value: Any) -> None:
        if isinstance(value, dict) and isinstance(value.get("oneOf"), list):
            value["anyOf"] = value.pop("oneOf")
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            loosen(inner)

    for name, reason in CONTRADICTIONS.items():
        if reason is _OVERLAP:
            loosen(mended["components"]["schemas"][name])
    return mended


MENDED = _mended()


def referred(value: Any) -> Iterator[str]:
    """The components that a piece of the description names."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        for inner in value.values():
            yield from referred(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from referred(inner)


def reached(value: Any) -> set[str]:
    """The components that a piece of the description leads to, on whichever way."""
    left, found = [*referred(value)], set[str]()
    while left:
        name = left.pop()
        if name in COMPONENTS and name not in found:
            found.add(name)
            left += referred(COMPONENTS[name])
    return found


SPOILT = {name for name in COMPONENTS if {name, *reached(COMPONENTS[name])} & CONTRADICTIONS.keys()}


def complaints(name: str, payload: object, *, about: Any = None) -> list[str]:
    """What the validator says; against the published description unless that contradicts itself."""
    document = about or (MENDED if name in SPOILT else PUBLISHED)
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return [f"{error.json_path}: {error.message}" for error in OAS30Validator(schema).iter_errors(payload)]


FULL = Payloads(optional="all", nulls="none", surprises=False)
BARE = Payloads(optional="none", nulls="none", surprises=False)
SOME = Payloads(optional="some", nulls="none", surprises=False)


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
        corrected = {correction.at.split("/")[3] for correction in corrections.read() if correction.undeclared}
        assert corrected == {name for name, reason in CONTRADICTIONS.items() if reason is _UNDECLARED}


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


OPERATIONS: dict[str, Any] = {
    operation["operationId"]: operation
    for item in PUBLISHED["paths"].values()
    for method, operation in item.items()
    if method in METHODS
}


def of_fate(*fates: str) -> list[str]:
    return [name for name, fate in API.unnamed.items() if fate in fates]


def answers_with(name: str) -> list[Operation]:
    """The operations whose answer is just this component."""
    return [o for o in API.operations if any(is_component(answer, name) for answer in answers(o))]


def answers(operation: Operation) -> Iterator[Any]:
    """The schemas of what an operation answers."""
    for status, answer in OPERATIONS[operation.id]["responses"].items():
        for content in answer.get("content", {}).values() if status.startswith("2") else ():
            yield content["schema"]


def properties(schema: Any) -> dict[str, Any]:
    """The properties of an object schema, with those of what it joins."""
    if "$ref" in schema:
        return properties(COMPONENTS[schema["$ref"].rpartition("/")[2]])
    found: dict[str, Any] = {}
    for part in schema.get("allOf", []):
        found |= properties(part)
    found |= schema.get("properties", {})
    return found


def expressions(name: str) -> set[str]:
    """The types that the SDK has where the description refers to a component."""
    found = {a.type or "" for o in answers_with(name) for a in o.answers if a.type}
    for operation in API.operations:
        if any(is_component(properties(schema).get("results", {}), name) for schema in answers(operation)):
            found |= {f"list[{answer.type}]" for answer in operation.answers}
    for declared in DECLARED:
        found |= {*_typed(name, COMPONENTS[declared], declared)}
    return found


def _typed(name: str, described: Any, type_: str) -> Iterator[str]:
    """The types of what refers to a component, in a description and the type it became."""
    if is_component(described, name):
        yield type_
    schema = API.schemas.get(type_)
    if "$ref" in described:
        return
    if isinstance(schema, Model):
        below = properties(described)
        for field in schema.fields:
            yield from _typed(name, below.get(field.wire, {}), field.type)
    elif isinstance(schema, Union) and len(described.get("oneOf", [])) == len(schema.branches):
        for branch, inner in zip(described["oneOf"], schema.branches, strict=True):
            yield from _typed(name, branch, inner)
    elif "items" in described and type_.startswith("list["):
        yield from _typed(name, described["items"], type_[len("list[") : -1])


def is_component(described: Any, name: str) -> bool:
    return bool(described.get("$ref") == f"#/components/schemas/{name}")


def python(expression: str) -> Any:
    names = {word: getattr(models, word) for word in references(expression)}
    return eval(expression, {"Any": Any, "datetime": datetime, **names})


class TestWithoutClass:
    """Declared schemas that became something simpler than a class."""

    @pytest.mark.parametrize("name", of_fate("envelope"))
    @few(3)
    @given(data=st.data())
    def test_envelopes_hold_the_items_that_the_operation_returns(self, name: str, data: st.DataObject) -> None:
        operations = answers_with(name)
        assert operations, "nothing answers with it"
        ((item, key),) = {(a.type or "", a.items or "") for o in operations for a in o.answers}
        items = data.draw(st.lists(SOME.of_type(item), min_size=1, max_size=2))
        envelope = {key: items} | dict.fromkeys(properties(COMPONENTS[name]).keys() - {key}, 1)
        assert complaints(name, envelope) == []
        assert complaints(name, {**envelope, key: [[]]}), "its items could be anything"
        found = Codec(strict=True).decode_items(envelope, key, python(item), operation="test")
        assert as_json(encode_body(found)) == as_json(items)

    @pytest.mark.parametrize("name", of_fate("list", "map"))
    @few(3)
    @given(data=st.data())
    def test_lists_and_maps_are_read_as_such(self, name: str, data: st.DataObject) -> None:
        (expression,) = expressions(name)
        assert expression.startswith({"list": "list[", "map": "dict[str, "}[API.unnamed[name]])
        payload = data.draw(SOME.of_type(expression))
        assert complaints(name, payload) == []
        found = Codec(strict=True).decode(payload, python(expression), operation="test")
        assert as_json(encode_body(found)) == as_json(payload)

    @pytest.mark.parametrize("name", of_fate("part"))
    def test_parts_are_joined_into_classes_and_nothing_else(self, name: str) -> None:
        assert not answers_with(name), "an answer is no part"
        whole = [other for other in COMPONENTS if any(is_component(part, name) for part in joined(COMPONENTS[other]))]
        assert whole
        for other in whole:
            if other in MODELS:
                wires = {field.wire for field in MODELS[other].fields}
                assert properties(COMPONENTS[name]).keys() <= wires

    @pytest.mark.parametrize("name", of_fate("unused"))
    def test_what_is_unused_is_reached_by_no_operation(self, name: str) -> None:
        assert name not in reached(PUBLISHED["paths"])

    def test_all_that_no_operation_reaches_is_unused(self) -> None:
        shared = {kind: parts for kind, parts in PUBLISHED["components"].items() if kind != "schemas"}
        used = reached([PUBLISHED["paths"], shared])
        assert sorted(COMPONENTS.keys() - used) == sorted(of_fate("unused"))


def joined(schema: Any) -> list[Any]:
    """What a schema joins by `allOf`, itself or somewhere inside."""
    if isinstance(schema, list):
        return [part for inner in schema for part in joined(inner)]
    if not isinstance(schema, dict):
        return []
    return [*schema.get("allOf", []), *(part for inner in schema.values() for part in joined(inner))]


def test_counts(capsys: pytest.CaptureFixture[str]) -> None:
    fates = Counter(API.unnamed.values())
    with capsys.disabled():
        told = ", ".join(f"{count} {fate}" for fate, count in sorted(fates.items()))
        print(f"\n{len(COMPONENTS)} declared schemas: {len(DECLARED)} validated as classes, {told}")
    assert fates.total() + len(DECLARED) == 724
