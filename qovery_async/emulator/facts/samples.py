"""What is a valid value of a type? Samples, and objects built from a request body.

The types come from the models. Formats, limits and defaults, which models do not have, come from
values.json (by wire name or `Model.wire_name`) or are guessed from the name.
"""

from __future__ import annotations

import functools
import json
import random
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from importlib.resources import files
from typing import Any, TypeGuard, get_args, get_origin

from qovery_async.codec.decode import choose
from qovery_async.codec.plain import is_list, is_object
from qovery_async.codec.shapes import Attribute, attributes, union_rule, without_none
from qovery_async.emulator.facts.validation import misfit
from qovery_async.vocabulary import ByTag, Model, OpenEnum

_ABSENT = object()
_MOMENT = "2026-01-05T09:00:00Z"
_DEEPEST = 6


@functools.cache
def values() -> Mapping[str, Mapping[str, Any]]:
    """The content of values.json."""
    text = files("qovery_async.emulator.facts").joinpath("values.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, Any]] = json.loads(text)
    return found


_fields: dict[type[Model], tuple[Attribute, ...]] = {}
_required: dict[type[Model], frozenset[str]] = {}


def fields(model: type[Model]) -> tuple[Attribute, ...]:
    """The attributes of a model, cached."""
    if model not in _fields:
        _fields[model] = tuple(attributes(model))
    return _fields[model]


def required(model: type[Model]) -> frozenset[str]:
    """The wire names of the keys that an object of this model must have."""
    if model not in _required:
        undeclared = values()["undeclared"].get(model.__name__, {})
        _required[model] = frozenset([field.wire for field in fields(model) if field.required]).union(undeclared)
    return _required[model]


def is_model(type_: Any) -> TypeGuard[type[Model]]:
    """Whether a type is a class of `qovery_async.models`."""
    return isinstance(type_, type) and issubclass(type_, Model)


def default(model: type[Model], wire: str) -> Any:
    """The value of a key that was not sent, or `_ABSENT`."""
    defaults = values()["defaults"]
    return defaults.get(f"{model.__name__}.{wire}", defaults.get(wire, _ABSENT))


def sample(type_: Any, seed: object, name: str = "") -> Any:
    """A value with every key present. The same seed gives the same value."""
    return _Sampler(random.Random(str(seed))).value(type_, name, ())  # noqa: S311  # not a secret


def complete(value: dict[str, Any], type_: Any, seed: object) -> dict[str, Any]:
    """The object with the required keys that it lacks, or itself if it lacks none."""
    model = branch(type_, value)
    if model is None or value.keys() >= required(model):
        return value
    grown = sample(model, seed)
    return {**value, **{wire: grown[wire] for wire in required(model) - value.keys()}}


def lasting(type_: Any, value: Mapping[str, Any]) -> frozenset[str]:
    """Required keys without a default: an update that leaves one out keeps its value."""
    model = branch(type_, value)
    return frozenset(wire for wire in required(model) if default(model, wire) is _ABSENT) if model else frozenset()


def grow(type_: Any, sent: Mapping[str, Any], known: Mapping[str, Any], seed: object) -> dict[str, Any]:
    """An object of a type, built from a request body: valid keys are taken, others get their default.

    `known` (ids, times, references) takes precedence over what was sent.
    """
    sampler = _Sampler(random.Random(str(seed)))  # noqa: S311  # not a secret
    return sampler.grown(type_, {**sent, **known}, ())


def branch(type_: Any, value: Mapping[str, Any]) -> type[Model] | None:
    """The model of an object, found through nested unions."""
    if is_model(type_):
        return type_
    inner, _ = without_none(type_)
    rule = union_rule(inner)
    if rule is None:
        return inner if is_model(inner) else None
    found = choose(rule, dict(value))
    return branch(found, value) if found is not None else None


class _Sampler:
    def __init__(self, dice: random.Random) -> None:
        self._dice = dice

    def value(self, type_: Any, name: str, inside: tuple[Any, ...]) -> Any:
        type_, _ = without_none(type_)
        rule = union_rule(type_)
        if rule is not None:
            key, inner = next(iter(rule.branches.items()), ("", get_args(type_.__origin__)[0]))
            value = self.value(inner, name, inside)
            return {**value, rule.key: key} if isinstance(rule, ByTag) else value
        if get_origin(type_) is list:
            (inner,) = get_args(type_)
            return [] if inner in inside or len(inside) > _DEEPEST else [self.value(inner, name, inside)]
        if get_origin(type_) is dict:
            return {"key": self.value(get_args(type_)[1], name, inside)}
        if is_model(type_):
            return self.model(type_, inside)
        if isinstance(type_, type) and issubclass(type_, OpenEnum):
            known = _known_value(name)
            return known if known in list(type_) else next(iter(type_)).value
        return self._scalar(type_, name)

    def model(self, model: type[Model], inside: tuple[Any, ...]) -> dict[str, Any]:
        inside = (*inside, model)
        out = {
            field.wire: self._field(model, field, inside)
            for field in fields(model)
            if field.required or (field.type not in inside and len(inside) < _DEEPEST)
        }
        return {**out, **values()["undeclared"].get(model.__name__, {})}

    def grown(self, type_: Any, sent: dict[str, Any], inside: tuple[Any, ...]) -> dict[str, Any]:
        model = branch(type_, sent) or _nearest(type_, sent)
        inside = (*inside, model)
        out: dict[str, Any] = {}
        for field in fields(model):
            found = self._taken(model, field, sent.get(field.wire), inside)
            if found is not _ABSENT:
                out[field.wire] = found
        # The union's tag, if the branch was found without it.
        rule = union_rule(without_none(type_)[0])
        if isinstance(rule, ByTag) and rule.key not in sent:
            tags = [tag for tag, inner in rule.branches.items() if inner is model]
            out |= {rule.key: tags[0]} if tags else {}
        return out

    def _taken(self, model: type[Model], field: Attribute, sent: Any, inside: tuple[Any, ...]) -> Any:
        if sent is not None:
            fitting = self._fitting(field.type, sent, field.wire, inside)
            if fitting is not _ABSENT:
                return fitting
        if field.required and field.nullable and sent is None:
            return None
        found = default(model, field.wire)
        if found is not _ABSENT and misfit(found, field.type) is None:
            return found
        return self._field(model, field, inside) if field.required else _ABSENT

    def _fitting(self, type_: Any, sent: Any, name: str, inside: tuple[Any, ...]) -> Any:
        """What was sent, converted to the type, or `_ABSENT` if it has another type.

        Objects are rebuilt even if they are valid: a password that was sent must not come back.
        """
        if get_origin(type_) is list and is_list(sent):
            (inner,) = get_args(type_)
            items = [self._fitting(inner, item, name, inside) for item in sent]
            return [item for item in items if item is not _ABSENT]
        if is_object(sent) and (is_model(type_) or union_rule(type_) is not None):
            return self.grown(type_, sent, inside)
        return sent if misfit(sent, type_) is None else _ABSENT

    def _field(self, model: type[Model], field: Attribute, inside: tuple[Any, ...]) -> Any:
        known = _known_value(f"{model.__name__}.{field.wire}")
        if (known is None and field.nullable) or (known is not _ABSENT and misfit(known, field.type) is None):
            return known
        return self.value(field.type, field.wire, inside)

    def _scalar(self, type_: Any, name: str) -> Any:
        known = _known_value(name)
        if known is not _ABSENT and misfit(known, type_) is None:
            return known
        if type_ is str:
            return self._text(name)
        plain: dict[Any, Any] = {int: 1, float: 0.5, bool: False, datetime: _MOMENT, date: _MOMENT[:10], bytes: ""}
        return plain.get(type_, "anything")

    def _text(self, name: str) -> str:
        for pattern, make in _SPELLINGS:
            if re.search(pattern, name):
                return make(self._dice)
        return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "text"


def _known_value(name: str) -> Any:
    """The value in values.json for `Model.wire`, else for `wire`, else `_ABSENT`."""
    wire = name.partition(".")[2] if name[:1].isupper() else name
    for section in (values()["samples"], values()["defaults"]):
        for key in (name, wire):
            if key in section:
                return section[key]
    return _ABSENT


def _nearest(type_: Any, sent: Mapping[str, Any]) -> type[Model]:
    """The branch of a union that shares most keys with the body: requests seldom have the response's tag."""
    inner = without_none(type_)[0]
    rule = union_rule(inner)
    if rule is None:
        found: type[Model] = inner
        return found
    branches = [_nearest(candidate, sent) for candidate in rule.branches.values()]
    return max(branches, key=lambda model: len(sent.keys() & {field.wire for field in fields(model)}))


def new_id(dice: random.Random) -> str:
    """A UUID."""
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


# Strings whose format the name of their key tells. The first pattern that matches counts.
_SPELLINGS: Sequence[tuple[str, Callable[[random.Random], str]]] = (
    (r"(?i)(^id|ids?)$", new_id),
    (r"(?i)(url|uri|link|links|icon|^previous|^next|^repository)$", lambda _: "https://example.com/qovery"),
    (r"(?i)(email|emails|^to|^from)$", lambda _: "someone@example.com"),
    (r"(?i)duration$", lambda _: "PT5M"),
    (r"(?i)(_at|date|timestamp|_time)$", lambda _: _MOMENT),
)
