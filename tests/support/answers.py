"""What does a server send that was built from other facts than the SDK? Random responses, from a seeded die."""

from __future__ import annotations

import random
from typing import Any

import attrs

from codegen.decisions.named import Api, Operation
from codegen.facts import EnumSchema, Field, ObjectSchema, OperationFacts, ResponseFacts, UnionSchema

_SCALARS: dict[str, list[Any]] = {
    "str": ["", "p1", "né", "12"],
    "int": [0, -1, 2**40],
    "float": [0, 0.5, -1e9],
    "bool": [True, False],
    "datetime": ["2026-05-06T07:08:09.123456Z", "2026-05-06T07:08:09Z"],
    "date": ["2026-05-06"],
    "Any": [None, 1, "a", [1], {"a": [None]}],
    "bytes": [""],
}
_DEEP = 4
"""Levels below which only what is required is there."""


def response(operation: OperationFacts) -> ResponseFacts | None:
    """The response of an operation that comes in JSON."""
    return next((found for found in operation.responses if found.type and found.media_type == "application/json"), None)


@attrs.frozen
class Answers:
    api: Api
    die: random.Random

    def to(self, operation: Operation) -> Any:
        """A body that fits the facts. A list has an object in it, where there can be one."""
        found = response(operation)
        assert found is not None
        assert found.type is not None
        if found.items is None:
            return self._value(found.type, 0)
        envelope = {found.items: [self._value(found.type, 1) for _ in range(self.die.choice((1, 2)))]}
        return {"page": 1, "page_size": 20, **envelope} if found.paged else envelope

    def _value(self, type_: str, depth: int) -> Any:
        if type_.endswith(" | None") and "[" not in type_:
            return None if self._one_in(6) else self._value(type_.removesuffix(" | None"), depth)
        if type_.startswith("list["):
            fewest = int(depth == 0)
            return [
                self._value(type_[5:-1], depth + 1) for _ in range(self.die.randint(fewest, 2 if depth < _DEEP else 0))
            ]
        if type_.startswith("dict["):
            inner = type_.removeprefix("dict[str, ")[:-1]
            return {key: self._value(inner, depth + 1) for key in ("a", "a.b")[: self.die.randrange(3)]}
        match self.api.schemas.get(type_):
            case EnumSchema(values):
                return self.die.choice(values)
            case ObjectSchema(fields):
                return self._model(fields, depth)
            case UnionSchema() as union:
                return self._union(union, depth)
            case None:
                return self.die.choice(_SCALARS[type_])

    def _model(self, fields: list[Field], depth: int, telling: str | None = None) -> dict[str, Any]:
        given = [f for f in fields if f.required or f.wire == telling or (depth < _DEEP and not self._one_in(4))]
        nulls = [f.wire for f in given if f.nullable and f.wire != telling and self._one_in(6)]
        return {f.wire: None if f.wire in nulls else self._value(f.type, depth + 1) for f in given}

    def branch(self, union: UnionSchema, branch: str) -> Any:
        """An object of one branch of a union."""
        return self._branch(union, branch, 0)

    def _union(self, union: UnionSchema, depth: int) -> Any:
        return self._branch(union, self.die.choice(union.branches), depth)

    def _branch(self, union: UnionSchema, branch: str, depth: int) -> Any:
        tags = [tag for tag, name in union.mapping.items() if name == branch]
        keys = [key for key, name in union.keys.items() if name == branch and key]
        schema = self.api.schemas.get(branch)
        if not isinstance(schema, ObjectSchema):
            value = self._value(branch, depth)
        else:
            value = self._model(schema.fields, depth, self.die.choice(keys) if keys else None)
        return {**value, union.tag: self.die.choice(tags)} if union.tag else value

    def _one_in(self, times: int) -> bool:
        return self.die.randrange(times) == 0
