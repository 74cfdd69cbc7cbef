"""How does a test write a small description, and look at what the importer made of it?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from codegen import facts
from codegen.decisions import tables
from codegen.decisions.enums import Enums
from codegen.decisions.named import Api
from codegen.facts import Field, ObjectSchema, UnionSchema

JSON = "application/json"

DECISIONS = tables.read()

PRECISE = attrs.evolve(DECISIONS, enums=Enums([], [])).name(facts.read())
"""The API with every enum as the description has it: one class may have more values than one of its places takes."""

Described = dict[str, Any]


@attrs.frozen
class Imported:
    """What was read from a description: facts, and the API that they are under the names of the tables."""

    api: facts.ApiFacts

    @property
    def named(self) -> Api:
        return DECISIONS.name(self.api)


Read = Callable[[Described], Imported]


def ref(name: str) -> Described:
    return {"$ref": f"#/components/schemas/{name}"}


def object_(required: list[str] | None = None, /, **properties: Described) -> Described:
    described = {"type": "object", "properties": properties}
    return described | ({"required": required} if required else {})


TEXT = {"type": "string"}


def returning(schema: Described) -> Described:
    return {"200": {"description": "", "content": {JSON: {"schema": schema}}}}


def operation(id_: str = "getThing", **members: Any) -> Described:
    return {"operationId": id_, "responses": returning(ref("Thing")), **members}


def document(paths: Described, **schemas: Described) -> Described:
    return {
        "openapi": "3.0.3",
        "info": {"title": "Small", "version": "1"},
        "paths": paths,
        "components": {"schemas": {"Thing": object_(name=TEXT), **schemas}},
    }


def thing(schema: Described, **others: Described) -> Described:
    """A description whose only operation returns a `Thing`."""
    return document({"/thing": {"get": operation()}}, Thing=schema, **others)


def fields(imported: Imported, name: str = "Thing") -> dict[str, Field]:
    model = imported.api.schemas[name]
    assert isinstance(model, ObjectSchema)
    return {field.wire: field for field in model.fields}


def union(imported: Imported, name: str = "Thing") -> UnionSchema:
    found = imported.api.schemas[name]
    assert isinstance(found, UnionSchema)
    return found
