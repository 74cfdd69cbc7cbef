"""Does the draft for the changelog say all that differs between two versions of the API?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest

from codegen import __main__ as command
from codegen import facts
from codegen.changes import changes
from codegen.decisions.named import Operation
from codegen.facts import EnumSchema, Field, ObjectSchema, Parameter, ResponseFacts, UnionSchema
from tests.support.descriptions import DECISIONS, JSON, TEXT, Imported, Read, document, object_, operation, ref, thing
from tests.support.small_package import api


class TestChanges:
    def test_of_nothing_are_none(self) -> None:
        api = DECISIONS.name(facts.read())
        assert changes(api, api) == []

    def test_of_operations(self) -> None:
        old = Operation("getThing", "GET", "/thing", [], [ResponseFacts(200, JSON, "Thing")], [], call="things.get")
        gone = attrs.evolve(old, id="dropThing", call="things.drop", method="DELETE")
        new = attrs.evolve(
            old,
            call="things.fetch",
            path="/things",
            deprecated=True,
            query=[Parameter("size", "size", "int", required=True)],
            responses=[ResponseFacts(200, JSON, "Thing", items="results")],
        )
        added = attrs.evolve(old, id="createThing", call="things.create", method="POST")
        assert changes(api([gone, old]), api([new, added])) == [
            "- Removed `things.drop`.",
            "- Added `things.create` (`POST /thing`).",
            "- Deprecated `things.fetch`.",
            "- Renamed `things.get` to `things.fetch`.",
            "- `things.fetch` gained the parameter `size`.",
            "- `things.fetch` is now `GET /things`, was `GET /thing`.",
            "- `things.fetch` returns `list[Thing]`, was `Thing`.",
        ]

    def test_of_bodies(self, read: Read) -> None:
        def posting(**body: Any) -> Imported:
            return read(document({"/thing": {"post": operation(**body)}}))

        schema = {"content": {JSON: {"schema": ref("Thing")}}}
        before, after = posting(), posting(requestBody=schema)
        assert changes(before.named, after.named) == [
            "- `thing.create` takes the body `Thing` (optional), was nothing."
        ]

    def test_of_models_enums_and_unions(self) -> None:
        before = api(
            schemas={
                "Gone": EnumSchema(["A"]),
                "State": EnumSchema(["ON", "OFF"]),
                "Thing": ObjectSchema([Field("a", "a", "str"), Field("b", "b", "str"), Field("c", "c", "str")]),
                "Pet": UnionSchema(["Cat"]),
            }
        )
        after = api(
            schemas={
                "New": EnumSchema(["A"]),
                "State": EnumSchema(["ON", "HALF"]),
                "Thing": ObjectSchema(
                    [Field("a", "a", "int"), Field("c", "c", "str", required=True), Field("d", "d", "str")]
                ),
                "Pet": UnionSchema(["Cat", "Dog"]),
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
        before = api(schemas={"Thing": ObjectSchema([Field("a", "a", "str")])})
        after = api(schemas={"Thing": UnionSchema(["Cat", "Dog"])})
        assert any("Thing" in line for line in changes(before, after))

    def test_of_a_body_that_became_required_are_told(self) -> None:
        body = facts.Body("Thing")
        old = Operation("a", "POST", "/thing", [], [ResponseFacts(204)], [], body=body, call="things.a")
        new = attrs.evolve(old, body=attrs.evolve(body, required=True))
        assert changes(api([old]), api([new])) == ["- `things.a` takes the body `Thing`, was `Thing` (optional)."]

    def test_stand_in_the_order_of_the_api(self) -> None:
        old = [
            Operation(f"op{i}", "GET", "/thing", [], [ResponseFacts(204)], [], call=f"things.op{i:02}")
            for i in range(12)
        ]
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
        assert "correction: nothing to correct at #/components/schemas/CostRange" in out
        assert "1 operations, 1 schemas" in out
        assert facts.API_JSON.read_bytes() == kept
