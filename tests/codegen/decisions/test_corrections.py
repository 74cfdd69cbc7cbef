"""Are mistakes of the description corrected, and corrections that are no longer needed reported?"""

from __future__ import annotations

from codegen.decisions.tables import Correction
from codegen.read import corrections
from codegen.read.description import Node
from tests.support.descriptions import DECISIONS, TEXT, Read, document, fields, object_, operation, ref, thing

# codegen/decisions/corrections.toml takes `total` out of the keys that this requires.
WRONG = object_(["total", "amount"], amount=TEXT)


class TestCorrections:
    def test_allow_what_would_stop_the_import(self, read: Read) -> None:
        imported = read(thing(object_(a=ref("CostRange")), CostRange=WRONG))
        assert fields(imported, "CostRange")["amount"].required is True

    def test_that_no_longer_apply_are_reported(self, read: Read) -> None:
        applied = read(thing(object_(a=ref("CostRange")), CostRange=WRONG)).api.corrected
        assert applied == ["#/components/schemas/CostRange"]
        assert read(thing(object_(name=TEXT))).api.corrected == []

    def test_reach_every_place_that_a_star_stands_for(self, read: Read) -> None:
        size = {"in": "query", "name": "pageSize", "schema": {"type": "number"}}
        paths = {f"/{name}": {"get": operation(f"get{name}", parameters=[size])} for name in ("one", "two")}
        assert [o.query[0].type for o in read(document(paths)).api.operations] == ["int", "int"]

    def test_all_say_why(self) -> None:
        for correction in DECISIONS.corrections.correction:
            assert correction.reason.endswith(".")

    def test_of_undeclared_names_leave_what_is_declared(self) -> None:
        schema = {"required": ["id", "ghost"], "properties": {"id": {"type": "string"}}}
        root = Node({"Thing": schema}, "#", {"Thing": schema})
        correction = Correction("#/Thing", "A ghost.", undeclared=["id", "ghost"])
        assert corrections.apply(root, [correction]) == []
        assert schema["required"] == ["id"]
        assert corrections.apply(root, [correction]) == [correction]
