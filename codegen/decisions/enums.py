"""Which enums are one thing, although the description writes them down several times? Data: enums.toml."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from codegen.decisions.loader import Place, SchemaName, Table
from codegen.decisions.named import Api
from codegen.facts import EnumSchema


@attrs.frozen
class One:
    """Enums, under the names that the facts have for them, that are one class called `name`."""

    name: SchemaName
    enums: list[str] = attrs.field(validator=attrs.validators.min_len(2))
    reason: str


@attrs.frozen
class Apart:
    """Classes of the same values that say different things."""

    enums: list[SchemaName] = attrs.field(validator=attrs.validators.min_len(2))
    reason: str


@attrs.frozen
class Enums(Table):
    one: list[One] = attrs.field()
    apart: list[Apart]

    @one.validator
    def _once_each(self, _: object, one: list[One]) -> None:
        every = [enum for row in one for enum in row.enums]
        if twice := {enum for enum in every if every.count(enum) > 1}:
            raise ValueError(f"more than one row has the enum {', '.join(sorted(twice))}")

    @property
    def names(self) -> dict[str, str]:
        """The class of each enum that is one with others."""
        return {enum: row.name for row in self.one for enum in row.enums}

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        for number, row in enumerate(self.one):
            for enum in [enum for enum in row.enums if enum not in api.joined]:
                yield ("one", number, "enums"), f"the API has no enum {enum!r}, or another schema is called {row.name}"
        for number, alike in enumerate(self.apart):
            values = [_values(api, enum) for enum in alike.enums]
            if values != values[:1] * len(values):
                yield ("apart", number, "enums"), f"{', '.join(alike.enums)} no longer have the same values"

    def undecided(self, api: Api) -> list[str]:
        """The enums of the same values of which no row says whether they are one; a single value is often a mere tag."""
        alike: dict[frozenset[str], list[str]] = {}
        for name in api.schemas:
            if len(values := _values(api, name)) > 1:
                alike.setdefault(values, []).append(name)
        decided = [{*row.enums} for row in self.apart]
        return [", ".join(names) for names in alike.values() if len(names) > 1 and {*names} not in decided]


def _values(api: Api, name: str) -> frozenset[str]:
    schema = api.schemas.get(name)
    return frozenset(schema.values) if isinstance(schema, EnumSchema) else frozenset()
