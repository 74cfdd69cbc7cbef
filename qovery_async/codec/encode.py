"""How are models encoded as JSON values?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import partial
from typing import Any
from uuid import UUID

from cattrs import BaseConverter

from qovery_async.codec.shapes import NONE, attributes
from qovery_async.codec.times import write_datetime
from qovery_async.vocabulary import UNSET, Model, UnknownVariant, Unset

Hook = Callable[[Any], Any]


def register(converter: BaseConverter) -> None:
    """Registers an encoder for models and for the types that users put into mappings and lists.

    Every value becomes a plain `dict`, `list`, `str`, `int`, `float`, `bool` or None, or is refused.
    """
    encode = converter.unstructure
    # cattrs asks the last function first, and asks functions only about types without a class of their own here.
    converter.register_unstructure_hook_func(lambda _: True, _refused)
    converter.register_unstructure_hook_func(_is(Enum), lambda value: encode(value.value))
    converter.register_unstructure_hook_func(_is(Mapping), partial(_object, encode=encode))
    converter.register_unstructure_hook_func(_is(Sequence), partial(_list, encode=encode))
    converter.register_unstructure_hook_factory(_is(Model), partial(_model_hook, encode=encode))
    for plain in (bool, NONE):
        converter.register_unstructure_hook(plain, _same)
    # Enums and other subclasses of strings and numbers are no plain JSON: other writers refuse them.
    converter.register_unstructure_hook(str, str.__str__)
    converter.register_unstructure_hook(int, int)
    converter.register_unstructure_hook(float, float)
    converter.register_unstructure_hook(bytes, _refused)
    converter.register_unstructure_hook(Unset, _left_out)
    converter.register_unstructure_hook(datetime, write_datetime)
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_unstructure_hook(UUID, str)
    converter.register_unstructure_hook(UnknownVariant, lambda value: encode(value.raw))


def _same(value: Any) -> Any:
    return value


def _refused(value: object) -> None:
    raise TypeError(f"JSON has no form for {type(value).__name__}; convert it to a string, number, list or mapping")


def _left_out(_: Unset) -> None:
    raise ValueError("UNSET omits an attribute or a key; a list cannot contain it: remove the item")


# Loops: before Python 3.12 a comprehension adds one stack frame for each level of a deep value.
def _object(value: Mapping[Any, Any], encode: Hook) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, item in value.items():
        if item is not UNSET:
            out[key if key.__class__ is str else _key(key, encode)] = encode(item)
    return out


def _key(key: object, encode: Hook) -> str:
    text = encode(key)
    if not isinstance(text, str):
        raise TypeError(f"the key {key!r} must be a string")
    return text


def _list(value: Sequence[Any], encode: Hook) -> list[Any]:
    out: list[Any] = []
    for item in value:
        out.append(encode(item))  # noqa: PERF401  # see above
    return out


def _is(class_: type) -> Callable[[Any], bool]:
    return lambda type_: isinstance(type_, type) and issubclass(type_, class_)


def _model_hook(model: type[Model], encode: Hook) -> Callable[[Model], dict[str, Any]]:
    plan = [(a.name, a.wire, a.absent) for a in attributes(model)]

    def hook(value: Model) -> dict[str, Any]:
        out: dict[str, Any] = {}
        absent = value.absent
        for name, wire, blank in plan:
            item = getattr(value, name)
            if item is UNSET or (item is blank and name in absent):
                continue
            out[wire] = encode(item)
        return out | encode(value.extra) if value.extra else out

    return hook
