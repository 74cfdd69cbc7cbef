"""What does the importer make of object schemas and enums?"""

from __future__ import annotations

import pytest

from codegen.facts import EnumSchema
from tests.support.descriptions import TEXT, Described, Read, fields, object_, ref, thing


class TestModels:
    def test_allof_joins_fields_and_the_last_word_counts(self, read: Read) -> None:
        described = thing(
            {"allOf": [ref("Base"), object_(["size"], size={"type": "integer"}, more=TEXT)]},
            Base=object_(["id"], id=TEXT, size=TEXT),
        )
        found = fields(read(described))
        assert [(f.wire, f.type, f.required) for f in found.values()] == [
            ("id", "str", True),
            ("size", "int", True),
            ("more", "str", False),
        ]

    def test_allof_around_one_reference_is_that_reference(self, read: Read) -> None:
        wrapped = {"allOf": [ref("Part")], "nullable": True, "description": "why"}
        found = fields(read(thing(object_(a=wrapped), Part=object_(b=TEXT))))["a"]
        assert (found.type, found.nullable) == ("Part", True)

    def test_required_through_allof_may_name_what_another_part_declares(self, read: Read) -> None:
        described = thing({"allOf": [object_(a=TEXT), {"type": "object", "required": ["a"]}]})
        assert fields(read(described))["a"].required is True

    def test_an_editors_noise_between_the_properties_is_skipped(self, read: Read) -> None:
        noisy = object_(name={**TEXT, "x-stoplight": {"id": "abc"}}, **{"x-stoplight": {"id": "abc"}})
        described = thing({**noisy, "x-internal": True})
        assert [*fields(read(described))] == ["name"]

    def test_a_property_that_only_looks_like_noise_is_kept(self, read: Read) -> None:
        assert [*fields(read(thing(object_(**{"x-ray": TEXT}))))] == ["x-ray"]

    def test_a_property_may_be_called_like_a_keyword_of_schemas(self, read: Read) -> None:
        keys = ["required", "properties", "items", "enum", "$ref", "not"]
        described = {"type": "object", "required": ["required"], "properties": dict.fromkeys(keys, TEXT)}
        assert [*fields(read(thing(described)))] == keys

    @pytest.mark.parametrize(
        ("wire", "name"),
        [
            ("network.ingress.enable_cors", "network_ingress_enable_cors"),
            ("apiVersion", "api_version"),
            ("from", "from_"),
            ("class", "class_"),
            ("str", "str_"),
            ("extra", "extra_"),
            ("id", "id"),
            ("type", "type"),
            ("2fa", "n_2fa"),
        ],
    )
    def test_keys_become_names_of_python(self, wire: str, name: str, read: Read) -> None:
        found = fields(read(thing(object_(**{wire: TEXT}))))[wire]
        assert (found.name, found.wire) == (name, wire)

    def test_inline_schemas_are_named_by_their_place(self, read: Read) -> None:
        inline = object_(parts={"type": "array", "items": object_(state={"type": "string", "enum": ["ON"]})})
        imported = read(thing(inline))
        assert fields(imported)["parts"].type == "list[ThingPart]"
        assert fields(imported, "ThingPart")["state"].type == "ThingPartState"
        assert imported.api.schemas["ThingPartState"] == EnumSchema(["ON"])

    def test_inline_schemas_do_not_take_the_name_of_a_declared_one(self, read: Read) -> None:
        described = thing(object_(part=object_(a=TEXT), other=ref("ThingPart")), ThingPart=object_(b=TEXT))
        found = fields(read(described))
        assert found["other"].type == "ThingPart"
        assert found["part"].type != "ThingPart"

    @pytest.mark.parametrize(
        ("schema", "type_"),
        [
            ({"type": "string", "format": "date-time"}, "datetime"),
            ({"type": "string", "format": "date"}, "date"),
            ({"type": "string", "format": "uuid"}, "str"),
            ({"type": "string", "format": "cron"}, "str"),
            ({"type": "number"}, "float"),
            ({"type": "object"}, "dict[str, Any]"),
            ({"type": "object", "additionalProperties": True}, "dict[str, Any]"),
            ({"type": "object", "additionalProperties": {"type": "boolean"}}, "dict[str, bool]"),
            ({"additionalProperties": TEXT}, "dict[str, str]"),
            ({"type": "array", "items": {"type": "array", "items": TEXT}}, "list[list[str]]"),
            ({"type": "array", "items": {**TEXT, "nullable": True}}, "list[str | None]"),
            ({}, "Any"),
        ],
    )
    def test_types_are_spelled_as_python_does(self, schema: Described, type_: str, read: Read) -> None:
        assert fields(read(thing(object_(a=schema))))["a"].type == type_

    def test_what_became_of_schemas_without_a_class_is_kept(self, read: Read) -> None:
        described = thing(
            {"allOf": [ref("Base"), object_(list=ref("Names"), map=ref("Sizes"))]},
            Base=object_(id=TEXT),
            Names={"type": "array", "items": TEXT},
            Sizes={"type": "object", "additionalProperties": {"type": "integer"}},
            Lonely=object_(a=TEXT),
        )
        fates = {"Base": "part", "Names": "list", "Sizes": "map", "Lonely": "unused"}
        assert read(described).api.unnamed == fates


class TestEnums:
    def test_null_among_the_values_makes_it_nullable(self, read: Read) -> None:
        imported = read(thing(object_(a={"type": "string", "nullable": True, "enum": ["ON", None, "ON"]})))
        assert (fields(imported)["a"].type, fields(imported)["a"].nullable) == ("ThingA", True)
        assert imported.api.schemas["ThingA"] == EnumSchema(["ON"])

    def test_need_no_type(self, read: Read) -> None:
        assert read(thing(object_(a={"enum": ["ON"]}))).api.schemas["ThingA"] == EnumSchema(["ON"])
