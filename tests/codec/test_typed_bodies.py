"""Do the mappings of `bodies` have the keys of the models, and are they there only for those who look?"""

from __future__ import annotations

import subprocess
import sys
import typing
from typing import Any

import pytest

import qovery_sync.bodies
from codegen import facts
from codegen.facts import EnumSchema, ObjectSchema, UnionSchema
from codegen.write.bodies import dict_name, patch_name, replaced, strings_name
from codegen.write.layout import arrange
from qovery_async import bodies, models
from qovery_async.codec.shapes import attributes
from tests.support import ROOT
from tests.support.descriptions import DECISIONS

API = DECISIONS.name(facts.read())
SENT = sorted(arrange(API).sendable)
OBJECTS = [name for name in SENT if isinstance(API.schemas[name], ObjectSchema)]
ALL: list[str] = vars(bodies)["__getattr__"]("__all__")


@pytest.mark.parametrize("name", OBJECTS)
def test_a_mapping_has_the_keys_of_its_model(name: str) -> None:
    mapping, schema = getattr(bodies, dict_name(name)), API.schemas[name]
    fields = list(attributes(getattr(models, name)))
    assert typing.get_type_hints(mapping).keys() == {field.wire for field in fields}
    assert isinstance(schema, ObjectSchema)
    # The model knows the only value of a tag; a mapping has to say it.
    assert mapping.__required_keys__ == {field.wire for field in schema.fields if field.required}


def test_every_schema_that_is_sent_has_its_mapping_or_its_strings() -> None:
    for name in SENT:
        schema = API.schemas[name]
        if isinstance(schema, EnumSchema):
            assert list(typing.get_args(getattr(bodies, strings_name(name)))) == schema.values
        if isinstance(schema, UnionSchema):
            expected = {
                getattr(bodies, dict_name(b)) if b in API.schemas else {"str": str, "bool": bool}[b]
                for b in schema.branches
            }
            found = getattr(bodies, dict_name(name))
            assert ({*typing.get_args(found)} or {found}) == expected


@pytest.mark.parametrize("name", replaced(API))
def test_a_patch_needs_nothing_and_knows_all_keys(name: str) -> None:
    patch: Any = getattr(bodies, patch_name(name))
    assert patch.__required_keys__ == frozenset()
    schema = API.schemas[name]
    branches = schema.branches if isinstance(schema, UnionSchema) else [name]
    assert patch.__optional_keys__ == {
        field.wire for branch in branches for field in attributes(getattr(models, branch))
    }
    typing.get_type_hints(patch)


def test_both_packages_have_the_same_objects() -> None:
    assert vars(qovery_sync.bodies)["__getattr__"]("__all__") == ALL
    assert {*ALL} <= {*dir(bodies)} & {*dir(qovery_sync.bodies)}
    for name in ALL:
        assert getattr(qovery_sync.bodies, name) is getattr(bodies, name)
    for package in (bodies, qovery_sync.bodies):
        with pytest.raises(AttributeError, match="ProjectRequsetDict"):
            print(vars(package)["__getattr__"]("ProjectRequsetDict"))


@pytest.mark.parametrize("package", ["qovery_async", "qovery_sync"])
def test_they_cost_nothing_until_they_are_touched(package: str) -> None:
    script = (
        f"import sys, {package}; from {package}.resources import projects, applications;"
        "loaded = [name for name in sys.modules if name.startswith(('qovery_async.bodies.', 'qovery_async.models.'))];"
        f"print(loaded); from {package}.bodies import ProjectRequestDict; print(ProjectRequestDict.__module__ in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["[]", "True"]
