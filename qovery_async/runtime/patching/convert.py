"""Which request has what a response has? Pure functions, no I/O."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any, cast, get_args, get_origin

from qovery_async.codec.plain import is_object
from qovery_async.codec.shapes import attributes, union_rule, without_none
from qovery_async.codec.writer import encode_body
from qovery_async.runtime.patching.rules import Conversion
from qovery_async.runtime.patching.tables import BRANCHES, CONVERSIONS, NOT_NULL, REQUESTS, SOURCES
from qovery_async.vocabulary import UNSET, ByTag, Model, UnknownVariant

_PLAIN = Conversion()
_SENT = "it is sent back as it is"
_LEFT_OUT = "the request has no place for it, so it is left out"
_MOST = 1_000
_told: set[tuple[str, str]] = set()
_logger = logging.getLogger("qovery")


def converted(value: Any, target: Any) -> Any:
    """What a response has, as JSON, in the form that a request of the type `target` takes.

    Keys that this version does not know are kept. So is a value that no rule can convert, such as an object of a kind
    that this version does not know.
    """
    if isinstance(value, Model):
        model = branch(value, target)
        if model is not None and model is not type(value):
            return _object(value, model)
        return {key: converted(inner, type_) for key, inner, type_ in _typed(value)}
    if value.__class__ in (list, tuple) and get_origin(target) is list:
        return [converted(inner, get_args(target)[0]) for inner in value]
    if isinstance(value, Mapping):
        return _mapping(cast("Mapping[str, Any]", value), target)
    return encode_body(value)


def present(model: Model) -> Iterator[tuple[str, Any]]:
    """The keys that a model sends, or that a response had, with their values."""
    for attribute in attributes(type(model)):
        value = getattr(model, attribute.name)
        if value is not UNSET and not (value is attribute.absent and attribute.name in model.absent):
            yield attribute.wire, value
    yield from model.extra.items()


def branch(value: Any, type_: Any) -> type[Model] | None:
    """The model of `type_` that a response's model, or the JSON object of a request, is; None if it is none of them."""
    found = _branch(value, type_)
    if found is None or not isinstance(value, Model) or type(value) is found:
        return found
    return found if type(value).__name__ in SOURCES.get(found.__name__, ()) else None


def _branch(value: Any, type_: Any) -> type[Model] | None:
    type_ = without_none(type_)[0]
    rule = union_rule(type_)
    types = get_args(type_.__origin__) if rule else [type_]
    models = [model for model in types if isinstance(model, type) and issubclass(model, Model)]
    if isinstance(value, Model) and type(value) in models:
        return type(value)
    if isinstance(value, Model) and (names := BRANCHES.get(type(value).__name__)):
        return _fitting(value, [model for model in models if model.__name__ in names])
    if rule is None:
        return models[0] if models else None
    found = encode_body(value)
    if not is_object(found):
        return None
    if isinstance(rule, ByTag):
        return rule.branches.get(str(found.get(rule.key)))
    return rule.branches.get(next((key for key in rule.branches if found.get(key) is not None), ""))


def _fitting(source: Model, models: list[type[Model]]) -> type[Model] | None:
    """The first of several models that the source has the required values for, as far as a response can have them."""
    found = dict(present(source))
    known = [attribute.wire for attribute in attributes(type(source))]
    for model in models:
        if all(found.get(a.wire) is not None for a in attributes(model) if a.required and a.wire in known):
            return model
    return models[-1] if models else None


def _typed(model: Model) -> Iterator[tuple[str, Any, Any]]:
    """The keys of a model that is in responses and requests, with values and types."""
    name = type(model).__name__
    # An object that is read and written in the same form, such as settings, takes keys that are new.
    if REQUESTS.get(name) != name:
        _tell(model, _SENT)
    types = {attribute.wire: attribute.type for attribute in attributes(type(model))}
    for key, value in present(model):
        yield key, value, types.get(key)


def _mapping(value: Mapping[str, Any], target: Any) -> dict[str, Any]:
    """A map, JSON that no model describes, or what a user gives in place of a model."""
    if target is Any or target is None:
        return dict(encode_body(value))
    model = branch(value, target)
    types = {attribute.wire: attribute.type for attribute in attributes(model)} if model else {}
    item = get_args(target)[1] if get_origin(target) is dict else None
    return {key: converted(inner, types.get(key, item)) for key, inner in value.items() if inner is not UNSET}


def _object(source: Model, target: type[Model]) -> dict[str, Any]:
    rule = CONVERSIONS.get((type(source).__name__, target.__name__), _PLAIN)
    found = dict(present(source))
    out: dict[str, Any] = {}
    for attribute in attributes(target):
        key = attribute.wire
        # The tag of a union's branch has a value of its own.
        value = found.get(key, UNSET if attribute.absent is None else attribute.absent)
        place = rule.moved.get(key)
        # Of `registry_id` and `registry.id`, the first says it as the request does.
        if place and (value is UNSET or value is None or place.partition(".")[0] == key):
            value = _at(source, place, value)
        if (value is UNSET or value is None) and key in rule.defaults:
            value = rule.defaults[key]
        # Null where the request takes none says the same as a key that is not there.
        is_refused = value is None and (not attribute.nullable or key in NOT_NULL.get(target.__name__, ()))
        if value is UNSET or is_refused or value == rule.unsendable.get(key, UNSET):
            continue
        out[key] = converted(value, attribute.type)
    for place in rule.moved.values():
        out |= _unreadable(found, place)
    _tell(source, _SENT)
    return {**out, **encode_body(source.extra)}


def _at(source: Any, place: str, otherwise: Any) -> Any:
    """The value at a place such as `registry.id`, or `otherwise` if there is none."""
    value = source
    for step, key in enumerate(place.split(".")):
        if isinstance(value, Model) and step:
            _tell(value, _LEFT_OUT)
        inner = dict(present(value)) if isinstance(value, Model) else value
        inner = inner.raw if isinstance(inner, UnknownVariant) else inner
        value = inner.get(key) if is_object(inner) else None
    return otherwise if value is None else value


def _unreadable(found: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The value that stands where an object should be, such as a string as `registry`, under its own key."""
    head, _, rest = place.partition(".")
    value = found.get(head)
    is_readable = value is None or not rest or is_object(value) or isinstance(value, (Model, UnknownVariant))
    return {} if is_readable else {head: encode_body(value)}


def _tell(source: Model, what: str) -> None:
    """Warns, once in a process, of each key that this version does not know, and says what becomes of it."""
    name = type(source).__name__
    for key in source.extra:
        if (name, key) not in _told and len(_told) < _MOST:
            _told.add((name, key))
            _logger.warning("%s has the key %r, which this version does not know; %s", name, key, what)
