"""Which arguments fit an operation? Plain values, made from the facts in codegen/api.json.

The facts hold no formats and no limits, so a text is a UUID, which fits nearly everywhere;
listed.toml names the texts that are needed elsewhere.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from codegen.decisions.named import Operation
from codegen.facts import EnumSchema, Field, ObjectSchema, Parameter, UnionSchema, references
from tests.support import ROOT
from tests.support.descriptions import PRECISE

_UUID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
_SCALARS: dict[str, Any] = {
    "str": _UUID,
    "int": 1,
    "float": 0.5,
    "bool": True,
    "datetime": "2026-11-23T10:00:00Z",
    "date": "2026-11-23",
    "Any": "anything",
}


@attrs.frozen
class Listed:
    """The exceptions of listed.toml, which the facts do not hold."""

    texts: Mapping[str, str]
    demanded: Mapping[str, Mapping[str, str]]
    refused: Mapping[str, Mapping[str, str]]
    misfit: Mapping[str, Mapping[str, str]]
    patched: Mapping[str, Mapping[str, list[str]]]


API = PRECISE
LISTED = Listed(**tomllib.loads((ROOT / "tests" / "conformance" / "listed.toml").read_text(encoding="utf-8")))


@attrs.frozen
class Sample:
    """One set of arguments: `everything` or only what is required, and which branch of each union.

    `completed` adds the keys that the description demands although it does not declare them.
    """

    everything: bool = False
    turn: int = 0
    completed: bool = False

    def __str__(self) -> str:
        form = f"everything, branch {self.turn}" if self.everything else "only what is required"
        return f"{form}, with undeclared keys" if self.completed else form

    def path_values(self, operation: Operation) -> dict[str, str]:
        """By the names they have in Python; each different, so that none can stand in for another."""
        return {
            parameter.name: self._value(parameter.type, parameter.wire).replace("6f08", f"6f{index:02x}")
            for index, parameter in enumerate(operation.path_parameters)
        }

    def query(self, operation: Operation) -> dict[Parameter, Any]:
        given = [parameter for parameter in operation.query if parameter.required or self.everything]
        return {parameter: self._value(parameter.type, parameter.wire) for parameter in given}

    def body(self, operation: Operation) -> Any:
        """The plain body, or None where none is sent."""
        body = operation.body
        if body is None or not (body.required or self.everything):
            return None
        return self._value(body.type, operation.call)

    def value(self, type_: str) -> Any:
        """A value of a type, such as a response."""
        return self._value(type_, type_)

    def model(self, type_: str) -> str | None:
        """The name of the model that a body of this type has; None where it is a plain mapping or text."""
        while isinstance(union := API.schemas.get(type_), UnionSchema):
            type_ = self._branch(union)
        return type_ if type_ in API.schemas else None

    def _value(self, type_: str, place: str, inside: tuple[str, ...] = ()) -> Any:
        """`place` is `Schema.wire_name` for a field, the wire name for a parameter."""
        type_ = type_.removesuffix(" | None")
        if item := re.fullmatch(r"list\[(.*)\]", type_):
            return [self._value(item[1], place, inside)] if _ends(item[1], inside) else []
        if value := re.fullmatch(r"dict\[str, (.*)\]", type_):
            return {"key": self._value(value[1], place, inside)}
        match API.schemas.get(type_):
            case EnumSchema(values):
                return values[self.turn % len(values)]
            case UnionSchema() as union:
                return self._of_union(union, place, inside)
            case ObjectSchema(fields):
                return self._of_model(type_, fields, inside)
            case None:
                pass
        texts = LISTED.texts
        text = texts.get(place) or texts.get(place.rpartition(".")[2]) if type_ == "str" else None
        return text or _SCALARS[type_]

    def _of_model(
        self, name: str, fields: list[Field], inside: tuple[str, ...], *, telling: str | None = None
    ) -> dict[str, Any]:
        inside = (*inside, name)
        value = {
            field.wire: self._value(field.type, f"{name}.{field.wire}", inside)
            for field in fields
            if field.required or field.wire == telling or (self.everything and _ends(field.type, inside))
        }
        return {**value, **LISTED.demanded.get(name, {})} if self.completed else value

    def _of_union(self, union: UnionSchema, place: str, inside: tuple[str, ...]) -> Any:
        branch = self._branch(union)
        tag = next((tag for tag, name in union.mapping.items() if name == branch), None)
        telling = next((key for key, name in union.keys.items() if key and name == branch), None)
        schema = API.schemas.get(branch)
        if not isinstance(schema, ObjectSchema):
            return self._value(branch, place, inside)
        value = self._of_model(branch, schema.fields, inside, telling=telling)
        return {**value, union.tag: tag} if union.tag else value

    def _branch(self, union: UnionSchema) -> str:
        return union.branches[self.turn % len(union.branches)]


def samples(operation: Operation) -> Iterator[Sample]:
    """Only what is required, then everything, once for each branch of the unions in the body."""
    yield Sample()
    for turn in range(_branches(operation.body.type if operation.body else "")):
        yield Sample(everything=True, turn=turn)
    if operation.call in LISTED.refused:
        yield Sample(everything=True, completed=True)


def _ends(type_: str, inside: tuple[str, ...]) -> bool:
    """Whether a value of the type comes to an end: some models contain themselves."""
    return not any(name in inside for name in references(type_))


def _branches(type_: str) -> int:
    """How many turns it takes to send every branch of every union inside a type."""
    most, seen, left = 1, set[str](), references(type_)
    while left:
        name = left.pop()
        if name in seen:
            continue
        seen.add(name)
        match API.schemas.get(name):
            case ObjectSchema(fields):
                left += [inner for field in fields for inner in references(field.type)]
            case UnionSchema(branches):
                most = max(most, len(branches))
                left += [inner for branch in branches for inner in references(branch)]
            case EnumSchema() | None:
                pass
    return most
