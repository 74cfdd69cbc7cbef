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

    def test_that_may_be_null_say_so(self, read: Read) -> None:
        pet = {"oneOf": [ref("Cat"), ref("Dog")]}
        described = thing(object_(pet=pet, cat={"oneOf": [ref("Cat")]}), Cat={**CAT, "nullable": True}, Dog=DOG)
        assert fields(read(described))["cat"].nullable is True

    def test_with_fields_of_their_own_give_them_to_each_branch(self, read: Read) -> None:
        described = thing({**object_(["name"], name=TEXT), "oneOf": [object_(purrs=TEXT), object_(barks=TEXT)]})
        assert [*fields(read(described), "ThingWithPurrs")] == ["name", "purrs"]

    def test_are_complete_when_they_are_met_from_within_a_branch(self, read: Read) -> None:
        described = thing(
            object_(root=ref("Node")),
            Node=object_(["children"], children={"type": "array", "items": ref("Tree")}),
            Tree={"oneOf": [ref("Leaf"), ref("Node")]},
            Leaf=object_(["value"], value=TEXT),
        )
        assert union(read(described), "Tree").keys == {"value": "Leaf", "children": "Node"}


class TestUnionsInsideUnions:
    """A branch that is a union is told by the keys of its own branches, and then tells those apart itself."""

    def test_are_told_by_a_key_that_all_inner_branches_require(self, read: Read) -> None:
        job = told_by("job_type", CRON="Cron", ONCE="Once")
        common = {"job_type": TEXT, "schedule": TEXT, "name": TEXT}
        described = thing(
            {"oneOf": [ref("Web"), ref("Job")]},
            Web=object_(["name", "ports"], name=TEXT, ports=TEXT),
            Job=job,
            Cron=object_(["job_type", "schedule"], **common),
            Once=object_(["job_type", "schedule", "name"], **common),
        )
        imported = read(described)
        assert union(imported) == UnionSchema(
            ["Web", "Job"], keys={"ports": "Web", "job_type": "Job", "schedule": "Job"}
        )
        assert union(imported, "Job").tag == "job_type"

    def test_are_told_by_what_one_inner_branch_has_if_all_require_nothing_of_their_own(self, read: Read) -> None:
        described = thing(
            {"oneOf": [ref("Pet"), ref("Tree")]},
            Pet={"oneOf": [ref("Cat"), ref("Dog")]},
            Cat=CAT,
            Dog=DOG,
            Tree=object_(["height"], name=TEXT, height=TEXT),
        )
        assert union(read(described)).keys == {"height": "Tree", "": "Pet"}

    def test_that_are_written_out_within_count_as_one(self, read: Read) -> None:
        inner = {"description": "", "anyOf": [ref("Dog"), ref("Tree")]}
        described = thing({"oneOf": [ref("Cat"), inner]}, Cat=CAT, Dog=DOG, Tree=object_(["height"], height=TEXT))
        assert union(read(described)).branches == ["Cat", "Dog", "Tree"]

    def test_joined_with_fields_give_them_to_the_innermost_branches(self, read: Read) -> None:
        described = thing(
            {"allOf": [object_(["id"], id=TEXT), {"oneOf": [ref("Pet"), object_(["height"], height=TEXT)]}]},
            Pet={"oneOf": [object_(["purrs"], purrs=TEXT), object_(["barks"], barks=TEXT)]},
        )
        imported = read(described)
        assert union(imported).branches == ["ThingWithPet", "ThingWithHeight"]
        assert union(imported, "ThingWithPet").keys == {
            "purrs": "ThingWithPetWithPurrs",
            "barks": "ThingWithPetWithBarks",
        }
        assert [*fields(imported, "ThingWithPetWithBarks")] == ["id", "barks"]

    def test_that_contain_themselves_or_a_scalar_stop_the_import(self, stopped: Callable[[Described], str]) -> None:
        circle = thing({"oneOf": [ref("Pet"), ref("Cat")]}, Pet={"oneOf": [ref("Thing"), ref("Dog")]}, Cat=CAT, Dog=DOG)
        assert stopped(circle) == "#/components/schemas/Thing"
        scalar = thing({"oneOf": [ref("Pet"), ref("Cat")]}, Pet={"oneOf": [TEXT, ref("Dog")]}, Cat=CAT, Dog=DOG)
        assert stopped(scalar) == "#/components/schemas/Thing"


class TestConstantsOfTheirOwn:
    """Inline branches without a discriminator that each require another value under the same key."""

    def test_are_the_tag(self, read: Read) -> None:
        branches = [
            object_(["kind", "text"], kind={"type": "string", "enum": ["error"]}, text=TEXT),
            object_(["kind"], kind={"type": "string", "enum": ["cancelled"]}),
            object_(["kind"], kind={"const": "timeout"}),
        ]
        found = union(read(thing({"oneOf": branches})))
        assert found.tag == "kind"
        assert found.mapping == {
            "error": "ThingError",
            "cancelled": "ThingCancelled",
            "timeout": "ThingTimeout",
        }

    def test_that_two_branches_share_are_none(self, stopped: Callable[[Described], str]) -> None:
        branches = [object_(["kind"], kind={"type": "string", "enum": ["same"]}) for _ in range(2)]
        assert stopped(thing({"oneOf": branches})) == "#/components/schemas/Thing/oneOf/1"
