"""Does a body or a query parameter have its declared type, within its bounds? If not, which field is wrong?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, get_args, get_origin

from qovery_async.codec.decode import choose
from qovery_async.codec.plain import is_list, is_object, kind
from qovery_async.codec.shapes import attributes, union_rule, without_none
from qovery_async.emulator.facts.bounds import broken
from qovery_async.emulator.facts.operations import bounds
from qovery_async.vocabulary import ByKey, Model, OpenEnum

_DEEPEST = 100


def misfit(value: Any, type_: Any, path: str = "") -> str | None:
    """The first error, such as `ports[0].internal_port: expected int, got 'abc'`, or None. `path` leads to the value."""
    return next(_misfits(value, type_, path), None)


def too_deep(value: Any) -> bool:
    """Whether a value is nested deeper than any model. Level by level, since recursion could overflow."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for item in level for inner in _inside(item)]
        if not level:
            return False
    return True


def from_text(text: str, type_: Any) -> tuple[Any, str | None]:
    """A query parameter converted to its type, and the error if there is one."""
    type_, _ = without_none(type_)
    try:
        if type_ is bool:
            return {"true": True, "false": False}[text.lower()], None
        if type_ in (int, float):
            number = float(text)
            return (int(number) if number.is_integer() else number), None
    except (KeyError, ValueError, OverflowError):
        return None, f"expected {_name_of(type_)}, got {text!r:.40}"
    return text, misfit(text, type_)


def _inside(value: Any) -> list[Any]:
    if is_object(value):
        return list(value.values())
    return value if is_list(value) else []


def _misfits(value: Any, type_: Any, path: str) -> Iterator[str]:
    type_, nullable = without_none(type_)
    if type_ is Any or (value is None and nullable):
        return
    rule = union_rule(type_)
    if rule is not None:
        yield from _of_union(value, type_, path)
    elif get_origin(type_) is list:
        if is_list(value):
            for index, item in enumerate(value):
                yield from _misfits(item, get_args(type_)[0], f"{path}[{index}]")
        else:
            yield _expected(value, "a list", path)
    elif get_origin(type_) is dict or issubclass(type_, Model):
        if not is_object(value):
            yield _expected(value, "an object", path)
        elif get_origin(type_) is dict:
            for key, item in value.items():
                yield from _misfits(item, get_args(type_)[1], _join(path, key))
        else:
            yield from _of_model(value, type_, path)
    elif not _scalar_fits(value, type_):
        yield _expected(value, _name_of(type_), path)


def _of_model(value: Mapping[str, Any], model: type[Model], path: str) -> Iterator[str]:
    within = bounds().get(model.__name__, {})
    for field in attributes(model):
        found = value.get(field.wire)
        if found is None:
            if field.required and not (field.nullable and field.wire in value):
                yield f"{_join(path, field.wire)}: must not be null or missing"
            continue
        where = _join(path, field.wire)
        yield from _misfits(found, field.type, where)
        if wrong := broken(found, within.get(field.wire, {})):
            yield f"{where}: {wrong}"


def _of_union(value: Any, type_: Any, path: str) -> Iterator[str]:
    rule = union_rule(type_)
    if value.__class__ in get_args(type_.__origin__):
        return
    if not is_object(value):
        yield _expected(value, "an object", path)
        return
    branch = choose(rule, value)
    if branch is not None:
        yield from _misfits(value, branch, path)
    elif rule is not None:
        keys = ", ".join(repr(key) for key in rule.branches)
        yield (
            f"{path or 'the body'}: must have one of the keys {keys}"
            if isinstance(rule, ByKey)
            else f"{_join(path, rule.key)}: must be one of {keys}"
        )


def _scalar_fits(value: Any, type_: Any) -> bool:
    if issubclass(type_, OpenEnum):
        return isinstance(value, str) and value in type_._value2member_map_
    if type_ is float:
        return value.__class__ in (int, float)
    if issubclass(type_, date):
        return value.__class__ is str and _is_moment(value, type_)
    return value.__class__ is type_


def _is_moment(text: str, type_: type[date]) -> bool:
    try:
        type_.fromisoformat(text)
    except ValueError:
        return False
    return True


def _name_of(type_: type) -> str:
    if issubclass(type_, OpenEnum):
        return "one of " + ", ".join(type_)
    return {"datetime": "a date-time", "date": "a date"}.get(type_.__name__, type_.__name__)


def _expected(value: Any, expected: str, path: str) -> str:
    found = kind(value) if value is None or len(repr(value)) > 40 else repr(value)
    return f"{path or 'the body'}: expected {expected}, got {found}"


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
