"""How fast can decoding be? msgspec reads bytes as structs, with the types of our models."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, get_args, get_origin

import msgspec

from qovery_async import models
from qovery_async.codec.shapes import Attribute, attributes, union_rule
from qovery_async.vocabulary import Model


def decoder(model: str) -> Callable[[bytes], object]:
    list_ = msgspec.defstruct("List", [("results", list[struct(getattr(models, model))])])  # type: ignore[misc]
    decode: Any = msgspec.json.Decoder(list_).decode
    return lambda data: decode(data).results


@functools.cache
def struct(model: Any) -> Any:
    """A struct with the attributes of a model, all of which are the keys in JSON."""
    required = [(a.wire, typed(a)) for a in attributes(model) if a.required]
    optional = [(a.wire, typed(a), msgspec.UNSET) for a in attributes(model) if not a.required]
    return msgspec.defstruct(model.__name__, [*required, *optional], kw_only=True)


def typed(attribute: Attribute) -> Any:
    made = of_struct(attribute.type)
    return made | None if attribute.nullable else made


def of_struct(type_: Any) -> Any:
    """The type that stands for one of our models' in a struct; unions of objects stay dicts."""
    if union_rule(type_) is not None:
        return dict[str, Any]
    if get_origin(type_) is list:
        return list[of_struct(get_args(type_)[0])]  # type: ignore[misc]
    return struct(type_) if is_model(type_) else type_


def is_model(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, Model)
