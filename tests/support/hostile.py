"""What could a broken or hostile server send? Payloads with random places tampered with.

The die is any `random.Random`: seeded, drawn by Hypothesis, or fed by a fuzzer's bytes.
"""

from __future__ import annotations

import os
import random
from datetime import date, datetime
from typing import Any, cast, get_args, get_origin

from hypothesis import HealthCheck, Phase, settings

from codegen import facts
from codegen.decisions import tables
from qovery_async import OpenEnum, models
from qovery_async.codec.plain import DEEPEST, is_list, is_object
from qovery_async.codec.shapes import attributes, union_rule, without_none
from qovery_async.vocabulary import ByTag

TIMES = int(os.environ.get("QOVERY_FUZZ_TIMES", "1"))
"""How many times the ordinary number of examples is tried."""

API = tables.read().name(facts.read())
NAMES = list(API.schemas)
_CLASSES = {name: getattr(models, name) for name in NAMES}


def type_of(expression: str) -> Any:
    """A type as api.json spells it, such as `list[Project]`."""
    return eval(expression, {"Any": Any}, _CLASSES)


ANSWERS = sorted({a.type for o in API.operations for a in o.responses if a.type and a.type not in ("str", "bytes")})
"""The types of all answers in JSON; of those that are lists in an envelope, of their items."""


_SCALARS: dict[Any, list[Any]] = {
    str: ["", "p1", "né"],
    int: [0, -1, 10**30],
    float: [0, 0.5, -1e300],
    bool: [True, False],
    datetime: ["2026-05-06T07:08:09.123456Z", "2026-05-06T07:08:09+02:00", "2026-05-06T07:08:09"],
    date: ["2026-05-06"],
    Any: [None, 1, [{"a": [1]}]],
}


def examples(count: int) -> settings:
    return settings(
        max_examples=count * TIMES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=cast("list[HealthCheck]", list(HealthCheck)),
    )


def nested(levels: int, *, by: str | None = None) -> Any:
    """Lists in lists, or objects in objects, so many levels deep."""
    value: Any = 1
    for _ in range(levels):
        value = [value] if by is None else {by: value}
    return value


HOSTILE: list[Any] = [
    *(None, True, False, 0, -1, 2**63, 10**4200, -(10**400)),
    *(0.5, 1e308, -0.0, float("nan"), float("inf")),
    *("", " ", "nan", "1e999", "9" * 5000, "true", "NOT_YET_KNOWN", "x" * 1000),
    *(
        "\ud800",
        "\udfff\ud800",
        "\x00",
        "\x1b[2J\x1b]0;owned\x07",
        "a\r\nqovery: forged",
        "\u202e\u2028\u0085",
        "%s %(x)s {0}",
    ),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59", "2026-01-01T00:00:00+00:00:00.000001"),
    *("2026-02-30", "2026-W01-1", "20260102T030405,123456789Z", "2026-01-02T03:04:05\ud800"),
    *([], [[]], [None], ["a"] * 50, {}, {"": {}}, {"id": []}, {"\x1b[2J\n": "\x1b[2J\n"}, {"\ud800": "\ud800"}),
    *(nested(DEEPEST), nested(DEEPEST, by="a"), nested(DEEPEST + 1), nested(2 * DEEPEST, by=""), nested(900)),
    {"extra": {}, "absent": [], "raw": {}, "self": 1, "__class__": "x", "__dict__": {}, "_name_": 1},
]


def fitting(type_: Any, die: random.Random) -> Any:
    """A payload that fits a type."""
    type_, nullable = without_none(type_)
    if nullable and die.randrange(4) == 0:
        return None
    rule = union_rule(type_)
    if rule is not None and rule.branches:
        key = die.choice(list(rule.branches))
        value = fitting(rule.branches[key], die)
        return {**value, rule.key: key} if isinstance(rule, ByTag) else value
    if rule is not None:
        return fitting(die.choice(get_args(type_.__origin__)), die)
    if get_origin(type_) is list:
        return [fitting(get_args(type_)[0], die) for _ in range(die.randrange(3))]
    if get_origin(type_) is dict:
        return {key: fitting(get_args(type_)[1], die) for key in ("a", "a.b", "")[: die.randrange(4)]}
    if type_ in _SCALARS:
        return die.choice(_SCALARS[type_])
    if issubclass(type_, OpenEnum):
        return die.choice([*(member.value for member in type_), "NOT_YET_KNOWN"])
    given = [field for field in attributes(type_) if field.required or die.randrange(4)]
    return {field.wire: fitting(field.type, die) for field in given}


def misfit(type_: Any, die: random.Random) -> Any:
    """A payload for a type in which one place or several have been tampered with."""
    payload = fitting(type_, die)
    for _ in range(die.choice((1, 1, 1, 2, 8))):
        payload = _worse(payload, die)
    return payload


def _worse(value: Any, die: random.Random) -> Any:
    """The value with one place tampered with: the deeper, the less often."""
    inside: list[Any] = list(value) if is_object(value) else list(range(len(value))) if is_list(value) else []
    if not inside or die.randrange(8) == 0:
        return die.choice(HOSTILE)
    key = die.choice(inside)
    way = die.randrange(4)
    copy: Any = value.copy()
    if way == 0:
        del copy[key]
    elif way == 1:
        copy[key] = die.choice(HOSTILE)
    elif way == 2 and is_object(value):
        copy[die.choice(("\x1b[2J", "a\nb", "\ud800", "extra", "k" * 1000))] = die.choice(HOSTILE)
    else:
        copy[key] = _worse(copy[key], die)
    return copy
