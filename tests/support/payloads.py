"""Random payloads that fit a schema of codegen/api.json, as the API could send them."""

from __future__ import annotations

import json
import re
from math import ceil, floor
from typing import Any, Literal

import attrs
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from codegen import facts
from codegen.decisions import tables
from codegen.decisions.named import Api
from codegen.facts import EnumSchema, Field, ObjectSchema, UnionSchema, references

API = tables.read().name(facts.read())
MODELS = {name: schema for name, schema in API.schemas.items() if isinstance(schema, ObjectSchema)}
ENUMS = {name: schema for name, schema in API.schemas.items() if isinstance(schema, EnumSchema)}
UNIONS = {name: schema for name, schema in API.schemas.items() if isinstance(schema, UnionSchema)}

Payload = dict[str, Any]
Strategy = st.SearchStrategy[Any]

# Deep enough for every branch of every union; below it only what is required is filled in.
_DEPTH = 3


def few(examples: int) -> settings:
    """The same few examples on every run: a failure in CI is the failure on a desk."""
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )


def as_json(value: object) -> str:
    """JSON with sorted keys: unlike `==` it tells 1, 1.0 and true apart."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _moments() -> st.SearchStrategy[str]:
    """RFC 3339 in UTC with 0, 3 or 6 digits of a second, none of them spare: the API's own form."""
    fraction = st.one_of(
        st.just(""),
        st.integers(1, 999).map(lambda millis: f".{millis:03}"),
        st.tuples(st.integers(0, 999), st.integers(1, 999)).map(lambda parts: f".{parts[0]:03}{parts[1]:03}"),
    )
    whole = st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds"))
    return st.tuples(whole, fraction).map(lambda parts: f"{parts[0]}{parts[1]}Z")


TEXTS = st.text(max_size=6)
MOMENTS = _moments()
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
_SCALARS: dict[str, Strategy] = {
    "str": TEXTS,
    "int": st.integers(),
    "float": NUMBERS,
    "bool": st.booleans(),
    "datetime": MOMENTS,
    "date": st.dates().map(lambda day: day.isoformat()),
    "Any": st.sampled_from([None, True, 0, -1.5, "", "né", [], [None, {"a": [1]}], {}, {"": {"b": None}}]),
}
# Keys that no schema declares, chosen to trip what attrs, the codec or Python might make of them.
_STRANGE_KEYS = ["extra", "_nulls", "self", "o", "get", "__class__", "__init__", "not_yet.known", "", "né"]
assert not {field.wire for model in MODELS.values() for field in model.fields} & {*_STRANGE_KEYS}

UNKNOWN_TEXTS = st.one_of(st.just("NOT_YET_KNOWN"), TEXTS)


