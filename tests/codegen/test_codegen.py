"""The importer reads a description wholly or stops and says where; the generator writes what it read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs
import pytest

from codegen import __main__ as command
from codegen import facts
from codegen.changes import changes
from codegen.decisions import repeatable
from codegen.decisions.naming import NamingTable
from codegen.decisions.secrecy import Decision, Secrets, TextDecision
from codegen.facts import Answer, Api, Enum, Field, Model, Operation, Parameter, Union
from codegen.read import corrections, importer
from codegen.read.corrections import Correction
from codegen.read.description import DescriptionError, Node
from codegen.read.importer import Import
from codegen.write import emit
from tests.support import ROOT

JSON = "application/json"

Described = dict[str, Any]
Read = Callable[[Described], Import]


def ref(name: str) -> Described:
    return {"$ref": f"#/components/schemas/{name}"}


def object_(required: list[str] | None = None, /, **properties: Described) -> Described:
    described = {"type": "object", "properties": properties}
    return described | ({"required": required} if required else {})


TEXT = {"type": "string"}


def answering(schema: Described) -> Described:
    return {"200": {"description": "", "content": {JSON: {"schema": schema}}}}


def operation(id_: str = "getThing", **members: Any) -> Described:
    return {"operationId": id_, "responses": answering(ref("Thing")), **members}


def document(paths: Described, **schemas: Described) -> Described:
    return {
        "openapi": "3.0.3",
        "info": {"title": "Small", "version": "1"},
        "paths": paths,
        "components": {"schemas": {"Thing": object_(name=TEXT), **schemas}},
    }


def thing(schema: Described, **others: Described) -> Described:
    """A description whose only operation answers a `Thing`."""
    return document({"/thing": {"get": operation()}}, Thing=schema, **others)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Imports a description, through a file as from the command line."""

    def read_(described: Described) -> Import:
        file = tmp_path / "description.json"
        file.write_text(json.dumps(described), encoding="utf-8")
        return importer.read(str(file))

    return read_


@pytest.fixture
def stopped(read: Read) -> Callable[[Described], str]:
    """Where the import of a description stops, as a JSON pointer."""

    def stopped_(described: Described) -> str:
        with pytest.raises(DescriptionError) as caught:
            read(described)
        assert str(caught.value).startswith(f"{caught.value.where}: ")
        return caught.value.where

    return stopped_


def fields(imported: Import, name: str = "Thing") -> dict[str, Field]:
    model = imported.api.schemas[name]
    assert isinstance(model, Model)
    return {field.wire: field for field in model.fields}


def union(imported: Import, name: str = "Thing") -> Union:
    found = imported.api.schemas[name]
    assert isinstance(found, Union)
    return found


