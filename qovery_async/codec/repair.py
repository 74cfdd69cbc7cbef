"""How is JSON read that does not fit its type?

`Repair` walks the value and its type side by side and notes each place that does not fit:

| Place | Read as |
| --- | --- |
| a value that converts without loss, such as `"3"` for an int | the converted value |
| any other value | the value, unchanged |
| a missing key | `None` |
"""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import date, datetime
from typing import Any, get_args, get_origin

import attrs

from qovery_async.codec.decode import choose
from qovery_async.codec.plain import DEEPEST, is_list, is_object, is_too_deep, kind, shown
from qovery_async.codec.shapes import attributes, union_rule, without_none
from qovery_async.codec.times import read_datetime
from qovery_async.secrecy.masking import looks_secret
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary import Model, OpenEnum, UnknownVariant

_KEPT = "kept unchanged"
_BOOLEANS = {"true": True, "false": False}


@attrs.frozen
class Problem:
    """One value that does not fit, and how it was read (`outcome`).

    `place` is the path without list positions and map keys, so equal mistakes have equal places.
    """

    path: str
    place: str
    what: str
    outcome: str

    def __str__(self) -> str:
        return f"{one_line(self.path) or 'the response'}: {self.what}"


class TooDeep(RecursionError):
    """The value is nested so deep that it could not be compared, copied or written."""


@attrs.define
class Repair:
    """One walk through one value. It keeps the first problem of each place; there may be millions."""

    problems: dict[str, Problem] = attrs.field(factory=dict[str, Problem])
    count: int = 0
    _secret: bool = attrs.field(default=False, init=False)

    def read(self, value: Any, type_: Any, path: str, place: str) -> Any:
        """The value as `type_`, as far as it fits.

        Raises:
            TooDeep: the value is nested too deep.
        """
        type_, nullable = without_none(type_)
        if value is None and nullable:
            return None
        if type_ is Any:
            return _free_form(value, path)
        if union_rule(type_) is not None:
            return self._union(value, type_, path, place)
        if get_origin(type_) is list:
            return self._list(value, type_, path, place)
        if get_origin(type_) is dict:
            return self._dict(value, type_, path, place)
        if issubclass(type_, Model):
            return self._model(value, type_, path, place)
        return self._scalar(value, type_, path, place)

    def _read_hidden(self, secret: bool, value: Any, type_: Any, path: str, place: str) -> Any:  # noqa: FBT001  # private
        """Reads a value; if it is a secret, messages name its kind only."""
        outside, self._secret = self._secret, self._secret or secret
        found = self.read(value, type_, path, place)
        self._secret = outside
        return found

    def _misfit(self, value: Any, expected: str, path: str, place: str, outcome: str = _KEPT) -> Any:
        self.note(path, place, f"expected {expected}, got {kind(value) if self._secret else shown(value)}", outcome)
        return _free_form(value, path)

    def note(self, path: str, place: str, what: str, outcome: str) -> None:
        """Counts a problem, and keeps it if it is the first of its place."""
        self.count += 1
        if place not in self.problems:
            self.problems[place] = Problem(path, place, what, outcome)

    def _scalar(self, value: Any, type_: Any, path: str, place: str) -> Any:
        fits = value.__class__ is type_ or (type_ is float and value.__class__ is int)
        if fits:
            return value
        with suppress(ValueError):
            if type_ is datetime and isinstance(value, str):
                return read_datetime(value)
            if type_ is date and isinstance(value, str):
                return date.fromisoformat(value)
            if issubclass(type_, OpenEnum) and isinstance(value, str):
                return type_(value)
        name, converted = _type_name(type_), _converted(value, type_)
        self._misfit(value, name, path, place, _KEPT if converted is value else f"converted to {name}")
        return converted

    def _list(self, value: Any, type_: Any, path: str, place: str) -> Any:
        if not is_list(value):
            return self._misfit(value, "a list", path, place)
        inner = get_args(type_)[0]
        return [self.read(v, inner, f"{path}[{i}]", f"{place}[]") for i, v in enumerate(value)]

    def _dict(self, value: Any, type_: Any, path: str, place: str) -> Any:
        if not is_object(value):
            return self._misfit(value, "an object", path, place)
        inner = get_args(type_)[1]
        return {
            k: self._read_hidden(looks_secret(k), v, inner, _join(path, k), _join(place, "*")) for k, v in value.items()
        }

    def _union(self, value: Any, type_: Any, path: str, place: str) -> Any:
        branches = get_args(type_.__origin__)
        if is_object(value):
            branch = choose(union_rule(type_), value)
            return UnknownVariant(_free_form(value, path)) if branch is None else self.read(value, branch, path, place)
        if value.__class__ in branches:
            return value
        return self._misfit(value, "an object", path, place)

    def _model(self, value: Any, model: type[Model], path: str, place: str) -> Any:
        if not is_object(value):
            return self._misfit(value, f"an object ({model.__name__})", path, place)
        self_ = model.__new__(model)
        left = dict(value)
        for field in attributes(model):
            where, which = _join(path, field.wire), _join(place, field.wire)
            if field.wire not in left:
                if field.required:
                    self.note(where, which, "is missing", "read as None")
                setattr(self_, field.name, field.absent)
                continue
            found = left.pop(field.wire)
            if found is not None or (field.required and not field.nullable):
                found = self._read_hidden(field.name in model.__secrets__, found, field.type, where, which)
            setattr(self_, field.name, found)
        self_.extra = _free_form(left, path)
        self_.null_keys = tuple(k for k, v in value.items() if v is None)
        return self_


def _free_form(value: Any, path: str) -> Any:
    if is_too_deep(value):
        raise TooDeep(f"{one_line(path) or 'the response'} is nested more than {DEEPEST} levels deep")
    return value


def _converted(value: Any, type_: Any) -> Any:
    """The value as the type if that loses nothing, else the value itself."""
    if type_ is str and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if type_ is bool and isinstance(value, str):
        return _BOOLEANS.get(value.lower(), value)
    if type_ in (int, float) and isinstance(value, (str, float)):
        try:
            number = type_(value)
        except (ValueError, OverflowError):
            return value
        return number if number == value or (isinstance(value, str) and math.isfinite(number)) else value
    return value


def _type_name(type_: type) -> str:
    return "a date-time" if type_ is datetime else "a date" if type_ is date else type_.__name__


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
