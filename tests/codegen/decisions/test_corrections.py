"""Are mistakes of the description corrected, and corrections that are no longer needed reported?"""

from __future__ import annotations

from codegen.read import corrections
from codegen.read.corrections import Correction
from codegen.read.description import Node
from tests.support.descriptions import TEXT, Read, document, fields, object_, operation, ref, thing

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
