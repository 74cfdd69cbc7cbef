"""Which JSON fills every attribute of a model? The same seed gives the same JSON."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any, get_args, get_origin

from qovery_async.codec.shapes import attributes, union_rule, without_none
from qovery_async.vocabulary import ByTag, Model, OpenEnum


def sample(type_: Any, seed: int) -> Any:
    return _value(type_, random.Random(seed))


def _value(type_: Any, dice: random.Random) -> Any:
    type_, _ = without_none(type_)
    rule = union_rule(type_)
    if rule is not None:
        key, branch = dice.choice(list(rule.branches.items()))
        value = _value(branch, dice)
        return value | {rule.key: key} if isinstance(rule, ByTag) else value
    if get_origin(type_) is list:
        return [_value(get_args(type_)[0], dice) for _ in range(2)]
    if get_origin(type_) is dict:
        return {f"key-{index}": _value(get_args(type_)[1], dice) for index in range(2)}
    if isinstance(type_, type) and issubclass(type_, Model):
        return {attribute.wire: _value(attribute.type, dice) for attribute in attributes(type_)}
    if isinstance(type_, type) and issubclass(type_, OpenEnum):
        return dice.choice(list(type_)).value
    return _scalar(type_, dice)


def _scalar(type_: Any, dice: random.Random) -> Any:
    scalars: dict[Any, Any] = {
        str: f"{dice.getrandbits(128):032x}",
        int: dice.randrange(10_000),
        float: dice.random(),
        bool: dice.random() < 0.5,
        datetime: "2026-05-06T07:08:09.123456Z",
        date: "2026-05-06",
        Any: {"free": "form"},
    }
    return scalars[type_]
