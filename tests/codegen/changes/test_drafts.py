"""Does the draft for the changelog say all that differs between two versions of the API?"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from codegen import __main__ as command
from codegen import facts
from codegen.changes.draft import changes
from codegen.decisions.named import Api, Operation
from codegen.facts import Body, EnumSchema, Field, ObjectSchema, Parameter, ResponseFacts, UnionSchema
from tests.support.descriptions import DECISIONS, JSON, TEXT, object_, thing
from tests.support.small_package import api, model

OLD = Operation("getThing", "GET", "/thing", [], [ResponseFacts(200, JSON, "Thing")], [], call="things.get")
THING = ObjectSchema([Field("a", "a", "str")])


def sent(*, body: str | None = "Thing", returned: str = "str") -> list[Operation]:
    """An operation that sends a type and returns another."""
    return [attrs.evolve(OLD, body=facts.Body(body) if body else None, responses=[ResponseFacts(200, JSON, returned)])]


def draft(before: Api, after: Api) -> tuple[list[str], list[str]]:
    """The lines of both sections: what breaks, and the rest."""
    breaking: list[str] = []
    rest: list[str] = []
    section = rest
    for line in changes(before, after):
        if line.startswith("###"):
            section = breaking if line == "### Breaking" else rest
        elif line:
            section.append(line.removeprefix("- "))
    return breaking, rest


def of_operation(**members: Any) -> tuple[list[str], list[str]]:
    """The draft where one operation has changed."""
    things = {"Thing": THING}
    return draft(api([OLD], things), api([attrs.evolve(OLD, **members)], things))


def of_schemas(
    before: Mapping[str, facts.Schema], after: Mapping[str, facts.Schema], operations: Sequence[Operation] = ()
) -> tuple[list[str], list[str]]:
    return draft(api([*operations], {**before}), api([*operations], {**after}))


class TestADraft:
    def test_of_nothing_is_empty(self) -> None:
        api = DECISIONS.name(facts.read())
        assert changes(api, api) == []

    def test_has_what_breaks_first(self) -> None:
        gone = attrs.evolve(OLD, id="dropThing", call="things.drop", method="DELETE")
        added = attrs.evolve(OLD, id="createThing", call="things.create", method="POST")
        things = {"Thing": THING}
        assert changes(api([gone, OLD], things), api([OLD, added], things)) == [
            "### Breaking",
            "",
            "- Removed `things.drop`.",
            "",
            "### Added and changed",
            "",
            "- Added `things.create` (`POST /thing`).",
        ]

    def test_stands_in_the_order_of_the_api(self) -> None:
        old = [
            attrs.evolve(OLD, id=f"op{i}", call=f"things.op{i:02}", responses=[ResponseFacts(204)]) for i in range(12)
        ]
        new = [attrs.evolve(operation, deprecated=True) for operation in old]
        assert draft(api(old), api(new)) == ([], [f"Deprecated `things.op{i:02}`." for i in range(12)])

    def test_is_printed_without_touching_the_facts(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        kept = facts.API_JSON.read_bytes()
        file = tmp_path / "description.json"
        file.write_text(json.dumps(thing(object_(name=TEXT))), encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["codegen", "import", str(file), "--dry-run"])
        assert command.main() == 0
        out = capsys.readouterr().out
        assert out.startswith("### Breaking\n\n- Removed")
        assert "- Removed `projects.list`." in out
        assert "- Added the model `Thing`." in out
        assert "named by convention, add it to codegen/decisions/names.csv: getThing -> thing.get" in out
        assert "correction: nothing to correct at #/components/schemas/CostRange" in out
        assert "1 operations, 1 schemas" in out
        assert facts.API_JSON.read_bytes() == kept


class TestOperations:
    def test_that_have_other_names_ids_or_paths(self) -> None:
        assert of_operation(call="things.fetch", id="fetchThing", path="/thing", method="GET") == (
            ["Renamed `things.get` to `things.fetch`."],
            ["`things.fetch` has the id `fetchThing`, was `getThing`."],
        )
        assert of_operation(path="/things") == ([], ["`things.get` is now `GET /things`, was `GET /thing`."])

    def test_that_are_deprecated_or_no_longer(self) -> None:
        assert of_operation(deprecated=True) == ([], ["Deprecated `things.get`."])
        old = attrs.evolve(OLD, deprecated=True, responses=[])
        new = attrs.evolve(old, deprecated=False)
        assert draft(api([old]), api([new])) == ([], ["No longer deprecated: `things.get`."])

    def test_whose_parameters_differ(self) -> None:
        size, sort = Parameter("size", "size", "int"), Parameter("sort", "sort", "str")
        old = attrs.evolve(OLD, query=[size, sort], responses=[])

        def now(*query: Parameter) -> tuple[list[str], list[str]]:
            return draft(api([old]), api([attrs.evolve(old, query=[*query])]))

        where = "`things.get`"
        assert now(size) == ([f"{where} lost the parameter `sort`."], [])
        assert now(sort, size) == ([], [f"{where} has the same parameters in another order: sort, size."])
        assert now(size, sort, Parameter("page", "page", "int")) == ([], [f"{where} gained the parameter `page`."])
        required = Parameter("page", "page", "int", required=True)
        assert now(size, sort, required) == ([f"{where} gained the required parameter `page`."], [])
        where = "`things.get`: the parameter `size`"
        assert now(attrs.evolve(size, type="str"), sort) == ([f"{where} is now str, was int."], [])
        assert now(attrs.evolve(size, required=True), sort) == ([f"{where} is now required."], [])
        assert now(attrs.evolve(size, deprecated=True), sort) == ([], [f"{where} is now deprecated."])
        assert now(attrs.evolve(size, wire="pageSize"), sort) == ([], [f"{where} is sent as `pageSize`, was `size`."])

    def test_whose_path_parameters_changed_places(self) -> None:
        """They are given by position, too."""
        a, b = Parameter("a", "a", "str", required=True), Parameter("b", "b", "str", required=True)
        old = attrs.evolve(OLD, path_parameters=[a, b], responses=[])
        breaking, rest = draft(api([old]), api([attrs.evolve(old, path_parameters=[b, a])]))
        assert (breaking, rest) == (["`things.get` has the same path parameters in another order: b, a."], [])

    @pytest.mark.parametrize(
        ("before", "after", "said", "breaking"),
        [
            (None, Body("str"), "takes the body `str` (optional), was nothing", False),
            (None, Body("str", required=True), "takes the body `str`, was nothing", True),
            (Body("str"), Body("str", required=True), "takes the body `str`, was `str` (optional)", True),
            (Body("str", required=True), Body("str"), "takes the body `str` (optional), was `str`", False),
            (Body("str"), Body("bytes"), "takes the body `bytes` (optional), was `str` (optional)", True),
            (Body("str"), None, "takes the body nothing, was `str` (optional)", True),
            (Body("str"), Body("str", "text/plain"), f"sends text/plain, was {JSON}", False),
        ],
    )
    def test_whose_bodies_differ(self, before: Body | None, after: Body | None, said: str, *, breaking: bool) -> None:
        old = attrs.evolve(OLD, body=before, responses=[])
        found = draft(api([old]), api([attrs.evolve(old, body=after)]))
        assert found == (([f"`things.get` {said}."], []) if breaking else ([], [f"`things.get` {said}."]))

    def test_whose_responses_differ(self) -> None:
        def now(*responses: ResponseFacts) -> tuple[list[str], list[str]]:
            return of_operation(responses=[*responses])

        where = "`things.get`"
        listed = ResponseFacts(200, JSON, "Thing", items="results")
        assert now(listed) == ([f"{where} returns `list[Thing]`, was `Thing`."], [])
        assert now(attrs.evolve(listed, paged=True)) == ([f"{where} returns `Page[Thing]`, was `Thing`."], [])
        assert now(ResponseFacts(200, "application/x-yaml", "Thing")) == (
            [],
            [f"{where} responds with application/x-yaml, was {JSON}."],
        )
        assert now(ResponseFacts(201, JSON, "Thing")) == (
            [],
            [f"{where} responds with 201 {JSON} `Thing`, was 200 {JSON} `Thing`."],
        )
        assert of_operation(errors=[404, 409]) == ([], [f"{where} fails with 404, 409, was nothing."])


class TestSchemas:
    def test_are_called_what_they_are(self) -> None:
        kinds: dict[str, facts.Schema] = {
            "Thing": ObjectSchema([]),
            "State": EnumSchema(["A"]),
            "Pet": UnionSchema(["str"]),
        }
        assert of_schemas(kinds, {}) == (
            ["Removed the union `Pet`.", "Removed the enum `State`.", "Removed the model `Thing`."],
            [],
        )
        assert of_schemas({}, kinds)[1] == [
            "Added the union `Pet`.",
            "Added the enum `State`.",
            "Added the model `Thing`.",
        ]
        assert of_schemas({"Pet": ObjectSchema([])}, {"Pet": UnionSchema(["str"])}) == (
            ["`Pet` is now a union, was a model."],
            [],
        )

    def test_that_are_renamed_are_not_removed(self) -> None:
        assert of_schemas({"Thing": THING}, {"ThingPart": THING}) == (["Renamed the model `Thing` to `ThingPart`."], [])
        assert of_schemas({"Thing": THING}, {"Part": THING}) == (
            ["Removed the model `Thing`."],
            ["Added the model `Part`."],
        )
        assert of_schemas({"Thing": THING, "Thin": THING}, {"Things": THING})[0] == [
            "Removed the model `Thin`.",
            "Removed the model `Thing`.",
        ]

    def test_with_fields_that_are_new(self) -> None:
        optional = {"Thing": ObjectSchema([*THING.fields, Field("b", "b", "str")])}
        required = {"Thing": ObjectSchema([*THING.fields, Field("b", "b", "str", required=True)])}
        said = "`Thing` gained the required field `b`."
        assert of_schemas({"Thing": THING}, optional, sent()) == ([], ["`Thing` gained the field `b`."])
        assert of_schemas({"Thing": THING}, required, sent()) == ([said], [])
        assert of_schemas({"Thing": THING}, required, sent(body=None, returned="Thing")) == ([], [said])

    def test_with_fields_that_are_gone_or_renamed(self) -> None:
        assert of_schemas({"Thing": THING}, {"Thing": ObjectSchema([])}) == (["`Thing` lost the field `a`."], [])
        renamed = {"Thing": ObjectSchema([Field("b", "a", "str")])}
        assert of_schemas({"Thing": THING}, renamed) == (["Renamed the field `a` of `Thing` to `b`."], [])
        moved = {"Thing": ObjectSchema([Field("a", "A", "str")])}
        assert of_schemas({"Thing": THING}, moved) == ([], ["`Thing`: the field `a` has the key `A`, was `a`."])

    @pytest.mark.parametrize(
        ("field", "said", "breaks_sent", "breaks_returned"),
        [
            (Field("a", "a", "int"), "is now int, was str", True, True),
            (Field("a", "a", "str", required=True), "is now str, required, was str", True, False),
            (Field("a", "a", "str", nullable=True), "is now str or null, was str", False, True),
        ],
    )
    def test_with_fields_of_another_type(
        self, field: Field, said: str, *, breaks_sent: bool, breaks_returned: bool
    ) -> None:
        line = [f"`Thing`: the field `a` {said}."]
        before, after = {"Thing": THING}, {"Thing": ObjectSchema([field])}
        assert of_schemas(before, after, sent()) == ((line, []) if breaks_sent else ([], line))
        returned = sent(body=None, returned="Thing")
        assert of_schemas(before, after, returned) == ((line, []) if breaks_returned else ([], line))

    def test_that_can_be_sent_now(self) -> None:
        things = {"Thing": THING}
        found = draft(api(sent(body=None), things), api(sent(), things))
        assert "`Thing` is sent now: an absent attribute reads `UNSET`, was `None`." in found[0]

    def test_that_are_enums(self) -> None:
        assert of_schemas({"State": EnumSchema(["ON", "OFF"])}, {"State": EnumSchema(["ON", "HALF"])}) == (
            ["`State` lost the value `OFF`."],
            ["`State` gained the value `HALF`."],
        )

    def test_that_are_unions(self) -> None:
        pets = {"Cat": model(purrs="str"), "Dog": model(barks="str")}
        cat = {**pets, "Pet": UnionSchema(["Cat"], keys={"": "Cat"})}
        both = {**pets, "Pet": UnionSchema(["Cat", "Dog"], keys={"purrs": "Cat", "": "Dog"})}
        told = {**pets, "Pet": UnionSchema(["Cat", "Dog"], "kind", {"CAT": "Cat", "DOG": "Dog"})}
        assert of_schemas(both, cat)[0] == ["`Pet` lost the branch `Dog`."]
        assert of_schemas(cat, both) == (
            [],
            ["`Pet` gained the branch `Dog`.", "`Pet` is told by `purrs` (Cat), else Dog, was told by else Cat."],
        )
        assert of_schemas(both, told)[1] == [
            "`Pet` is told by the tag `kind`, was told by `purrs` (Cat), else Dog.",
            "`Pet` gained the tag `CAT`.",
            "`Pet` gained the tag `DOG`.",
        ]

    def test_that_move_between_modules(self) -> None:
        other = attrs.evolve(OLD, id="getOther", call="others.get", path="/other")
        things = {"Thing": THING}
        assert draft(api([OLD], things), api([OLD, other], things))[1] == [
            "Added `others.get` (`GET /other`).",
            "Moved `Thing` from `models.things` to `models.common`; `models` still has all of them.",
        ]

    def test_that_have_another_id(self) -> None:
        before = attrs.evolve(api(schemas={"Thing": THING}), renamed={"ThingListResult": "Thing"})
        after = attrs.evolve(before, renamed={"ThingsItem": "Thing"})
        assert draft(before, after) == ([], ["`Thing` is `ThingsItem` in the description, was `ThingListResult`."])

    def test_that_are_parts_of_an_enum_of_several(self) -> None:
        before = api(schemas={"Mode": EnumSchema(["A", "B"])})
        before = attrs.evolve(before, joined={"Mode": EnumSchema(["A", "B"]), "CreateMode": EnumSchema(["A"])})
        before = attrs.evolve(before, renamed={"CreateMode": "Mode"})
        after = attrs.evolve(before, joined=before.joined | {"CreateMode": EnumSchema(["A", "B"])})
        assert draft(before, after) == ([], ["`CreateMode`, a part of `Mode`, gained the value `B`."])


def test_what_stands_around_operations_and_schemas() -> None:
    before = attrs.evolve(api(), version="1", unnamed={"A": "unused", "B": "list"}, corrected=["#/x", "#/y"])
    after = attrs.evolve(before, version="2", unnamed={"C": "map", "B": "part"}, corrected=["#/y", "#/x"])
    assert draft(before, after) == (
        [],
        [
            "The API has version 2, was 1.",
            "Declared schemas without a class of their own: new `C`; gone `A`; for another reason `B`.",
            "The description has the same mistakes in another order.",
        ],
    )
