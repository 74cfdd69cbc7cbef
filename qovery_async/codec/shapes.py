"""Which JSON does a type annotation describe?"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

import attrs

from qovery_async.vocabulary import ByKey, ByTag, Model, Unset, Wire
from qovery_async.vocabulary.definition import declared
from qovery_async.vocabulary.values import frozen

NONE = type(None)


@frozen
class Attribute:
    """One attribute of a model; `wire` is its key in JSON."""

    name: str
    wire: str
    type: Any
    required: bool
    nullable: bool
    absent: Any
    """The value for an absent key: `UNSET` in models that a request can contain, `None` in others."""


_known: dict[type[Model], tuple[Attribute, ...]] = {}


def attributes(model: type[Model]) -> tuple[Attribute, ...]:
    """The attributes of a model that have a key in JSON."""
    if model not in _known:
        _known[model] = tuple(_attributes(model))
    return _known[model]


def _attributes(model: type[Model]) -> Iterator[Attribute]:
    for name, given, default in declared(model):
        type_: Any = given
        wire = name
        if get_origin(type_) is Annotated and isinstance(type_.__metadata__[0], Wire):
            type_, wire = type_.__origin__, type_.__metadata__[0].name
        inner, nullable = without_none(type_)
        required = default is attrs.NOTHING
        yield Attribute(name, wire, inner, required, nullable, None if required else default)


def held(type_: Any) -> set[Any]:
    """The models that a value of this type may hold, at any depth."""
    found = set[Any]()
    left = [type_]
    while left:
        part = left.pop()
        rule = union_rule(part)
        left += get_args(part) + tuple(rule.branches.values() if rule else ())
        if isinstance(part, type) and issubclass(part, Model) and part not in found:
            found.add(part)
            left += [attribute.type for attribute in attributes(part)]
    return found


def without_none(type_: Any) -> tuple[Any, bool]:
    """The type without `None` and `Unset`, and whether `None` was one of its branches."""
    if get_origin(type_) not in (Union, types.UnionType):
        return type_, False
    branches = get_args(type_)
    kept = [branch for branch in branches if branch not in (NONE, Unset)]
    inner = kept[0] if len(kept) == 1 else Union[tuple(kept)]  # noqa: UP007  # built at run time
    return inner, NONE in branches


def union_rule(type_: Any) -> ByTag | ByKey | None:
    """The rule that selects a branch of an annotated union; None for other types."""
    if get_origin(type_) is not Annotated:
        return None
    rule = type_.__metadata__[0]
    return rule if isinstance(rule, (ByTag, ByKey)) else None
