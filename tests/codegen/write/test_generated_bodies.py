"""Are the mappings that a request and a patch take those that the facts say, at run time and for type checkers?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from codegen import facts
from codegen.decisions.named import Api, Operation
from codegen.facts import Body, EnumSchema, Field, ObjectSchema, UnionSchema
from codegen.write import emit
from codegen.write.bodies import BodyFiles, patch_name, replaced
from codegen.write.layout import arrange
from codegen.write.module import Writer
from tests.support.small_package import GET, LIST, api, run

PUT = attrs.evolve(GET, id="editThing", method="PUT", call="things.update", body=Body("Thing", required=True))


def key(name: str, type_: str, *, required: bool = False, nullable: bool = False) -> Field:
    return Field(name.replace(".", "_"), name, type_, required=required, nullable=nullable)


def thing(*fields: Field) -> ObjectSchema:
    return ObjectSchema([*fields])


def described(schemas: Mapping[str, facts.Schema], operation: Operation = PUT) -> Api:
    return api([LIST, operation], {**schemas})


def written(schemas: Mapping[str, facts.Schema], operation: Operation = PUT) -> str:
    """All modules of bodies, as one string."""
    found = described(schemas, operation)
    return "\n".join(BodyFiles(found, arrange(found), Writer(), replaced(found)).files().values())


def keys(package: Path, name: str) -> Any:
    """The required and the optional keys of a mapping, with their types, at run time."""
    script = (
        "import json, typing; from qovery_async import bodies;"
        f"d = bodies.{name}; hints = typing.get_type_hints(d);"
        "shown = {k: str(v).replace('typing.', '').replace('qovery_async.models.', '') for k, v in hints.items()};"
        "print(json.dumps([sorted(d.__required_keys__), sorted(d.__optional_keys__), shown]))"
    )
    return json.loads(run(script, package))


class TestWhatIsSent:
    def test_required_keys_are_required(self, package: Path) -> None:
        fields = [
            key("name", "str", required=True),
            key("size", "int"),
            key("note", "str", required=True, nullable=True),
        ]
        assert emit.generate(described({"Thing": thing(*fields)}), check=False) == 0
        required, optional, types = keys(package, "ThingDict")
        assert (required, optional) == (["name", "note"], ["size"])
        assert (types["name"], types["note"]) == ("<class 'str'>", "str | None")

    def test_keys_that_are_no_identifiers_are_kept(self, package: Path) -> None:
        names = ("a.b", "from", "x-y", "__z")
        schema = thing(
            key("a.b", "int", required=True), *(Field(f"f{n}", name, "str") for n, name in enumerate(names[1:]))
        )
        assert emit.generate(described({"Thing": schema}), check=False) == 0
        assert keys(package, "ThingDict")[:2] == [["a.b"], ["__z", "from", "x-y"]]
        assert keys(package, "ThingPatch")[:2] == [[], sorted(names)]

    @pytest.mark.parametrize(
        ("type_", "wanted"),
        [
            ("str", "str"),
            ("datetime", "datetime | str"),
            ("list[str]", "list[str] | tuple[str, ...]"),
            ("list[list[str]]", "Sequence[list[str] | tuple[str, ...]]"),
            ("list[int]", "Sequence[int]"),
            ("dict[str, Any]", "Mapping[str, object]"),
            ("dict[str, dict[str, str]]", "Mapping[str, Mapping[str, str]]"),
            ("dict[str, Part | None]", "Mapping[str, models.Part | PartDict | None]"),
            ("Part", "models.Part | PartDict"),
            ("list[Part]", "Sequence[models.Part | PartDict]"),
            ("State", "models.State | StateStr"),
            ("list[State]", "Sequence[models.State | StateStr]"),
            ("Either", "models.Either | EitherDict"),
            ("Any", "Any"),
        ],
    )
    def test_values_may_be_models_or_mappings_or_strings(self, type_: str, wanted: str) -> None:
        schemas: dict[str, facts.Schema] = {
            "Thing": thing(key("x", type_, required=True)),
            "Part": thing(key("a", "int", required=True)),
            "Other": thing(key("b", "int")),
            "Either": UnionSchema(["Part", "Other", "str"], keys={"a": "Part", "b": "Other"}),
            "State": EnumSchema(["ON", "OFF"]),
        }
        assert f"    x: {wanted}\n" in written(schemas)

    def test_an_enum_has_its_strings_and_a_union_its_branches(self) -> None:
        schemas: dict[str, facts.Schema] = {
            "Thing": thing(key("x", "Either"), key("state", "State")),
            "Part": thing(key("a", "int")),
            "Either": UnionSchema(["Part", "str"], keys={"a": "Part"}),
            "State": EnumSchema(["ON", "it's"]),
        }
        text = written(schemas)
        assert "StateStr: TypeAlias = Literal['ON', \"it's\"]\n" in text
        assert "EitherDict: TypeAlias = PartDict | str\n" in text

    def test_what_is_only_returned_has_none(self) -> None:
        assert "class" not in written({"Thing": thing(key("x", "int"))}, GET)


class TestPatches:
    @pytest.mark.parametrize(
        ("schema", "name"),
        [
            ("ApplicationEditRequest", "ApplicationPatch"),
            ("ContainerRequest", "ContainerPatch"),
            ("OrganizationWebhookCreateRequest", "OrganizationWebhookPatch"),
            ("OrganizationCustomRoleUpdateRequest", "OrganizationCustomRolePatch"),
            ("ApplicationAdvancedSettings", "ApplicationAdvancedSettingsPatch"),
            ("HelmRequestSource", "HelmRequestSourcePatch"),
        ],
    )
    def test_are_named_after_what_they_change(self, schema: str, name: str) -> None:
        assert patch_name(schema) == name

    def test_everything_is_optional_as_deep_as_objects_are_merged(self) -> None:
        schemas: dict[str, facts.Schema] = {
            "Thing": thing(key("part", "Part", required=True), key("parts", "list[Part]", required=True)),
            "Part": thing(key("a", "int", required=True), key("inner", "Inner")),
            "Inner": thing(key("b", "int", required=True, nullable=True)),
        }
        text = written(schemas)
        patch = text[text.index("class InnerPatch") :]
        assert patch.count("total=False") == 3
        assert "NotRequired" not in patch
        assert "    part: models.Part | PartPatch | Unset\n" in patch
        assert "    parts: Sequence[models.Part | PartDict] | Unset\n" in patch
        assert "    inner: models.Inner | InnerPatch | Unset | None\n" in patch
        assert "    b: int | Unset | None\n" in patch

    def test_a_mapping_that_is_a_patch_already_is_taken(self) -> None:
        schemas: dict[str, facts.Schema] = {
            "Thing": thing(key("part", "Part")),
            "Part": thing(key("a", "int"), key("things", "list[Thing]")),
        }
        text = written(schemas)
        assert "ThingPatch: TypeAlias = ThingDict\n" in text
        assert "PartPatch: TypeAlias = PartDict\n" in text

    def test_a_union_has_the_keys_of_all_its_branches(self, package: Path) -> None:
        schemas: dict[str, facts.Schema] = {
            "Thing": UnionSchema(["One", "Two"], tag="kind", mapping={"1": "One", "2": "Two"}),
            "One": thing(key("kind", "Kind", required=True), key("value", "int", required=True)),
            "Two": thing(key("kind", "Kind", required=True), key("value", "list[str]"), key("two", "bool")),
            "Kind": EnumSchema(["1", "2"]),
        }
        assert emit.generate(described(schemas), check=False) == 0
        required, optional, types = keys(package, "ThingPatch")
        assert (required, optional) == ([], ["kind", "two", "value"])
        assert types["value"] == "int | list[str] | tuple[str, ...] | qovery_async.vocabulary.Unset | None"

    def test_two_of_one_name_stop_the_generator(self) -> None:
        other = attrs.evolve(PUT, id="editOther", call="others.update", body=Body("ThingEditRequest"))
        found = api([LIST, PUT, other], {"Thing": thing(key("a", "int")), "ThingEditRequest": thing(key("b", "int"))})
        files = BodyFiles(found, arrange(found), Writer(), replaced(found))
        with pytest.raises(ValueError, match="ThingPatch"):
            files.files()
        taken = described({"Thing": thing(key("a", "ThingDict")), "ThingDict": thing(key("b", "int"))})
        with pytest.raises(ValueError, match="ThingDict"):
            BodyFiles(taken, arrange(taken), Writer(), replaced(taken)).files()


RECURSIVE: Mapping[str, Mapping[str, facts.Schema]] = {
    "itself": {"Thing": thing(key("name", "str", required=True), key("below", "Thing"), key("all", "list[Thing]"))},
    "dotted": {"Thing": thing(key("the.name", "str", required=True), key("below", "Thing"), key("all", "list[Thing]"))},
    "through another": {
        "Thing": thing(key("name", "str", required=True), key("below", "Part")),
        "Part": thing(key("things", "dict[str, Thing]"), key("whole", "Thing")),
    },
    "through a union": {
        "Thing": thing(key("name", "str", required=True), key("below", "Tree")),
        "Leaf": thing(key("leaf", "str", required=True)),
        "Tree": UnionSchema(["Leaf", "Thing"], keys={"leaf": "Leaf", "name": "Thing"}),
    },
}


@pytest.mark.parametrize("kind", RECURSIVE)
def test_what_contains_itself_is_known_at_run_time(kind: str, package: Path) -> None:
    assert emit.generate(described(RECURSIVE[kind]), check=False) == 0
    name = "the.name" if kind == "dotted" else "name"
    required, optional, types = keys(package, "ThingDict")
    assert (required, "below" in optional) == ([name], True)
    assert "Dict" in types["below"]
    assert name in keys(package, "ThingPatch")[1]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["dotted", "through another", "through a union"])
@pytest.mark.parametrize("checker", [["mypy", "--strict"], ["pyright", "--pythonpath", sys.executable]], ids=" ".join)
def test_type_checkers_know_what_contains_itself(kind: str, checker: list[str], package: Path) -> None:
    assert emit.generate(described(RECURSIVE[kind]), check=False) == 0
    name, below = "the.name" if kind == "dotted" else "name", "whole" if kind == "through another" else "below"
    inner = f'{{"{below}": {{"{name}": 1}}}}' if kind == "through another" else f'{{"{name}": 1}}'
    lines = [
        "from qovery_async import bodies",
        f'right: bodies.ThingDict = {{"{name}": "a", "below": {inner.replace("1", repr("b"))}}}',
        f'wrong: bodies.ThingDict = {{"{name}": "a", "below": {inner}}}',
        f'patch: bodies.ThingPatch = {{"below": {inner.replace("1", repr("b"))}}}',
        'misspelt: bodies.ThingPatch = {"belwo": None}',
    ]
    (package / "user.py").write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", *checker, "user.py"]
    done = subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)
    found = [line for line in done.stdout.splitlines() if "user.py:" in line]
    assert sorted({line.split("user.py:")[1].split(":")[0] for line in found}) == ["3", "5"], done.stdout
