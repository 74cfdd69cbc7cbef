"""How is JSON that does not fit its model read anyway?

`Repair` walks the value and its type together. It converts a misfit if that loses nothing, keeps it
unchanged otherwise, and notes the place. Nothing is dropped. The walk is a generator, which stops after
each item: it takes long where a response repeats a misfit a million times, and the loop has to turn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from contextlib import suppress
from datetime import date, datetime
from typing import Any, get_args, get_origin

import attrs

from qovery_async.codec.decode import choose
from qovery_async.codec.plain import DEEPEST, is_list, is_object, is_too_deep, kind, shown
from qovery_async.codec.shapes import attributes, union_rule, without_none
from qovery_async.codec.times import read_datetime
from qovery_async.errors import DecodeError
from qovery_async.secrecy.masking import beside_secret_name, looks_secret
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary import Model, OpenEnum, UnknownVariant

Walk = Generator[None, None, Any]

MOST_PLACES = 1000
"""A value that does not fit in more places has nothing to do with its type."""

_KEPT = "kept unchanged"
_BOOLEANS = {"true": True, "false": False}


@attrs.frozen
class Problem:
    """One misfit. `place` is its path without list positions and map keys; `done` says how it was read."""

    path: str
    place: str
    what: str
    done: str

    def said(self, hide: Callable[[str], str]) -> str:
        """The misfit in words. `hide` comes before the path is cut: half a token would not be found."""
        return f"{one_line(hide(self.path)) or 'the whole value'}: {hide(self.what)}"


class TooDeep(RecursionError):
    """JSON that no model describes is nested too deep to be compared, copied or written."""


@attrs.define
class Repair:
    """One walk through one value.

    `problems` has the first problem of each place, because a response can repeat one a million times;
    `count` counts them all.
    """

    problems: dict[str, Problem] = attrs.field(factory=dict[str, Problem])
    count: int = 0
    _secret: bool = attrs.field(default=False, init=False)

    def read(self, value: Any, type_: Any, path: str, place: str, first: int = 0) -> Walk:
        """Returns the value as `type_`, with a note of each place that had to be repaired.

        `first` is the number of the first item in a list of which the value is a part.
        """
        type_, nullable = without_none(type_)
        if value is None and nullable:
            return None
        if type_ is Any:
            return _free(value, path)
        if union_rule(type_) is not None:
            return (yield from self._union(value, type_, path, place))
        if get_origin(type_) is list:
            return (yield from self._list(value, type_, path, place, first))
        if get_origin(type_) is dict:
            return (yield from self._dict(value, type_, path, place))
        if issubclass(type_, Model):
            return (yield from self._model(value, type_, path, place))
        return self._scalar(value, type_, path, place)

    def _under(self, secret: bool, value: Any, type_: Any, path: str, place: str) -> Walk:  # noqa: FBT001
        """Reads a value that messages do not show if it is `secret` or inside of a secret."""
        outside, self._secret = self._secret, self._secret or secret
        found = yield from self.read(value, type_, path, place)
        self._secret = outside
        return found

    def _misfit(self, value: Any, expected: str, path: str, place: str) -> Any:
        self.note(path, place, self._mismatch(value, expected), _KEPT)
        return _free(value, path)

    def _mismatch(self, value: Any, expected: str) -> str:
        return f"expected {expected}, got {kind(value) if self._secret else shown(value)}"

    def note(self, path: str, place: str, what: str, done: str) -> None:
        """Counts a problem, and keeps it if it is the first of its place.

        Raises:
            DecodeError: there are too many places.
        """
        self.count += 1
        if place not in self.problems:
            if len(self.problems) == MOST_PLACES:
                raise DecodeError(f"does not fit in more than {MOST_PLACES} places")
            self.problems[place] = Problem(path, place, what, done)

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
        converted = _converted(value, type_)
        if converted is value:
            return self._misfit(value, _spoken(type_), path, place)
        self.note(path, place, self._mismatch(value, _spoken(type_)), f"converted to {type_.__name__}")
        return converted

    def _list(self, value: Any, type_: Any, path: str, place: str, first: int) -> Walk:
        if not is_list(value):
            return self._misfit(value, "a list", path, place)
        inner, found = get_args(type_)[0], list[Any]()
        for number, item in enumerate(value, first):
            found.append((yield from self.read(item, inner, f"{path}[{number}]", f"{place}[]")))
            yield
        return found

    def _dict(self, value: Any, type_: Any, path: str, place: str) -> Walk:
        if not is_object(value):
            return self._misfit(value, "an object", path, place)
        inner, found = get_args(type_)[1], dict[str, Any]()
        for key, item in value.items():
            found[key] = yield from self._under(looks_secret(key), item, inner, _join(path, key), _join(place, "*"))
            yield
        return found

    def _union(self, value: Any, type_: Any, path: str, place: str) -> Walk:
        branches = get_args(type_.__origin__)
        if is_object(value):
            branch = choose(union_rule(type_), value)
            if branch is None:
                return UnknownVariant(_free(value, path))
            return (yield from self.read(value, branch, path, place))
        if value.__class__ in branches:
            return value
        scalars = [branch.__name__ for branch in branches if branch in (str, int, float, bool)]
        return self._misfit(value, " or ".join([*scalars, "an object"]), path, place)

    def _model(self, value: Any, model: type[Model], path: str, place: str) -> Walk:
        if not is_object(value):
            return self._misfit(value, f"an object ({model.__name__})", path, place)
        self_ = model.__new__(model)
        left, absent = dict(value), list[str]()
        named = beside_secret_name(value)
        for field in attributes(model):
            if value.get(field.wire).__class__ is field.type:  # an exact string, number or bool
                setattr(self_, field.name, left.pop(field.wire))
                continue
            where, which = _join(path, field.wire), _join(place, field.wire)
            if field.wire not in left:
                if field.required:
                    self.note(where, which, "is missing", f"read as {field.absent}")
                absent.append(field.name)
                setattr(self_, field.name, field.absent)
                continue
            found = left.pop(field.wire)
            if found is not None or (field.required and not field.nullable):
                secret = field.name in model.__secrets__ or field.wire in named
                found = yield from self._under(secret, found, field.type, where, which)
            setattr(self_, field.name, found)
        self_.extra = _free(left, path)
        self_.absent = tuple(absent)
        return self_


def _free(value: Any, path: str) -> Any:
    if is_too_deep(value):
        raise TooDeep(f"{one_line(path) or 'the whole value'} is nested more than {DEEPEST} levels deep")
    return value


def _converted(value: Any, type_: Any) -> Any:
    """The value converted to the type if that loses nothing, otherwise the value itself."""
    if type_ is str and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if type_ is bool and isinstance(value, str):
        return _BOOLEANS.get(value.lower(), value)
    if type_ in (int, float) and isinstance(value, (str, float)):
        if isinstance(value, str) and ("_" in value or not value.isascii()):
            return value  # Python's own spellings of numbers
        try:
            number = type_(value)
        except (ValueError, OverflowError):
            return value
        return number if number == value or (isinstance(value, str) and math.isfinite(number)) else value
    return value


def _spoken(type_: type) -> str:
    return "a date-time" if type_ is datetime else "a date" if type_ is date else type_.__name__


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
