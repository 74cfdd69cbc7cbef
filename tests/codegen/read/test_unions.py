"""How does the importer tell the branches of a union apart?"""

from __future__ import annotations

from collections.abc import Callable

from codegen.facts import UnionSchema
from tests.support.descriptions import TEXT, Described, Read, fields, object_, ref, thing, union

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
        assert union(read(described)) == UnionSchema(["Cat", "Dog"], "kind", {"CAT": "Cat", "DOG": "Dog"})

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
