"""Which tables hold the hand-written part of docstrings, and which of their rows have no effect?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TypeVar

import attrs

from codegen.decisions.bounds import said
from codegen.decisions.loader import NamespaceName, OperationName, Place, SchemaName, Table
from codegen.decisions.named import Api, Operation
from codegen.decisions.sentences import Sentences, Thing
from codegen.facts import Field, ObjectSchema

T = TypeVar("T")
_NUMBERS = ("int", "float")


@attrs.frozen
class Phrases(Table):
    """First lines of docstrings, where the rules make no good sentence."""

    methods: dict[str, str]
    calls: dict[OperationName, str]
    things: dict[str, list[str]] = attrs.field()

    @things.validator
    def _one_and_many(self, _: object, things: dict[str, list[str]]) -> None:
        if wrong := [name for name, forms in things.items() if len(forms) != 2]:
            raise ValueError(f"expected two strings, singular and plural, for {', '.join(wrong)}")

    @property
    def sentences(self) -> Sentences:
        return Sentences(self.methods, self.calls, {name: Thing(*forms) for name, forms in self.things.items()})

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        said = self.sentences
        without: list[tuple[str, str, Sentences]] = [
            *(("calls", call, attrs.evolve(said, calls=_less(said.calls, call))) for call in said.calls),
            *(("methods", name, attrs.evolve(said, methods=_less(said.methods, name))) for name in said.methods),
            *(("things", name, attrs.evolve(said, things=_less(said.things, name))) for name in said.things),
        ]
        for section, key, rest in without:
            operations = [api.calls[key]] if key in api.calls else api.operations
            unknown = section == "calls" and key not in api.calls  # which the loader reports
            if not unknown and all(rest.of(operation) == said.of(operation) for operation in operations):
                yield (section, key), "changes no sentence"


def _less(table: Mapping[str, T], key: str) -> dict[str, T]:
    return {other: value for other, value in table.items() if other != key}


@attrs.frozen
class Notes(Table):
    """Notes beyond the facts: on one operation, or as `*.name` on all of that name."""

    replaced_by: dict[OperationName, OperationName]
    notes: dict[str, str]
    returns: dict[str, str]

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        for section, notes in (("notes", self.notes), ("returns", self.returns)):
            names = {operation.name for operation in api.operations if operation.call not in notes}
            for key in notes:
                if key not in api.calls and not (key.startswith("*.") and key[2:] in names):
                    yield (section, key), f"the API has no operation {key!r}"


@attrs.frozen
class Parameters(Table):
    """Notes on parameters, by their name or in one operation; the `plain` ones need none."""

    plain: list[str]
    parameters: dict[str, str]
    parameters_of: dict[OperationName, dict[str, str]]

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        general = {
            name
            for operation in api.operations
            for name in _taken(operation)
            if name not in self.parameters_of.get(operation.call, {})
        }
        queried = {parameter.name for operation in api.operations for parameter in operation.query}
        for name in self.parameters.keys() - general:
            yield ("parameters", name), "no operation has this parameter"
        for number, name in enumerate(self.plain):
            if name not in queried or name in self.parameters:
                yield ("plain", number), f"{name} is no query parameter without a note"
        for call, notes in self.parameters_of.items():
            for name, note in notes.items():
                if call in api.calls and (name not in _taken(api.calls[call]) or note == self.parameters.get(name)):
                    yield (
                        ("parameters_of", call, name),
                        f"{call} has no such parameter, or the general note is the same",
                    )


def _taken(operation: Operation) -> list[str]:
    names = [parameter.name for parameter in (*operation.path_parameters, *operation.query)]
    return [*names, "body"] if operation.body else names


@attrs.frozen
class FieldsOf:
    models: list[SchemaName]
    notes: dict[str, str]


@attrs.frozen
class Fields(Table):
    """Notes on fields: in some models, by their name, or by a unit that ends it or stands in it."""

    fields: dict[str, str]
    fields_of: list[FieldsOf]
    units: dict[str, str] = attrs.Factory(dict[str, str])
    """By a pattern such as `*_mib`."""

    def note(self, model: str, field: Field, usual: str = "") -> str:
        """What is written of a field, else what is usually said of it; then its bounds."""
        return " ".join(filter(None, [self._written(model, field.name) or usual, said(field.bounds)]))

    def _written(self, model: str, field: str) -> str | None:
        own = (row.notes[field] for row in self.fields_of if model in row.models and field in row.notes)
        return next(own, self.fields.get(field) or self._unit(field))

    def _unit(self, field: str) -> str | None:
        return next((unit for pattern, unit in self.units.items() if fnmatchcase(field, pattern)), None)

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        fields = {name: {f.name for f in s.fields} for name, s in api.schemas.items() if isinstance(s, ObjectSchema)}
        special = {(model, field) for row in self.fields_of for model in row.models for field in row.notes}
        general = {field for model, own in fields.items() for field in own if (model, field) not in special}
        for field in self.fields.keys() - general:
            yield ("fields", field), "no model has this field"
        numbers = {
            f.name for s in api.schemas.values() if isinstance(s, ObjectSchema) for f in s.fields if f.type in _NUMBERS
        }
        for pattern in self.units:
            if not any(fnmatchcase(field, pattern) for field in numbers & general - self.fields.keys()):
                yield ("units", pattern), "matches no field that is a number and has no note"
        for number, row in enumerate(self.fields_of):
            for model, field in ((model, field) for model in row.models for field in row.notes):
                if model in fields and (field not in fields[model] or row.notes[field] == self.fields.get(field)):
                    place = ("fields_of", number, "notes", field)
                    yield place, f"{model} has no such field, or the general note is the same"


@attrs.frozen
class Namespaces(Table):
    """One line for each namespace."""

    namespaces: dict[NamespaceName, str]

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        own = {operation.namespace for operation in api.operations}
        for name in {*own, *(n.partition(".")[0] for n in own)} - self.namespaces.keys():
            yield ("namespaces",), f"the line for {name} is missing"
