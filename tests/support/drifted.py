"""How does a response drift away from its facts? And where is its list then?

A mutation renames, wraps, nulls, retypes or drops something at a random place.
"""

from __future__ import annotations

import random
from typing import Any

from codegen.decisions.named import Operation
from qovery_async.codec.plain import is_list, is_object
from tests.support.answers import response

_OTHERS: list[Any] = [None, True, 7, 0.5, "", "text", "7", "true", [], ["a"], [{"a": 1}], {}, {"a": {"b": None}}]
_BESIDE = ("page", "page_size")

NOWHERE: Any = object()
"""Stands for a list that cannot be found: there is none, or more than one that could be meant."""


def drifted(operation: Operation, body: Any, die: random.Random) -> Any:
    """The body, changed at one place or at several; as a whole only if it has a list, which may be found again."""
    if _is_listing(operation) and die.randrange(3) == 0:
        return _moved(body, die)
    for _ in range(die.choice((1, 1, 2, 5))):
        body = _mutated(body, die)
    return body


def _is_listing(operation: Operation) -> bool:
    found = response(operation)
    return found is not None and (found.items is not None or str(found.type).startswith("list["))


def _moved(body: Any, die: random.Random) -> Any:
    """A list that is somewhere else, or nowhere."""
    items = body["results"] if is_object(body) else body
    return die.choice(
        [
            items,
            {"results": items, "total": 2, "next": {"after": "a"}},
            {"items": items},
            {"data": {"results": items}},
            {"data": items, "total": 2},
            {"data": items, "warnings": [{"text": "a"}]},
            {"results": None, "items": items},
            {"results": {"items": items}},
            {"results": "none"},
            {"error": "none"},
            {"results": None},
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


def list_in(operation: Operation, body: Any) -> Any:
    """The list that an operation's result must hold, or NOWHERE."""
    found = response(operation)
    assert found is not None
    if is_list(body):
        return body
    if not is_object(body):
        return NOWHERE
    there = body.get("results")
    if is_list(there):
        return there
    if there is not None:
        return NOWHERE
    beside = (*_BESIDE, "results") if found.paged else ("results",)
    kind = str if _item(str(found.type)) == "str" else dict
    lists = [value for key, value in body.items() if key not in beside and is_list(value) and _are(value, kind)]
    if len(lists) == 1:
        return lists[0]
    empty = found.items is not None and not lists and ("results" in body or not {*body} - {*beside})
    return [] if empty else NOWHERE


def _item(type_: str) -> str:
    return type_.removeprefix("list[").removesuffix("]").removesuffix(" | None")


def _are(value: list[Any], kind: type) -> bool:
    return all(type(item) is kind for item in value)
