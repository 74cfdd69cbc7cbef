"""What is the least that a request must send? For the examples of the reference."""

from __future__ import annotations

import json
from typing import Any

import attrs

from codegen.decisions.named import Api
from codegen.facts import EnumSchema, Field, ObjectSchema, UnionSchema

_PLAIN: dict[str, Any] = {"int": 1, "float": 1.0, "bool": True, "datetime": "2026-01-31T12:00:00Z", "date": "2026-01-31", "Any": "..."}  # fmt: skip
_DEEPEST = 6


@attrs.frozen
class LeastBodies:
    """Mappings with the keys that the API requires, and one key if it requires none."""

    api: Api

    def of(self, type_: str) -> Any:
        return self._value(type_, "", 0)

    def change(self, type_: str) -> dict[str, Any]:
        """A change of one value, for a patch: its name, else the first plain value, else the first of all."""
        fields = [field for field in self._fields(type_) if field.wire != "id"]
        plain = [field for field in fields if field.type in ("str", "int", "bool")]
        named = [field for field in plain if field.wire == "name"]
        return {field.wire: self._value(field.type, field.wire, 1) for field in [*named, *plain, *fields][:1]}

    def _fields(self, name: str) -> list[Field]:
        schema = self.api.schemas.get(name)
        if isinstance(schema, UnionSchema):
            return self._fields(schema.branches[0])
        return schema.fields if isinstance(schema, ObjectSchema) else []

    def _value(self, type_: str, key: str, depth: int) -> Any:
        if type_.startswith("list["):
            inner = type_.removeprefix("list[").removesuffix("]")
            return [] if depth else [self._value(inner, key, depth)]
        if type_.startswith("dict["):
            return {}
        schema = self.api.schemas.get(type_)
        if isinstance(schema, EnumSchema):
            return schema.values[0]
        if isinstance(schema, UnionSchema):
            return self._branch(schema, key, depth)
        if isinstance(schema, ObjectSchema):
            fields = [f for f in schema.fields if f.required] if depth < _DEEPEST else []
            fields = fields or ([] if depth else self._first(schema))
            return {field.wire: self._value(field.type, field.wire, depth + 1) for field in fields}
        return _PLAIN.get(type_, _text(key))

    def _branch(self, union: UnionSchema, key: str, depth: int) -> Any:
        """The first branch; its tag says which one it is."""
        first = union.branches[0]
        value = self._value(first, key, depth)
        if union.tag and isinstance(value, dict):
            tag = next(tag for tag, branch in union.mapping.items() if branch == first)
            value = {union.tag: tag} | value | {union.tag: tag}
        return value

    def _first(self, schema: ObjectSchema) -> list[Field]:
        return [field for field in schema.fields if field.type in ("str", "int", "bool")][:1] or schema.fields[:1]


def literal(value: Any) -> str:
    """A value as Python."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _text(key: str) -> str:
    if key == "name":
        return "shop"
    if key.endswith(("url", "uri", "endpoint")):
        return "https://example.com"
    return "user@example.com" if key.endswith("email") else "..."
