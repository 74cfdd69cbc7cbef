"""Do generated models work: recursive ones, renamed keys, models of other modules?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codegen import facts
from codegen.facts import EnumSchema, Field, ObjectSchema, UnionSchema
from tests.support.descriptions import Described, Read, fields, object_, ref, thing
from tests.support.small_package import round_trip, run


class TestRecursion:
    """A schema may contain itself; the description says so by a reference, the code by its own name."""

    def test_is_imported(self, read: Read) -> None:
        tree = object_(children={"type": "array", "items": ref("Thing")}, parent=ref("Thing"))
        found = fields(read(thing(tree)))
        assert (found["children"].type, found["parent"].type) == ("list[Thing]", "Thing")

    @pytest.mark.parametrize("sent", [False, True], ids=["only comes", "is sent"])
    def test_in_a_list_is_generated_and_decoded(self, *, sent: bool, package: Path) -> None:
        schemas = {"Thing": ObjectSchema([Field("children", "children", "list[Thing]")])}
        payload: Described = {"children": [{"children": []}, {}]}
        assert round_trip(package, schemas, payload, sent=sent).startswith("Thing(children=[Thing(children=[])")

    @pytest.mark.parametrize("sent", [False, True], ids=["only comes", "is sent"])
    def test_in_a_field_is_generated_and_decoded(self, *, sent: bool, package: Path) -> None:
        schemas = {
            "Thing": ObjectSchema([Field("name", "name", "str", required=True), Field("parent", "parent", "Thing")])
        }
        found = round_trip(package, schemas, {"name": "a", "parent": {"name": "b"}}, sent=sent)
        assert found == "Thing(name='a', parent=Thing(name='b'))"

    def test_in_a_map_is_generated_and_decoded(self, package: Path) -> None:
        schemas = {"Thing": ObjectSchema([Field("below", "below", "dict[str, Thing]")])}
        assert round_trip(package, schemas, {"below": {"a": {}}}) == "Thing(below={'a': Thing()})"

    def test_through_another_model_is_generated_and_decoded(self, package: Path) -> None:
        schemas: dict[str, facts.Schema] = {
            "Thing": ObjectSchema([Field("part", "part", "Part")]),
            "Part": ObjectSchema([Field("whole", "whole", "Thing"), Field("things", "things", "list[Thing]")]),
        }
        payload: Described = {"part": {"whole": {}, "things": [{"part": {}}]}}
        assert round_trip(package, schemas, payload).startswith("Thing(part=Part(whole=Thing()")

    def test_through_a_union_is_generated_and_decoded(self, package: Path) -> None:
        schemas: dict[str, facts.Schema] = {
            "Thing": ObjectSchema([Field("children", "children", "list[Tree]", required=True)]),
            "Leaf": ObjectSchema([Field("value", "value", "str", required=True)]),
            "Tree": UnionSchema(["Leaf", "Thing"], keys={"value": "Leaf", "children": "Thing"}),
        }
        found = round_trip(package, schemas, {"children": [{"value": "a"}, {"children": []}]})
        assert found == "Thing(children=[Leaf(value='a'), Thing(children=[])])"


class TestUnions:
    def test_inside_unions_are_generated_and_decoded(self, package: Path) -> None:
        """The outer one is told by a key, the inner one by a tag."""
        schemas: dict[str, facts.Schema] = {
            "Thing": ObjectSchema([Field("services", "services", "list[Service]", required=True)]),
            "Service": UnionSchema(["Web", "Job"], keys={"port": "Web", "schedule": "Job"}),
            "Job": UnionSchema(["Cron", "Once"], tag="kind", mapping={"CRON": "Cron", "ONCE": "Once"}),
            "Web": ObjectSchema([Field("port", "port", "int", required=True)]),
            "Cron": ObjectSchema([Field("kind", "kind", "str"), Field("schedule", "schedule", "str", required=True)]),
            "Once": ObjectSchema([Field("kind", "kind", "str"), Field("schedule", "schedule", "str", required=True)]),
        }
        services = [{"schedule": "a", "kind": "ONCE"}, {"port": 1}, {"schedule": "b", "kind": "CRON"},
                    {"schedule": "c", "kind": "NEVER"}, {"other": 1}]  # fmt: skip
        found = round_trip(package, schemas, {"services": services})
        assert re.findall(r"(\w+)\(", found) == ["Thing", "Once", "Web", "Cron", "UnknownVariant", "UnknownVariant"]


class TestGeneratedCode:
    def test_maps_names_that_differ(self, package: Path) -> None:
        schemas: dict[str, facts.Schema] = {
            "Thing": ObjectSchema(
                [Field("from_", "from", "str"), Field("a_b", "a.b", "int", required=True), Field("x", "x", "list[X]")]
            ),
            "X": EnumSchema(["", "t3.small", "500+", " SPACE"]),
        }
        payload: Described = {"from": "x", "a.b": 1, "x": ["", "t3.small", "500+", " SPACE"]}
        assert "a_b=1" in round_trip(package, schemas, payload)
        assert run("from qovery_async.models import X; print(*(m.name for m in X))", package).split() == [
            "EMPTY", "T3_SMALL", "VALUE_500_PLUS", "SPACE"
        ]  # fmt: skip

    def test_reads_models_of_other_modules(self, package: Path) -> None:
        schemas = {
            "Thing": ObjectSchema([Field("git", "git", "GitThing")]),
            "GitThing": ObjectSchema([Field("a", "a", "datetime")]),
        }
        assert round_trip(package, schemas, {"git": {"a": "2024-05-06T07:08:09Z"}}).startswith("Thing(git=GitThing(")
