"""How are models encoded as JSON values?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import partial
from typing import Any
from uuid import UUID

from cattrs import Converter

from qovery_async.codec.shapes import attributes
from qovery_async.codec.times import write_datetime
from qovery_async.vocabulary import UNSET, Model, UnknownVariant, Unset

Hook = Callable[[Any], Any]


def register(converter: Converter) -> None:
    """Registers an encoder for models and for the types that users put into mappings and lists."""
    encode = converter.unstructure
    converter.register_unstructure_hook_factory(_is(Model), partial(_model_hook, encode=encode))
    converter.register_unstructure_hook(Unset, _left_out)
    converter.register_unstructure_hook(datetime, write_datetime)
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_unstructure_hook(UUID, str)
    converter.register_unstructure_hook(UnknownVariant, lambda value: value.raw)
    converter.register_unstructure_hook_func(_is(Enum), lambda value: value.value)
    converter.register_unstructure_hook_func(_is(Mapping), partial(_object, encode=encode))
    converter.register_unstructure_hook_func(_is(list), partial(_list, encode=encode))


def _left_out(_: Unset) -> None:
    raise ValueError("UNSET omits an attribute or a key; a list cannot contain it: remove the item")


# Loops: before Python 3.12 a comprehension adds one stack frame for each level of a deep value.
def _object(value: Mapping[Any, Any], encode: Hook) -> dict[Any, Any]:
    out: dict[Any, Any] = {}
    for key, item in value.items():
        if item is not UNSET:
            out[key] = encode(item)
    return out


def _list(value: list[Any], encode: Hook) -> list[Any]:
    out: list[Any] = []
    for item in value:
        out.append(encode(item))  # noqa: PERF401  # see above
    return out


def _is(class_: type) -> Callable[[Any], bool]:
    return lambda type_: isinstance(type_, type) and issubclass(type_, class_)


def _model_hook(model: type[Model], encode: Hook) -> Callable[[Model], dict[str, Any]]:
    # In responses, an optional attribute that is None was absent unless `null_keys` names it.
    plan = [(a.name, a.wire, not a.required and a.absent is None) for a in attributes(model)]

    def hook(value: Model) -> dict[str, Any]:
        out: dict[str, Any] = {}
        nulls = value.null_keys
        for name, wire, absent_reads_none in plan:
            item = getattr(value, name)
            if item is UNSET or (item is None and absent_reads_none and wire not in nulls):
                continue
            out[wire] = encode(item)
        return out | encode(value.extra) if value.extra else out

    return hook
