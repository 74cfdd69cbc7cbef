"""Does a description in OpenAPI 3.1 give the same facts as the same one in 3.0?"""

from __future__ import annotations

import pytest

from codegen.facts import EnumSchema
from tests.support.descriptions import (
    JSON,
    TEXT,
    Described,
    Read,
    document,
    fields,
    object_,
    operation,
    ref,
    returning,
    thing,
    union,
)

NULL = {"type": "null"}
NUMBER = {"type": "integer"}


def pair(older: Described, newer: Described, id_: str) -> object:
    return pytest.param(older, newer, id=id_)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        pair({**TEXT, "nullable": True}, {"type": ["string", "null"]}, "text or null"),
        pair({**ref("Part"), "nullable": True}, {"anyOf": [ref("Part"), NULL]}, "reference or null"),
        pair({**ref("Part"), "nullable": True}, {"oneOf": [NULL, ref("Part")]}, "null or reference"),
        pair(
            {"type": "array", "nullable": True, "items": {**TEXT, "nullable": True}},
            {"type": ["null", "array"], "items": {"type": ["string", "null"]}},
            "list or null, of text or null",
        ),
        pair({**object_(a=TEXT), "nullable": True}, {**object_(a=TEXT), "type": ["object", "null"]}, "object or null"),
        pair({"type": "string", "enum": ["A"]}, {"const": "A"}, "one value"),
        pair({"type": "string", "enum": ["A"]}, {"type": "string", "const": "A"}, "one value with its type"),
        pair(
            {"type": "string", "enum": ["A", "B"]},
            {"oneOf": [{"const": "A", "title": "First"}, {"const": "B", "description": "Second."}]},
            "values that are described",
        ),
        pair(
            {"type": "string", "nullable": True, "enum": ["A", None]},
            {"type": ["string", "null"], "enum": ["A", None]},
            "values or null",
        ),
        pair(
            {"type": "string", "nullable": True, "enum": ["A", "B"]},
            {"anyOf": [{"const": "A"}, {"const": "B"}, NULL]},
            "values that are described, or null",
        ),
        pair(
            {**NUMBER, "minimum": 0, "exclusiveMinimum": True, "example": 1},
            {**NUMBER, "exclusiveMinimum": 0, "examples": [1, 2]},
            "limits and examples",
        ),
        pair(ref("Part"), {**ref("Part"), "description": "Beside a reference.", "deprecated": True}, "remarks"),
        pair(
            {"allOf": [ref("Part"), object_(["b"], b=TEXT)]},
            {**ref("Part"), **object_(["b"], b=TEXT)},
            "reference and fields",
        ),
        pair(
            {"allOf": [ref("Part"), {"type": "object", "required": ["a"]}]},
            {**ref("Part"), "required": ["a"]},
            "reference that requires more",
        ),
        pair({"type": "array", "items": {}}, {"type": "array"}, "list of anything"),
        pair({"type": "array", "items": {}}, {"type": "array", "items": True}, "list of anything at all"),
        pair({}, True, "anything"),  # type: ignore[arg-type]  # a schema may be a boolean
        pair(
            {"type": "object", "additionalProperties": TEXT},
            {"type": "object", "additionalProperties": TEXT, "propertyNames": {"pattern": "^a"}},
            "map with a rule for keys",
        ),
        pair(
            {"type": "string", "format": "binary"},
            {"type": "string", "contentMediaType": "application/octet-stream"},
            "bytes",
        ),
        pair(TEXT, {**TEXT, "contentMediaType": "application/octet-stream", "contentEncoding": "base64"}, "base64"),
        pair(
            {"oneOf": [ref("Part"), ref("Other")], "nullable": True},
            {"oneOf": [ref("Part"), {"anyOf": [ref("Other"), NULL]}]},
            "union or null",
        ),
    ],
)  # fmt: skip
def test_schemas_read_the_same(older: Described, newer: Described, read: Read) -> None:
    def described(schema: Described, version: str) -> Described:
        others = {"Part": object_(a=TEXT), "Other": object_(["other"], other=TEXT)}
        return thing(object_(["field"], field=schema), **others) | {"openapi": version}

    expected = read(described(older, "3.0.3")).api
    assert read(described(newer, "3.1.0")).api == expected
    assert [*fields(read(described(newer, "3.1.1")))] == ["field"]


def test_several_types_are_a_union(read: Read) -> None:
    imported = read(thing(object_(size={"type": ["string", "integer", "null"]})))
    assert union(imported, "ThingSize").branches == ["str", "int"]
    assert fields(imported)["size"].nullable is True


def test_definitions_inside_a_schema_are_read_where_they_are_referred_to(read: Read) -> None:
    state = {"$ref": "#/components/schemas/Thing/$defs/State"}
    described = thing({**object_(state=state), "$defs": {"State": {"enum": ["ON"]}}, "$comment": "Why."})
    assert read(described).api.schemas["ThingState"] == EnumSchema(["ON"])


def test_files_need_no_schema(read: Read) -> None:
    responses = {"200": {"description": "", "content": {"application/octet-stream": {}}}}
    (found,) = read(document({"/thing": {"get": operation(responses=responses)}})).api.operations
    assert found.responses[0].type == "bytes"


def test_paths_may_refer_to_items_that_are_declared(read: Read) -> None:
    described = document({"/thing": {"$ref": "#/components/pathItems/thing"}})
    described["components"]["pathItems"] = {"thing": {"summary": "Shared.", "get": operation()}}
    described |= {"openapi": "3.1.0", "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base"}
    described["info"]["summary"] = "Short."
    assert [o.id for o in read(described).api.operations] == ["getThing"]


def test_envelopes_are_unwrapped(read: Read) -> None:
    envelope = {"type": ["object"], "properties": {"results": {"type": ["array", "null"], "items": ref("Thing")}}}
    (found,) = read(document({"/thing": {"get": operation(responses=returning(envelope))}})).api.operations
    assert (found.responses[0].items, found.responses[0].media_type) == ("results", JSON)