@attrs.frozen(eq=False)
class Payloads:
    """One way of filling in the payloads of an API.

    `optional` says which of the optional keys are present. `nulls` are put nowhere, where the
    description declares them, or wherever the SDK accepts them: in everything optional too.
    `surprises` are what a newer server sends: keys, enum values and kinds nobody has heard of.
    """

    optional: Literal["all", "none", "some"] = "some"
    nulls: Literal["none", "declared", "accepted"] = "accepted"
    surprises: bool = True
    api: Api = API
    _made: dict[tuple[str, int, str | None], Strategy] = attrs.field(
        factory=dict[tuple[str, int, str | None], Strategy], init=False, repr=False
    )

    def of(self, name: str, depth: int = 0, *, with_key: str | None = None) -> Strategy:
        """Payloads of a schema; those of a model have `with_key` even where it is optional."""
        place = (name, depth, with_key)
        if place not in self._made:
            self._made[place] = self._of(name, depth, with_key)
        return self._made[place]

    def _of(self, name: str, depth: int, with_key: str | None) -> Strategy:
        schema = self.api.schemas[name]
        if isinstance(schema, EnumSchema):
            known = st.sampled_from(schema.values)
            return st.one_of(known, unknown_values(schema)) if self.surprises else known
        if isinstance(schema, UnionSchema):
            kinds = [self.branch(schema, branch, depth) for branch in branches(schema)]
            if self.surprises and not takes_all(schema):
                kinds.append(strangers(schema))
            return st.one_of(*kinds)
        return self._model(schema, depth, with_key)

    def _model(self, model: ObjectSchema, depth: int, with_key: str | None) -> Strategy:
        given: dict[str, Strategy] = {}
        perhaps: dict[str, Strategy] = {}
        for field in model.fields:
            if field.wire == with_key:
                given[field.wire] = self._values(field, depth)  # null would tell nothing
            elif field.required or (self.optional == "all" and depth < _DEPTH):
                given[field.wire] = self._field(field, depth)
            elif self.optional == "some" and depth < _DEPTH:
                perhaps[field.wire] = self._field(field, depth)
        fitting = st.fixed_dictionaries(given, optional=perhaps)
        if not self.surprises:
            return fitting
        unheard = st.dictionaries(st.sampled_from(_STRANGE_KEYS), _SCALARS["Any"], max_size=2)
        return _joined(fitting, unheard)

    def _field(self, field: Field, depth: int) -> Strategy:
        values = self._values(field, depth)
        may_be_null = {"none": False, "declared": field.nullable, "accepted": field.nullable or not field.required}
        return st.one_of(st.none(), values) if may_be_null[self.nulls] else values

    def _values(self, field: Field, depth: int) -> Strategy:
        """Values of a field that keep to its bounds; texts and lists are never too long."""
        values, bounds = self.of_type(field.type, depth), field.bounds
        if bounds.pattern is not None:
            texts = st.from_regex(re.compile(bounds.pattern, re.ASCII))
            return texts.filter(lambda text: not text.endswith("\n"))  # which Python's `$` allows
        least, most = bounds.minimum, bounds.maximum
        if least is not None or most is not None:
            return st.integers(None if least is None else ceil(least), None if most is None else floor(most))
        shortest = bounds.min_length or bounds.min_items
        return values.filter(lambda value: len(value) >= shortest) if shortest else values

    def of_type(self, expression: str, depth: int = 0) -> Strategy:
        """Values of a type as api.json spells it, such as `list[Project]`."""
        if expression.endswith(" | None") and expression.count("[") == 0:
            values = self.of_type(expression.removesuffix(" | None"), depth)
            return values if self.nulls == "none" else st.one_of(st.none(), values)
        if expression.startswith("list["):
            inner = self.of_type(expression[len("list[") : -1], depth + 1)
            return st.lists(inner, min_size=self.optional == "all" and depth < _DEPTH, max_size=2)
        if expression.startswith("dict[str, "):
            return st.dictionaries(TEXTS, self.of_type(expression[len("dict[str, ") : -1], depth + 1), max_size=2)
        return _SCALARS[expression] if expression in _SCALARS else self.of(expression, depth + 1)

    def branch(self, union: UnionSchema, branch: str, depth: int = 0) -> Strategy:
        """Payloads of one branch of a union, with what tells it from the others."""
        if branch in _SCALARS:
            return _SCALARS[branch]
        if union.tag is not None:
            tags = st.sampled_from([tag for tag, name in union.mapping.items() if name == branch])
            return _joined(self._branch_body(branch, depth), st.fixed_dictionaries({union.tag: tags}))
        # One branch may be told by having none of the keys that tell the others: `""` stands for that.
        telling = [key or None for key, name in union.keys.items() if name == branch]
        return st.one_of(*(self.of(branch, depth, with_key=key) for key in telling))

    def _branch_body(self, branch: str, depth: int) -> Strategy:
        """A branch that is a union itself, told apart by another tag, keeps to its own branches."""
        inner = self.api.schemas[branch]
        if isinstance(inner, UnionSchema):
            return st.one_of(*(self.branch(inner, name, depth) for name in branches(inner)))
        return self.of(branch, depth)


def strangers(union: UnionSchema) -> Strategy:
    """Objects of a kind that the union does not know."""
    body = st.dictionaries(st.sampled_from(_STRANGE_KEYS), _SCALARS["Any"], max_size=2)
    if union.tag is None:
        return body
    tags = UNKNOWN_TEXTS.filter(lambda text: text not in union.mapping)
    return st.one_of(_joined(body, st.fixed_dictionaries({union.tag: tags})), body)


def _joined(one: Strategy, other: Strategy) -> Strategy:
    """Objects with the keys of both."""
    return st.tuples(one, other).map(lambda both: {**both[0], **both[1]})


def takes_all(union: UnionSchema) -> bool:
    """Whether one of the branches takes every object that the others do not."""
    return "" in union.keys


def branches(union: UnionSchema) -> list[str]:
    return list(dict.fromkeys([*union.branches, *union.mapping.values()]))


def unknown_values(enum: EnumSchema) -> st.SearchStrategy[str]:
    return UNKNOWN_TEXTS.filter(lambda text: text not in enum.values)


def enum_fields(model: ObjectSchema) -> list[tuple[Field, EnumSchema]]:
    """The fields that hold an enum, or a list of one."""
    return [(field, ENUMS[name]) for field in model.fields for name in references(field.type) if name in ENUMS]