class TestUnderstandsOrStops:
    """No description is half-read: what the importer does not know is named by its JSON pointer."""

    @pytest.mark.parametrize(
        ("schema", "where"),
        [
            pytest.param({"not": {}}, "", id="not"),
            pytest.param({"type": "object", "patternProperties": {}}, "", id="patternProperties"),
            pytest.param({"const": "a"}, "", id="const"),
            pytest.param({"type": "file"}, "", id="unknown type"),
            pytest.param({"type": ["string", "null"]}, "", id="list of types, as in 3.1"),
            pytest.param({"type": "array"}, "", id="array without items"),
            pytest.param({"type": "string", "items": {}}, "", id="text with items"),
            pytest.param({"type": "integer", "enum": [1, 2]}, "/enum", id="enum of numbers"),
            pytest.param({"type": "string", "enum": []}, "/enum", id="enum of nothing"),
            pytest.param({"type": "string", "enum": "a"}, "/enum", id="enum that is no list"),
            pytest.param({"allOf": [TEXT, {"type": "integer"}]}, "", id="allOf of texts"),
            pytest.param(object_(a={"not": {}}), "/properties/a", id="in a property"),
            pytest.param({"type": "array", "items": {"not": {}}}, "/items", id="in items"),
            pytest.param(
                {"type": "object", "additionalProperties": {"not": {}}}, "/additionalProperties", id="in a map"
            ),
            pytest.param({"allOf": [object_(a=TEXT), {"type": "object", "not": {}}]}, "/allOf/1", id="in allOf"),
            pytest.param({"oneOf": [TEXT, {"not": {}}]}, "/oneOf/1", id="in oneOf"),
            pytest.param(
                {**object_(a=TEXT), "additionalProperties": TEXT}, "/additionalProperties", id="fields beside a map"
            ),
            pytest.param({"type": "object", "required": ["a"]}, "/required/0", id="required without properties"),
            pytest.param(object_(["b"], a=TEXT), "/required/0", id="required but not declared"),
            pytest.param(object_(**{"a/b": {"not": {}}}), "/properties/a~1b", id="key with a slash"),
            pytest.param({"$ref": "#/components/schemas/Nowhere"}, "", id="reference to nothing"),
            pytest.param({"$ref": "other.yaml#/Thing"}, "", id="reference to another document"),
            pytest.param(object_(**{"a.b": TEXT, "a_b": TEXT}), "", id="two keys with one Python name"),
        ],
    )
    def test_schemas(self, schema: Described, where: str, stopped: Callable[[Described], str]) -> None:
        assert stopped(thing(schema)) == f"#/components/schemas/Thing{where}"

    @pytest.mark.parametrize(
        ("members", "where"),
        [
            pytest.param({"callbacks": {}}, "", id="callbacks"),
            pytest.param({"operationId": ""}, "", id="no operationId"),
            pytest.param({"parameters": [{"in": "header", "name": "X", "schema": TEXT}]}, "/parameters/0", id="header"),
            pytest.param({"parameters": [{"in": "cookie", "name": "X", "schema": TEXT}]}, "/parameters/0", id="cookie"),
            pytest.param(
                {"parameters": [{"in": "query", "name": "x", "schema": {"type": "array", "items": TEXT}}]},
                "/parameters/0/schema",
                id="query of a list",
            ),
            pytest.param(
                {"parameters": [{"in": "query", "name": "x", "schema": object_(a=TEXT)}]},
                "/parameters/0/schema",
                id="query of an object",
            ),
            pytest.param(
                {"parameters": [{"in": "query", "name": "x", "style": "form", "schema": TEXT}]},
                "/parameters/0",
                id="query with a style",
            ),
            pytest.param({"parameters": [{"in": "query", "name": "x"}]}, "/parameters/0", id="query without schema"),
            pytest.param(
                {"requestBody": {"content": {JSON: {"schema": TEXT}, "text/plain": {"schema": TEXT}}}},
                "/requestBody/content",
                id="two kinds of body",
            ),
            pytest.param({"requestBody": {"content": {JSON: {}}}}, "/requestBody/content/application~1json", id="body"),
            pytest.param({"requestBody": {"description": ""}}, "/requestBody", id="body without content"),
            pytest.param({"responses": {"404": {"description": ""}}}, "/responses", id="no success"),
            pytest.param({"responses": {"default": {"description": ""}}}, "/responses/default", id="default answer"),
            pytest.param({"responses": {"2XX": {"description": ""}}}, "/responses/2XX", id="range of statuses"),
        ],
    )
    def test_operations(self, members: Described, where: str, stopped: Callable[[Described], str]) -> None:
        described = document({"/thing": {"get": operation(**members)}})
        assert stopped(described) == f"#/paths/~1thing/get{where}"

    def test_paths(self, stopped: Callable[[Described], str]) -> None:
        assert stopped(document({"/thing": {"query": operation()}})) == "#/paths/~1thing"
        assert stopped(document({"/thing/{id}": {"get": operation()}})) == "#/paths/~1thing~1{id}/get"

    @pytest.mark.parametrize("version", ["3.1.0", "2.0", "", None])
    def test_versions(self, version: str | None, stopped: Callable[[Described], str]) -> None:
        assert stopped(thing(object_(name=TEXT)) | {"openapi": version}) == "#"

    def test_the_document(self, stopped: Callable[[Described], str]) -> None:
        assert stopped(thing(object_(name=TEXT)) | {"webhooks": {}}) == "#"

    def test_nothing_is_written_when_it_stops(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        kept = facts.API_JSON.read_bytes()
        file = tmp_path / "description.json"
        file.write_text(json.dumps(thing({"not": {}})), encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["codegen", "import", str(file)])
        assert command.main() == 1
        assert "stopped at #/components/schemas/Thing: " in capsys.readouterr().err
        assert facts.API_JSON.read_bytes() == kept


class TestReferences:
    def test_lead_into_paths_with_percent_encoding(self, read: Read) -> None:
        shared = {"in": "query", "name": "size", "schema": {"type": "integer"}}
        path = "#/paths/~1thing~1%7BthingId%7D~1part/get/parameters/0"
        id_ = {"in": "path", "name": "thingId", "required": True, "schema": TEXT}
        described = document(
            {
                "/thing/{thingId}/part": {"parameters": [id_], "get": operation("listParts", parameters=[shared])},
                "/thing": {"get": operation(parameters=[{"$ref": path}])},
            }
        )
        (_, borrowed) = read(described).api.operations
        assert borrowed.query == [Parameter("size", "size", "int")]

    def test_are_followed_as_often_as_it_takes(self, read: Read) -> None:
        assert fields(read(thing(object_(a=ref("B")), B=ref("C"), C=TEXT)))["a"].type == "str"

    def test_stop_where_they_go_in_a_circle(self, stopped: Callable[[Described], str]) -> None:
        described = thing(object_(a=ref("B")), B=ref("C"), C=ref("B"))
        assert stopped(described) == "#/components/schemas/Thing/properties/a"


class TestParameters:
    def test_of_the_operation_win_over_those_of_the_path(self, read: Read) -> None:
        loose = {"in": "path", "name": "thingId", "required": True, "schema": {"type": "integer"}}
        exact = {"in": "path", "name": "thingId", "required": True, "schema": TEXT}
        described = document({"/thing/{thingId}": {"parameters": [loose], "get": operation(parameters=[exact])}})
        (found,) = read(described).api.operations
        assert found.path_parameters == [Parameter("thing_id", "thingId", "str", required=True)]

    def test_stand_in_the_order_of_the_path(self, read: Read) -> None:
        ids = [{"in": "path", "name": name, "required": True, "schema": TEXT} for name in ("b", "a")]
        described = document({"/x/{a}/y/{b}": {"get": operation(parameters=ids)}})
        assert [p.name for p in read(described).api.operations[0].path_parameters] == ["a", "b"]

    def test_that_are_keywords_get_an_underscore(self, read: Read) -> None:
        query = [{"in": "query", "name": name, "schema": TEXT} for name in ("from", "pageSize", "type")]
        found = read(document({"/thing": {"get": operation(parameters=query)}})).api.operations[0].query
        assert [(p.name, p.wire) for p in found] == [("from_", "from"), ("page_size", "pageSize"), ("type", "type")]


class TestOperations:
    def test_statuses_may_be_numbers(self, tmp_path: Path) -> None:
        file = tmp_path / "description.yaml"
        file.write_text(
            """
            openapi: 3.0.0
            info: {title: Small, version: 1}
            paths:
              /thing:
                get: {operationId: getThing, responses: {200: {description: ok}, 404: {description: gone}}}
            """,
            encoding="utf-8",
        )
        (found,) = importer.read(str(file)).api.operations
        assert (found.answers, found.errors) == ([Answer(200)], [404])

    def test_envelopes_around_a_list_are_unwrapped(self, read: Read) -> None:
        envelope = object_(results={"type": "array", "items": ref("Thing")})
        described = document({"/thing": {"get": operation(responses=answering(ref("Things")))}}, Things=envelope)
        imported = read(described)
        assert imported.api.operations[0].answers == [Answer(200, JSON, "Thing", items="results")]
        assert imported.api.unnamed == {"Things": "envelope"}

    def test_envelopes_that_say_the_page_are_paged(self, read: Read) -> None:
        count = {"type": "integer"}
        envelope = object_(page=count, page_size=count, results={"type": "array", "items": ref("Thing")})
        described = document({"/thing": {"get": operation(responses=answering(envelope))}})
        assert read(described).api.operations[0].answers == [Answer(200, JSON, "Thing", items="results", paged=True)]

    def test_envelopes_with_more_in_them_stay_models(self, read: Read) -> None:
        more = object_(results={"type": "array", "items": ref("Thing")}, total={"type": "integer"})
        described = document({"/thing": {"get": operation(responses=answering(ref("Things")))}}, Things=more)
        assert read(described).api.operations[0].answers == [Answer(200, JSON, "Things")]

    @pytest.mark.parametrize(
        ("schema", "needed"), [(object_(["name"], name=TEXT), True), (object_(name=TEXT), False), (TEXT, True)]
    )
    def test_bodies_that_must_have_keys_cannot_be_left_out(
        self, schema: Described, *, needed: bool, read: Read
    ) -> None:
        body = {"content": {JSON: {"schema": schema}}}
        (found,) = read(document({"/thing": {"post": operation(requestBody=body)}})).api.operations
        assert found.body is not None
        assert found.body.required is needed


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
        assert imported.api.schemas["ThingPartState"] == Enum(["ON"])

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
        assert imported.api.schemas["ThingA"] == Enum(["ON"])

    def test_need_no_type(self, read: Read) -> None:
        assert read(thing(object_(a={"enum": ["ON"]}))).api.schemas["ThingA"] == Enum(["ON"])


CAT = object_(["purrs"], name=TEXT, purrs={"type": "boolean"})
DOG = object_(["barks"], name=TEXT, barks={"type": "boolean"})


def told_by(key: str, **branches: str) -> Described:
    """A union with a discriminator."""
    mapping = {tag: ref(name)["$ref"] for tag, name in branches.items()}
    described = {"oneOf": [ref(name) for name in branches.values()]}
    return described | {"discriminator": {"propertyName": key, "mapping": mapping}}


class TestUnions:
    def test_with_a_discriminator_are_told_apart_by_it(self, read: Read) -> None:
        described = thing(told_by("kind", CAT="Cat", DOG="Dog"), Cat=CAT, Dog=DOG)
        assert union(read(described)) == Union(["Cat", "Dog"], "kind", {"CAT": "Cat", "DOG": "Dog"})

    def test_may_be_nested(self, read: Read) -> None:
        inner, outer = told_by("kind", CAT="Cat", DOG="Dog"), told_by("life", PET="Pet", TREE="Tree")
        imported = read(thing(outer, Pet=inner, Cat=CAT, Dog=DOG, Tree=object_(height={"type": "integer"})))
        assert union(imported).mapping == {"PET": "Pet", "TREE": "Tree"}
        assert union(imported, "Pet").mapping == {"CAT": "Cat", "DOG": "Dog"}

    def test_without_a_discriminator_are_told_apart_by_keys_of_their_own(self, read: Read) -> None:
        found = union(read(thing({"oneOf": [ref("Cat"), ref("Dog")]}, Cat=CAT, Dog=DOG)))
        assert (found.tag, found.keys) == (None, {"purrs": "Cat", "barks": "Dog"})

    def test_one_by_one_where_a_branch_has_no_key_of_its_own(self, read: Read) -> None:
        # Once Big is ruled out, Middle is the only one with `b`; Small is what is left.
        described = thing(
            {"oneOf": [ref("Small"), ref("Middle"), ref("Big")]},
            Small=object_(a=TEXT),
            Middle=object_(["b"], a=TEXT, b=TEXT),
            Big=object_(["c"], a=TEXT, b=TEXT, c=TEXT),
        )
        assert union(read(described)).keys == {"c": "Big", "b": "Middle", "": "Small"}

    def test_that_cannot_be_told_apart_stop_the_import(self, stopped: Callable[[Described], str]) -> None:
        described = thing({"oneOf": [ref("A"), ref("B")]}, A=object_(a=TEXT), B=object_(a=TEXT))
        assert stopped(described) == "#/components/schemas/Thing"

    def test_whose_discriminator_leads_elsewhere_stop_the_import(self, stopped: Callable[[Described], str]) -> None:
        described = thing({**told_by("kind", CAT="Cat", COW="Cow"), "oneOf": [ref("Cat")]}, Cat=CAT, Cow=DOG)
        assert stopped(described) == "#/components/schemas/Thing/discriminator"

    def test_whose_discriminator_maps_nothing_stop_the_import(self, stopped: Callable[[Described], str]) -> None:
        wordless = {**told_by("kind", CAT="Cat", DOG="Dog"), "discriminator": {"propertyName": "kind"}}
        described = thing(wordless, Cat=CAT, Dog=DOG)
        assert stopped(described) == "#/components/schemas/Thing/discriminator"

    def test_of_one_branch_are_that_branch(self, read: Read) -> None:
        assert fields(read(thing(object_(pet={"oneOf": [ref("Cat")]}), Cat=CAT)))["pet"].type == "Cat"

    def test_of_scalars_and_objects(self, read: Read) -> None:
        imported = read(thing(object_(value={"oneOf": [TEXT, {"type": "boolean"}, ref("Cat")]}), Cat=CAT))
        assert union(imported, "ThingValue").branches == ["str", "bool", "Cat"]

    def test_joined_with_fields_give_each_branch_those_fields(self, read: Read) -> None:
        branches = [object_(["purrs"], purrs=TEXT), object_(["barks"], barks=TEXT)]
        imported = read(thing({"allOf": [object_(["name"], name=TEXT), {"oneOf": branches}]}))
        assert union(imported).keys == {"purrs": "ThingWithPurrs", "barks": "ThingWithBarks"}
        assert [*fields(imported, "ThingWithPurrs")] == ["name", "purrs"]
        assert [*fields(imported, "ThingWithBarks")] == ["name", "barks"]

    def test_inline_branches_are_named_by_the_key_only_they_have(self, read: Read) -> None:
        branches = [object_(name=TEXT, purrs=TEXT), object_(name=TEXT, barks=TEXT)]
        assert union(read(thing({"oneOf": branches}))).branches == ["ThingWithPurrs", "ThingWithBarks"]

    def test_are_complete_when_they_are_met_from_within_a_branch(self, read: Read) -> None:
        described = thing(
            object_(root=ref("Node")),
            Node=object_(["children"], children={"type": "array", "items": ref("Tree")}),
            Tree={"oneOf": [ref("Leaf"), ref("Node")]},
            Leaf=object_(["value"], value=TEXT),
        )
        assert union(read(described), "Tree").keys == {"value": "Leaf", "children": "Node"}


# codegen/decisions/corrections.toml takes `total` out of the keys that this requires.
WRONG = object_(["total", "amount"], amount=TEXT)


class TestCorrections:
    def test_allow_what_would_stop_the_import(self, read: Read) -> None:
        imported = read(thing(object_(a=ref("CostRange")), CostRange=WRONG))
        assert fields(imported, "CostRange")["amount"].required is True

    def test_that_no_longer_apply_are_reported(self, read: Read) -> None:
        needed = {c.at for c in read(thing(object_(a=ref("CostRange")), CostRange=WRONG)).idle_corrections}
        idle = {c.at for c in read(thing(object_(name=TEXT))).idle_corrections}
        assert idle - needed == {"#/components/schemas/CostRange"}

    def test_reach_every_place_that_a_star_stands_for(self, read: Read) -> None:
        size = {"in": "query", "name": "pageSize", "schema": {"type": "number"}}
        paths = {f"/{name}": {"get": operation(f"get{name}", parameters=[size])} for name in ("one", "two")}
        assert [o.query[0].type for o in read(document(paths)).api.operations] == ["int", "int"]

    def test_all_say_why(self) -> None:
        for correction in corrections.read():
            assert isinstance(correction, Correction)
            assert correction.reason.endswith(".")
            assert correction.remove or correction.set or correction.undeclared

    def test_of_undeclared_names_leave_what_is_declared(self) -> None:
        schema = {"required": ["id", "ghost"], "properties": {"id": {"type": "string"}}}
        root = Node({"Thing": schema}, "#", {"Thing": schema})
        correction = Correction("#/Thing", "A ghost.", undeclared=["id", "ghost"])
        assert correction.apply(root)
        assert schema["required"] == ["id"]
        assert not correction.apply(root)


class TestNames:
    def test_of_new_operations_are_made_up_by_convention_and_reported(self, read: Read) -> None:
        id_ = {"in": "path", "name": "rocketId", "required": True, "schema": TEXT}
        rockets = object_(results={"type": "array", "items": ref("Thing")})
        described = document(
            {
                "/rocket": {
                    "get": operation("listRockets", responses=answering(rockets)),
                    "post": operation("createRocket"),
                },
                "/rocket/{rocketId}": {
                    "parameters": [id_],
                    "get": operation("getRocket"),
                    "put": operation("editRocket"),
                    "delete": operation("deleteRocket"),
                },
                "/rocket/{rocketId}/launch": {"parameters": [id_], "post": operation("launchRocket")},
            }
        )
        imported = read(described)
        assert imported.invented_names == {o.id: o.call for o in imported.api.operations}
        assert imported.invented_names["listRockets"] == "rockets.list"
        assert imported.invented_names["getRocket"] == "rockets.get"
        assert imported.invented_names["createRocket"] == "rockets.create"
        assert imported.invented_names["editRocket"] == "rockets.update"
        assert imported.invented_names["deleteRocket"] == "rockets.delete"
        assert imported.invented_names["launchRocket"] == "rockets.launch"

    def test_of_operations_that_answer_a_bare_list_say_list(self, read: Read) -> None:
        bare = answering({"type": "array", "items": ref("Thing")})
        imported = read(document({"/rocket": {"get": operation("listRockets", responses=bare)}}))
        assert imported.invented_names["listRockets"].endswith(".list")

    def test_of_new_operations_follow_what_others_are_called(self, read: Read) -> None:
        id_ = {"in": "path", "name": "rocketId", "required": True, "schema": TEXT}
        described = document({"/rocket/{rocketId}/deploy": {"parameters": [id_], "post": operation("deployRocket")}})
        assert read(described).invented_names == {"deployRocket": "rockets.deploy"}

    def test_in_the_table_are_taken_from_it(self, read: Read) -> None:
        imported = read(document({"/organization": {"get": operation("listOrganization")}}))
        assert imported.api.operations[0].call == "organizations.list"
        assert imported.invented_names == {}

    def test_are_never_given_twice(self, read: Read) -> None:
        paths = {f"/{scope}/rocket": {"get": operation(f"{scope}Rocket")} for scope in ("account", "admin")}
        imported = read(document(paths))
        assert len(set(imported.invented_names.values())) == 2

    def test_would_mostly_be_found_without_their_row(self, capsys: pytest.CaptureFixture[str]) -> None:
        table = NamingTable.read()
        routes = [(row.method, row.path) for row in table.rows]
        lists = {o.id: any(answer.items for answer in o.answers) for o in facts.read().operations}
        missed = []
        for row in table.rows:
            others = NamingTable([other for other in table.rows if other is not row])
            call = others.call(row.operation_id, row.method, row.path, lists=lists[row.operation_id], routes=routes)
            missed += [(row.call, call)] if call != row.call else []
        share = 1 - len(missed) / len(table.rows)
        with capsys.disabled():
            print(f"\nnamed by convention as in the table: {share:.1%} of {len(table.rows)}")
        assert share >= 0.75, missed


class TestChanges:
    def test_of_nothing_are_none(self) -> None:
        assert changes(facts.read(), facts.read()) == []

    def test_of_operations(self) -> None:
        old = Operation("getThing", "things.get", "GET", "/thing", [], [Answer(200, JSON, "Thing")], [])
        gone = attrs.evolve(old, id="dropThing", call="things.drop", method="DELETE")
        new = attrs.evolve(
            old,
            call="things.fetch",
            path="/things",
            deprecated=True,
            query=[Parameter("size", "size", "int", required=True)],
            answers=[Answer(200, JSON, "Thing", items="results")],
        )
        added = attrs.evolve(old, id="createThing", call="things.create", method="POST")
        assert changes(api([gone, old]), api([new, added])) == [
            "- Removed `things.drop`.",
            "- Added `things.create` (`POST /thing`).",
            "- Deprecated `things.fetch`.",
            "- Renamed `things.get` to `things.fetch`.",
            "- `things.fetch` answers `list[Thing]`, was `Thing`.",
            "- `things.fetch` gained the parameter `size`.",
            "- `things.fetch` is now `GET /things`, was `GET /thing`.",
        ]

    def test_of_bodies(self, read: Read) -> None:
        def posting(**body: Any) -> Import:
            return read(document({"/thing": {"post": operation(**body)}}))

        schema = {"content": {JSON: {"schema": ref("Thing")}}}
        before, after = posting(), posting(requestBody=schema)
        assert changes(before.api, after.api) == ["- `thing.create` takes the body `Thing` (optional), was nothing."]

    def test_of_models_enums_and_unions(self) -> None:
        before = api(
            schemas={
                "Gone": Enum(["A"]),
                "State": Enum(["ON", "OFF"]),
                "Thing": Model([Field("a", "a", "str"), Field("b", "b", "str"), Field("c", "c", "str")]),
                "Pet": Union(["Cat"]),
            }
        )
        after = api(
            schemas={
                "New": Enum(["A"]),
                "State": Enum(["ON", "HALF"]),
                "Thing": Model([Field("a", "a", "int"), Field("c", "c", "str", required=True), Field("d", "d", "str")]),
                "Pet": Union(["Cat", "Dog"]),
            }
        )
        assert changes(before, after) == [
            "- Removed the model `Gone`.",
            "- Added the model `New`.",
            "- `Pet` gained the branch `Dog`.",
            "- `State` lost the value `OFF`.",
            "- `State` gained the value `HALF`.",
            "- `Thing` lost the field `b`.",
            "- `Thing` gained the field `d`.",
            "- `Thing`: the field `a` is now int, was str.",
            "- `Thing`: the field `c` is now str, required, was str.",
        ]

    def test_of_a_model_that_became_a_union_are_told(self) -> None:
        before = api(schemas={"Thing": Model([Field("a", "a", "str")])})
        after = api(schemas={"Thing": Union(["Cat", "Dog"])})
        assert any("Thing" in line for line in changes(before, after))

    def test_of_a_body_that_became_required_are_told(self) -> None:
        body = facts.Body("Thing")
        old = Operation("a", "things.a", "POST", "/thing", [], [Answer(204)], [], body=body)
        new = attrs.evolve(old, body=attrs.evolve(body, required=True))
        assert changes(api([old]), api([new])) == ["- `things.a` takes the body `Thing`, was `Thing` (optional)."]

    def test_stand_in_the_order_of_the_api(self) -> None:
        old = [Operation(f"op{i}", f"things.op{i:02}", "GET", "/thing", [], [Answer(204)], []) for i in range(12)]
        new = [attrs.evolve(operation, deprecated=True) for operation in old]
        assert changes(api(old), api(new)) == [f"- Deprecated `things.op{i:02}`." for i in range(12)]

    def test_are_printed_without_touching_the_facts(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        kept = facts.API_JSON.read_bytes()
        file = tmp_path / "description.json"
        file.write_text(json.dumps(thing(object_(name=TEXT))), encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["codegen", "import", str(file), "--dry-run"])
        assert command.main() == 0
        out = capsys.readouterr().out
        assert "- Removed `projects.list`." in out
        assert "- Added the model `Thing`." in out
        assert "named by convention, add it to codegen/decisions/names.csv: getThing -> thing.get" in out
        assert "nothing to correct any more: #/components/schemas/CostRange" in out
        assert "1 operations, 1 schemas" in out
        assert facts.API_JSON.read_bytes() == kept


def api(operations: list[Operation] | None = None, schemas: dict[str, facts.Schema] | None = None) -> Api:
    return Api("1", operations or [], schemas or {}, {})


def model(**types: str) -> Model:
    return Model([Field(name, name, type_) for name, type_ in types.items()])


class TestSecrets:
    """What is one is data, and nothing that looks like one goes undecided."""

    everywhere = Decision("hidden", ["password"], "a reason")
    flagged = Decision("hidden", ["value"], "a reason", flag="is_secret")
    of_one = Decision("hidden", ["value"], "a reason", models=["Secret"])
    texts = TextDecision(["things.get"], hidden=True, reason="a reason")
    secrets = Secrets([everywhere, flagged, of_one], [])
    models = MappingProxyType(
        {
            "Login": model(password="str", name="str"),
            "Variable": model(value="str", is_secret="bool"),
            "Secret": model(value="str"),
        }
    )

    def api(self, **more: facts.Schema) -> Api:
        return api([], {**self.models, **more})

    def test_of_a_model_are_those_decided_for_all_for_it_or_for_its_flag(self) -> None:
        found = {name: self.secrets.of_model(name, schema) for name, schema in self.models.items()}
        assert {name: (hidden.attributes, hidden.flag) for name, hidden in found.items()} == {
            "Login": (("password",), ""),
            "Variable": (("value",), "is_secret"),
            "Secret": (("value",), ""),
        }
        assert self.secrets.undecided(self.api()) == []
        assert self.secrets.idle(self.api()) == []

    def test_are_asked_for_where_a_name_says_so(self) -> None:
        door = model(api_key="str", token_id="str", has_password="bool", credentials="list[Login]")
        box = model(extra_secrets="dict[str, Any]", tokens="dict[str, int]")
        assert self.secrets.undecided(self.api(Door=door, Box=box)) == ["Door.api_key", "Box.extra_secrets"]

    def test_are_asked_for_where_the_name_is_one_in_another_model(self) -> None:
        more = self.api(Label=model(value="str"), Number=model(value="int"))
        assert self.secrets.undecided(more) == ["Label.value"]

    def test_are_asked_for_where_a_flag_says_that_there_are_some(self) -> None:
        (found,) = self.secrets.undecided(self.api(Entry=model(text="str", sensitive="bool")))
        assert found.startswith("Entry: ")

    def test_decided_twice_are_asked_for_again(self) -> None:
        twice = Secrets([self.of_one, attrs.evolve(self.of_one, kind="shown")], [])
        assert twice.undecided(api([], {"Secret": model(value="str")})) == ["Secret.value"]

    def test_what_is_said_of_one_model_goes_before_what_is_said_of_all(self) -> None:
        shown = Decision("shown", ["password"], "a reason", models=["Login"])
        secrets = Secrets([self.everywhere, shown], [])
        schemas = {"Login": model(password="str"), "Other": model(password="str")}
        assert secrets.of_model("Login", schemas["Login"]).attributes == ()
        assert secrets.undecided(api([], {**schemas})) == []

    def test_that_are_not_there_are_told(self) -> None:
        wrong = attrs.evolve(self.of_one, attributes=["value", "valeu"], models=["Secret", "Sceret"])
        secrets = Secrets([wrong], [self.texts])
        told = secrets.idle(api([], {"Secret": model(value="str")}))
        assert [line.split()[0] for line in told] == ["Sceret", "valeu", "things.get"]

    def test_may_be_whole_texts(self) -> None:
        text = attrs.evolve(GET, answers=[Answer(200, "text/plain", "str")])
        named = attrs.evolve(text, call="things.list", answers=[Answer(200, JSON, "str", items="results")])
        assert Secrets([], []).undecided(api([text, named], {})) == ["things.get"]
        assert Secrets([], [self.texts]).undecided(api([text, named], {})) == []
        assert Secrets([], [self.texts]).is_text(text)

    def test_all_say_why(self) -> None:
        secrets = Secrets.read()
        assert all(decision.reason.endswith(".") for decision in [*secrets.decisions, *secrets.texts])

    def test_become_part_of_the_model(self, package: Path) -> None:
        schemas: dict[str, facts.Schema] = {
            "Thing": Model([Field("password", "pass.word", "str"), Field("parts", "parts", "list[Part]")]),
            "Part": model(value="str", is_secret="bool"),
        }
        payload: Described = {"pass.word": "a", "parts": [{"value": "b", "is_secret": v} for v in (True, False)]}
        assert round_trip(package, schemas, payload) == (
            "Thing(password=***, parts=[Part(value=***, is_secret=True), Part(value='b', is_secret=False)])"
        )


class TestRepeatable:
    def test_operations_all_say_why(self) -> None:
        assert all(reason.endswith(".") for reason in repeatable.read().values())

    def test_operations_are_those_named_and_no_others(self) -> None:
        files = emit.files(facts.read())
        written = sum(text.count("repeatable=True") for path, text in files.items() if "resources" in path)
        assert written == len(repeatable.read())

    def test_operations_that_are_not_there_or_need_no_entry_are_told(self) -> None:
        post = attrs.evolve(GET, call="things.check", method="POST")
        reasons = dict.fromkeys(["things.check", "things.get", "things.gone"], "a reason")
        assert repeatable.unknown(reasons, api([GET, post], {})) == ["things.get", "things.gone"]


class TestDecisions:
    """Nothing is generated before it is decided."""

    def test_are_all_made(self) -> None:
        assert command.undecided(facts.read()) == []

    def test_that_lack_stop_the_generator(self, package: Path, capsys: pytest.CaptureFixture[str]) -> None:
        kept = facts.read()
        new = attrs.evolve(kept, schemas={**kept.schemas, "New": model(api_secret="str")})
        assert command.generate(new, check=False) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "codegen/decisions/secrets.toml" in line
        assert line.endswith(": New.api_secret")
        assert not (package / "qovery_async" / "models").exists()

    def test_about_what_is_gone_stop_the_generator(self, package: Path, capsys: pytest.CaptureFixture[str]) -> None:
        kept = facts.read()
        calls = ("git.list_directories", "clusters.kubeconfig.get")
        schemas = {name: schema for name, schema in kept.schemas.items() if name != "Referral"}
        gone = [operation for operation in kept.operations if operation.call not in calls]
        assert command.generate(attrs.evolve(kept, operations=gone, schemas=schemas), check=True) == 1
        told = [line.rpartition(": ")[2].split()[0] for line in capsys.readouterr().err.splitlines()]
        assert told == ["Referral", "invitation_link", "clusters.kubeconfig.get", "git.list_directories"]

    def test_that_lack_are_told_by_the_import(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "description.json"
        file.write_text(json.dumps(thing(object_(api_secret=TEXT))), encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["codegen", "import", "--dry-run", str(file)])
        assert command.main() == 0
        assert (
            "named like a secret, say in codegen/decisions/secrets.toml what it is: Thing.api_secret"
            in capsys.readouterr().out
        )


class TestFacts:
    def test_survive_being_written_and_read(self, tmp_path: Path) -> None:
        file = tmp_path / "api.json"
        file.write_text(facts.dump(facts.read()), encoding="utf-8")
        assert facts.read(file) == facts.read()
        assert file.read_text(encoding="utf-8") == facts.API_JSON.read_text(encoding="utf-8")


class TestGenerator:
    def test_what_is_committed_is_what_it_writes(self) -> None:
        assert emit.generate(facts.read(), check=True) == 0

    def test_a_file_that_was_edited_by_hand_is_found(self, package: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert emit.generate(SMALL, check=False) == 0
        assert emit.generate(SMALL, check=True) == 0
        edited = package / "qovery_async" / "models" / "things.py"
        edited.write_text(edited.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        (package / "qovery_sync" / "resources" / "stray.py").write_text("", encoding="utf-8")
        (package / "qovery_async" / "resources" / "organizations.py").unlink()
        assert emit.generate(SMALL, check=True) == 1
        told = capsys.readouterr().err.splitlines()
        assert [line.rpartition(": ")[2] for line in told] == [
            "qovery_async/models/things.py",
            "qovery_async/resources/organizations.py",
            "qovery_sync/resources/stray.py",
        ]

    def test_it_writes_the_same_whatever_the_order_of_sets(self) -> None:
        script = (
            "import hashlib; from codegen import facts; from codegen.write import emit; files = emit.files(facts.read());"
            "print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest(), len(files))"
        )
        written = {run(script, ROOT, PYTHONHASHSEED=seed) for seed in ("1", "2", "3")}
        assert len(written) == 1

    def test_two_enum_values_with_one_python_name_stop_it(self, package: Path) -> None:
        clash = attrs.evolve(SMALL, schemas={**SMALL.schemas, "State": Enum(["t3.small", "t3_small"])})
        with pytest.raises(ValueError, match="State"):
            emit.generate(clash, check=False)


LIST = Operation("listOrganization", "organizations.list", "GET", "/organization", [], [Answer(204)], [])
GET = Operation("getThing", "things.get", "GET", "/thing", [], [Answer(200, JSON, "Thing")], [])
SMALL = api(
    [LIST, GET],
    {"Thing": Model([Field("name", "name", "str", required=True), Field("state", "state", "State")]),
     "State": Enum(["ON", "OFF"])},
)  # fmt: skip


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of both packages without their generated folders, which the generator writes into."""
    generated = shutil.ignore_patterns("__pycache__", "models", "resources")
    for name in ("qovery_async", "qovery_sync"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=generated)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(emit, "_ROOT", tmp_path)
    return tmp_path


def run(script: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder), **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def round_trip(package: Path, schemas: Mapping[str, facts.Schema], payload: Described, *, sent: bool = False) -> str:
    """Generates a package with these schemas, reads a `Thing` with it and writes it back; its repr."""
    operation = attrs.evolve(GET, body=facts.Body("Thing")) if sent else GET
    assert emit.generate(api([LIST, operation], {**schemas}), check=False) == 0
    script = (
        f"from qovery_async import from_dict, models, to_dict; import qovery_sync; payload = {payload!r};"
        "thing = from_dict(models.Thing, payload); assert to_dict(thing) == payload, to_dict(thing); print(thing)"
    )
    return run(script, package).strip()


class TestRecursion:
    """A schema may contain itself; the description says so by a reference, the code by its own name."""

    def test_is_imported(self, read: Read) -> None:
        tree = object_(children={"type": "array", "items": ref("Thing")}, parent=ref("Thing"))
        found = fields(read(thing(tree)))
        assert (found["children"].type, found["parent"].type) == ("list[Thing]", "Thing")

    @pytest.mark.parametrize("sent", [False, True], ids=["only comes", "is sent"])
    def test_in_a_list_is_generated_and_decoded(self, *, sent: bool, package: Path) -> None:
        schemas = {"Thing": Model([Field("children", "children", "list[Thing]")])}
        payload: Described = {"children": [{"children": []}, {}]}
        assert round_trip(package, schemas, payload, sent=sent).startswith("Thing(children=[Thing(children=[])")

    @pytest.mark.parametrize("sent", [False, True], ids=["only comes", "is sent"])
    def test_in_a_field_is_generated_and_decoded(self, *, sent: bool, package: Path) -> None:
        schemas = {"Thing": Model([Field("name", "name", "str", required=True), Field("parent", "parent", "Thing")])}
        found = round_trip(package, schemas, {"name": "a", "parent": {"name": "b"}}, sent=sent)
        assert found == "Thing(name='a', parent=Thing(name='b'))"

    def test_in_a_map_is_generated_and_decoded(self, package: Path) -> None:
        schemas = {"Thing": Model([Field("below", "below", "dict[str, Thing]")])}
        assert round_trip(package, schemas, {"below": {"a": {}}}) == "Thing(below={'a': Thing()})"

    def test_through_another_model_is_generated_and_decoded(self, package: Path) -> None:
        schemas: dict[str, facts.Schema] = {
            "Thing": Model([Field("part", "part", "Part")]),
            "Part": Model([Field("whole", "whole", "Thing"), Field("things", "things", "list[Thing]")]),
        }
        payload: Described = {"part": {"whole": {}, "things": [{"part": {}}]}}
        assert round_trip(package, schemas, payload).startswith("Thing(part=Part(whole=Thing()")

    def test_through_a_union_is_generated_and_decoded(self, package: Path) -> None:
        schemas: dict[str, facts.Schema] = {
            "Thing": Model([Field("children", "children", "list[Tree]", required=True)]),
            "Leaf": Model([Field("value", "value", "str", required=True)]),
            "Tree": Union(["Leaf", "Thing"], keys={"value": "Leaf", "children": "Thing"}),
        }
        found = round_trip(package, schemas, {"children": [{"value": "a"}, {"children": []}]})
        assert found == "Thing(children=[Leaf(value='a'), Thing(children=[])])"


class TestGeneratedCode:
    def test_maps_names_that_differ(self, package: Path) -> None:
        schemas: dict[str, facts.Schema] = {
            "Thing": Model(
                [Field("from_", "from", "str"), Field("a_b", "a.b", "int", required=True), Field("x", "x", "list[X]")]
            ),
            "X": Enum(["", "t3.small", "500+", " SPACE"]),
        }
        payload: Described = {"from": "x", "a.b": 1, "x": ["", "t3.small", "500+", " SPACE"]}
        assert "a_b=1" in round_trip(package, schemas, payload)
        assert run("from qovery_async.models import X; print(*(m.name for m in X))", package).split() == [
            "EMPTY", "T3_SMALL", "VALUE_500_PLUS", "SPACE"
        ]  # fmt: skip

    def test_reads_models_of_other_modules(self, package: Path) -> None:
        schemas = {"Thing": Model([Field("git", "git", "GitThing")]), "GitThing": Model([Field("a", "a", "datetime")])}
        assert round_trip(package, schemas, {"git": {"a": "2024-05-06T07:08:09Z"}}).startswith("Thing(git=GitThing(")
