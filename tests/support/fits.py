"""Is a decoded value what its annotation promises? Written apart from the codec, to check it."""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Union, get_args, get_origin

import attrs

from qovery_async import Model, OpenEnum, Page, UnknownVariant
from qovery_async.codec.plain import is_list, is_object
from qovery_async.secrecy.masking import SecretText

_BOOKKEEPING = {field.name for field in attrs.fields(Model)}


def misfits(value: Any, annotation: Any, path: str = "answer") -> Iterator[str]:
    """Every place where the value breaks the promise, down to the last attribute."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        return
    if origin is Annotated:
        yield from misfits(value, arguments[0], path)
    elif origin in (Union, types.UnionType):
        yield from _of_union(value, arguments, path)
    elif origin is Page:
        yield from misfits(value.items, list[arguments[0]], f"{path}.items")  # type: ignore[valid-type]
    elif origin is list and is_list(value):
        for index, item in enumerate(value):
            yield from misfits(item, arguments[0], f"{path}[{index}]")
    elif origin is dict and is_object(value):
        for key, item in value.items():
            yield from misfits(item, arguments[1], f"{path}[{key!r}]")
    elif not _is(value, origin or annotation):
        yield f"{path}: expected {annotation}, got {value!r:.80}"
    elif isinstance(value, Model):
        yield from _of_model(value, path)


def _of_model(model: Model, path: str) -> Iterator[str]:
    if model.extra:
        yield f"{path}: has keys that no attribute takes: {', '.join(model.extra)}"
    for field in attrs.fields(type(model)):
        if field.name not in _BOOKKEEPING:
            yield from misfits(getattr(model, field.name), field.type, f"{path}.{field.name}")


def _of_union(value: Any, branches: tuple[Any, ...], path: str) -> Iterator[str]:
    tried = [list(misfits(value, branch, path)) for branch in branches]
    if all(tried):
        # The branch that comes closest says best what is wrong.
        yield from max(tried, key=lambda found: max(len(line.partition(":")[0]) for line in found))


def _is(value: Any, class_: Any) -> bool:
    if class_ is None or class_ is type(None):
        return value is None
    if isinstance(value, UnknownVariant):
        return False
    if isinstance(value, OpenEnum):
        return type(value) is class_ and value.is_known
    if class_ is float:
        return type(value) in (int, float)
    if class_ is datetime:
        return isinstance(value, datetime) and value.tzinfo is not None
    if isinstance(value, SecretText):
        return class_ is str
    return type(value) is class_
