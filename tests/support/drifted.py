"""How does a response drift away from its facts? And where is its list then?

A mutation renames, wraps, nulls, retypes or drops something at a random place.
"""

from __future__ import annotations

import random
from typing import Any

import attrs

from codegen.decisions.named import Operation
from codegen.facts import ObjectSchema
from qovery_async.codec.plain import is_list, is_object
from tests.support.answers import response
from tests.support.descriptions import DECISIONS, PRECISE

_OTHERS: list[Any] = [None, True, 7, 0.5, "", "text", "7", "true", [], ["a"], [{"a": 1}], {}, {"a": {"b": None}}]
NOWHERE: Any = object()
"""Stands for a list that cannot be found: there is none, or more than one that could be meant."""


def drifted(operation: Operation, body: Any, die: random.Random) -> Any:
    """The body, changed at one place or at several; as a whole only if it has a list, which may be found again."""
    key = envelope(operation).key
    if key is not None and die.randrange(3) == 0:
        return _moved(body, key or "results", die)
    for _ in range(die.choice((1, 1, 2, 5))):
        body = _mutated(body, die)
    return body


def _moved(body: Any, key: str, die: random.Random) -> Any:
    """A list that is somewhere else, or nowhere."""
    items = body.get(key, []) if is_object(body) else body
    return die.choice(
        [
            items,
            {"results": items, "total": 2, "next": {"after": "a"}},
            {"items": items},
            {"data": {"results": items}},
            {"data": items, "total": 2},
            {"data": items, "warnings": [{"text": "a"}]},
            {key: None, "items": items},
            {key: {"items": items}},
            {key: "none"},
            {"error": "none"},
            {key: None},
            {},
        ]
    )


def _mutated(value: Any, die: random.Random) -> Any:
    """The value with one place inside of it changed."""
    if is_list(value) and value:
        number = die.randrange(len(value))
        new = die.choice(_OTHERS) if die.randrange(8) == 0 else _mutated(value[number], die)
        return [*value[:number], new, *value[number + 1 :]]
    if not is_object(value) or not value:
        return value
    key = die.choice([*value])
    inner, rest = value[key], {other: value[other] for other in value if other != key}
    if die.randrange(3) and inner and (is_object(inner) or is_list(inner)):
        return {**value, key: _mutated(inner, die)}
    way = die.choice(("renamed", "wrapped", "nulled", "retyped", "dropped", "joined"))
    changed = {
        "renamed": {**rest, f"{key}_v2": inner},
        "wrapped": {**rest, key: die.choice(([inner], {"value": inner}))},
        "nulled": {**rest, key: None},
        "retyped": {**rest, key: die.choice(_OTHERS)},
        "dropped": rest,
        "joined": {**value, "not_yet_known": die.choice(_OTHERS)},
    }
    return changed[way]


@attrs.frozen
class Envelope:
    """What an operation's list comes in."""

    key: str | None
    """The key of the list; empty where the response itself is the list, None where the operation has no list."""
    beside: frozenset[str] = frozenset()
    """The other keys that the facts have."""
    kind: type = dict
    """What an item is in JSON."""

    def declared(self, body: Any) -> Any:
        """What stands where the list should be."""
        return (body.get(self.key) if is_object(body) else None) if self.key else body


def envelope(operation: Operation) -> Envelope:
    found = response(operation)
    assert found is not None
    type_ = str(found.type)
    kind = str if type_.removeprefix("list[").startswith("str") else dict
    if (pager := DECISIONS.pagers.pagers.get(operation.call)) and pager.style == "next_token":
        schema = PRECISE.schemas[type_]
        assert isinstance(schema, ObjectSchema)
        return Envelope(pager.items, frozenset(field.wire for field in schema.fields) - {pager.items}, kind)
    if found.items:
        return Envelope(found.items, frozenset({"page", "page_size"} if found.paged else ()), kind)
    return Envelope("" if type_.startswith("list[") else None, kind=kind)


def list_in(body: Any, wanted: Envelope) -> Any:
    """The list that a result must hold, or NOWHERE."""
    key = wanted.key or "results"
    if is_list(body):
        return body
    if not is_object(body):
        return NOWHERE
    if is_list(body.get(key)):
        return body[key]
    if body.get(key) is not None:
        return NOWHERE
    others = [other for other in body if other != key and other not in wanted.beside]
    lists = [body[other] for other in others if is_list(body[other]) and _are(body[other], wanted.kind)]
    if len(lists) == 1:
        return lists[0]
    empty = wanted.key and not lists and (key in body or not others)
    return [] if empty else NOWHERE


def _are(value: list[Any], kind: type) -> bool:
    return all(type(item) is kind for item in value)
