"""Are declared schemas that became something simpler than a class read as the description means them?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.decisions.named import Operation
from codegen.facts import ObjectSchema, UnionSchema, references
from codegen.read.description import METHODS
from qovery_async import models
from qovery_async.codec.reader import Codec
from qovery_async.codec.writer import encode_body
from tests.support.payloads import API, as_json, few
from tests.support.published import COMPONENTS, DECLARED, MODELS, PUBLISHED, SOME, complaints, reached

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
    return [o for o in API.operations if any(is_component(response, name) for response in answers(o))]


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
    found = {a.type or "" for o in answers_with(name) for a in o.responses if a.type}
    for operation in API.operations:
        if any(is_component(properties(schema).get("results", {}), name) for schema in answers(operation)):
            found |= {f"list[{response.type}]" for response in operation.responses}
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
    if isinstance(schema, ObjectSchema):
        below = properties(described)
        for field in schema.fields:
            yield from _typed(name, below.get(field.wire, {}), field.type)
    elif isinstance(schema, UnionSchema) and len(described.get("oneOf", [])) == len(schema.branches):
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
        ((item, key),) = {(a.type or "", a.items or "") for o in operations for a in o.responses}
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
